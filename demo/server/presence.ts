/**
 * Presence and subscriptions (RFC 6121, 3 and 4), as Prosody 0.12 does them where the RFC leaves
 * a choice: a request is acknowledged with "unavailable", a pending one is delivered again at each
 * initial presence, and presence kept for probes carries a delay stamp.
 */
import { randomUUID } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { bareJid, type Jid, formatBare } from "../../authority/jid.js";
import { NS_DELAY, NS_ROSTER, errorReply } from "../../authority/stanza.js";
import { DIRECTED_MAX } from "./limit.js";
import { type Account, type Host, type Resource, type Session, available, readdress }
  from "./host.js";
import { printContact } from "./roster.js";

/** Routes by address; implemented by the router. */
export interface Poster {
  post(stanza: Element, origin: Session | null): void;
}

export class Presence {
  constructor(private readonly host: Host, private readonly poster: Poster) {}

  /** A resource's presence to nobody in particular: everybody who may see it does. */
  broadcast(resource: Resource, stanza: Element): void {
    const { account } = resource;
    const isInitial = !stanza.attrs["type"] && !resource.presence;
    this.host.consume(stanza);
    if (isBound(resource)) this.host.deliver(resource, stanza);
    for (const other of available(account)) {
      if (other !== resource) this.host.deliver(other, readdress(stanza, { to: other.jid }));
    }
    for (const [jid, contact] of account.roster.contacts) {
      if (contact.from) this.poster.post(readdress(stanza, { to: jid }), resource);
    }
    if (stanza.attrs["type"]) return this.withdraw(resource, stanza);
    resource.presence = stamped(stanza, this.host.domain);
    resource.priority = priorityOf(stanza);
    if (isInitial) this.welcome(resource);
  }

  /** Presence with an address, from a client. */
  outbound(resource: Resource, stanza: Element): void {
    const { account } = resource;
    const to = stanza.attrs["to"] ?? "";
    const type = stanza.attrs["type"];
    const peer = bareJid(to);
    if (isSubscription(type)) {
      if (peer === account.bare) return this.host.consume(stanza);
      this.outboundSubscription(resource, readdress(stanza, { from: account.bare, to: peer }));
      return;
    }
    if (type !== "probe" && !account.roster.seenBy(peer)) {
      if (type) resource.directed.delete(to);
      else if (resource.directed.size < DIRECTED_MAX) resource.directed.add(to);
    }
    this.poster.post(stanza, resource);
  }

  /** Presence for one of our accounts, from anywhere. */
  inbound(to: Jid, stanza: Element, origin: Session | null): void {
    const account = this.host.accounts.get(formatBare(to));
    const type = stanza.attrs["type"];
    if (type === "probe") return this.probed(account, formatBare(to), stanza);
    if (isSubscription(type)) {
      const from = bareJid(stanza.attrs["from"]);
      const request = readdress(stanza, { from, to: formatBare(to) });
      if (account) this.inboundSubscription(account, from, request);
      else if (type === "subscribe") this.say(request.attrs["to"]!, from, "unavailable");
      return;
    }
    if (type && type !== "unavailable" && type !== "error") {
      if (origin) this.host.deliver(origin, errorReply(stanza, "bad-request", "Invalid type"));
      return;
    }
    if (!account) return;
    const one = to.resource ? account.resources.get(to.resource) : undefined;
    this.toEach(to.resource ? (one ? [one] : []) : available(account), stanza);
  }

  /** The stream of a bound resource is gone, politely or not. */
  gone(resource: Resource): void {
    const farewell = xml("presence", { type: "unavailable", from: resource.jid });
    if (resource.presence) this.broadcast(resource, farewell);
    else this.withdraw(resource, farewell);
  }

  /** The owner strikes a contact off the roster, which ends whatever there was. */
  forget(resource: Resource, jid: string): void {
    const { account } = resource;
    const { contacts, pending } = account.roster;
    const contact = contacts.get(jid);
    if (contact?.from || pending.has(jid)) this.say(account.bare, jid, "unsubscribed");
    if (contact?.from) this.hide(account, jid);
    if (contact?.to || contact?.ask) this.say(account.bare, jid, "unsubscribe");
    pending.delete(jid);
    contacts.delete(jid);
  }

  /** Tells every interested resource what the roster says of a contact now. */
  push(account: Account, jid: string): void {
    for (const resource of account.resources.values()) {
      if (!resource.interested) continue;
      const item = printContact(jid, account.roster.contacts.get(jid));
      this.host.deliver(resource, xml("iq", { type: "set", id: randomUUID(), to: resource.jid },
        xml("query", { xmlns: NS_ROSTER }, item)));
    }
  }

  private withdraw(resource: Resource, stanza: Element): void {
    resource.presence = null;
    const directed = [...resource.directed];
    resource.directed.clear();
    for (const to of directed) this.poster.post(readdress(stanza, { to }), resource);
  }

  private welcome(resource: Resource): void {
    const { account } = resource;
    for (const [jid, contact] of account.roster.contacts) {
      if (!contact.to) continue;
      this.poster.post(xml("presence", { type: "probe", from: resource.jid, to: jid }), resource);
    }
    for (const other of available(account)) {
      if (other === resource) continue;
      this.host.deliver(resource, readdress(other.presence!, { to: resource.jid }));
    }
    for (const request of account.roster.pending.values()) this.host.deliver(resource, request);
    for (const [jid, contact] of account.roster.contacts) {
      if (contact.ask) this.say(account.bare, jid, "subscribe");
    }
    if (resource.priority < 0) return;
    for (const message of account.offline.splice(0)) this.host.deliver(resource, message);
  }

  private outboundSubscription(resource: Resource, stanza: Element): void {
    const { account } = resource;
    const peer = stanza.attrs["to"]!;
    const type = stanza.attrs["type"];
    if (type === "subscribe") {
      account.roster.ask(peer);
      this.push(account, peer);
      this.poster.post(stanza, resource);
    } else if (type === "unsubscribe") {
      if (account.roster.leave(peer)) this.push(account, peer);
      this.poster.post(stanza, resource);
    } else if (type === "subscribed") {
      if (account.roster.approve(peer)) this.push(account, peer);
      if (!account.roster.seenBy(peer)) return this.host.consume(stanza);
      this.poster.post(stanza, resource);
      this.show(account, peer);
      if (account.roster.sees(peer)) this.say(account.bare, peer, "probe");
    } else {
      const { changed, seen } = account.roster.refuse(peer);
      if (seen) this.push(account, peer);
      if (changed) this.poster.post(stanza, resource);
      else this.host.consume(stanza);
      if (seen) this.hide(account, peer);
    }
  }

  private inboundSubscription(account: Account, from: string, stanza: Element): void {
    const { roster } = account;
    const type = stanza.attrs["type"];
    if (type === "subscribe") return this.asked(account, from, stanza);
    const isNews = type === "subscribed" ? roster.approved(from)
      : type === "unsubscribed" ? roster.refused(from) : roster.left(from);
    if (!isNews) return this.host.consume(stanza);
    this.toEach([...account.resources.values()].filter((one) => one.interested), stanza);
    this.push(account, from);
  }

  private asked(account: Account, from: string, request: Element): void {
    if (account.roster.seenBy(from)) {
      this.host.consume(request);
      this.say(account.bare, from, "subscribed");
      if (!this.show(account, from)) this.say(account.bare, from, "unavailable");
      return;
    }
    this.say(account.bare, from, "unavailable");
    this.toEach(account.roster.asked(from, request) ? available(account) : [], request);
  }

  private probed(account: Account | undefined, bare: string, stanza: Element): void {
    const from = stanza.attrs["from"] ?? "";
    if (!account?.roster.seenBy(bareJid(from))) {
      return this.say(bare, bareJid(from), "unsubscribed");
    }
    if (!this.show(account, from)) this.say(bare, from, "unavailable");
  }

  /** Sends the presence of every available resource; false when there is none. */
  private show(account: Account, to: string): boolean {
    const resources = available(account);
    for (const one of resources) this.poster.post(readdress(one.presence!, { to }), one);
    return resources.length > 0;
  }

  private hide(account: Account, to: string): void {
    for (const one of available(account)) {
      this.poster.post(xml("presence", { type: "unavailable", from: one.jid, to }), one);
    }
  }

  private toEach(resources: Resource[], stanza: Element): void {
    for (const resource of resources) this.host.deliver(resource, stanza);
    if (resources.length === 0) this.host.consume(stanza);
  }

  private say(from: string, to: string, type: string): void {
    this.poster.post(xml("presence", { from, to, type }), null);
  }
}

function isSubscription(type: string | undefined): boolean {
  return type === "subscribe" || type === "subscribed"
    || type === "unsubscribe" || type === "unsubscribed";
}

function isBound(resource: Resource): boolean {
  const part = resource.jid.slice(resource.account.bare.length + 1);
  return resource.account.resources.get(part) === resource;
}

function stamped(presence: Element, domain: string): Element {
  const copy = readdress(presence, { to: undefined });
  copy.children = [...presence.children,
    xml("delay", { xmlns: NS_DELAY, from: domain, stamp: new Date().toISOString() })];
  return copy;
}

/** RFC 6121, 4.7.2.3: -128 to 127, and 0 for what is no number. */
function priorityOf(presence: Element): number {
  const text = presence.getChildText("priority") ?? "";
  if (!/^[+-]?\d+$/.test(text)) return 0;
  return Math.min(127, Math.max(-128, Number(text)));
}
