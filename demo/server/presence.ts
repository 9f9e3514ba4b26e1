/**
 * Presence (RFC 6121, 4; subscriptions are in subscription.ts), as Prosody 0.12 does it where the
 * RFC leaves a choice: a request is acknowledged with "unavailable", a pending one is delivered
 * again at each initial presence, and presence kept for probes carries a delay stamp.
 */
import xml, { type Element } from "@xmpp/xml";
import { bareJid, type Jid, formatBare } from "../../authority/jid.js";
import { NS_DELAY, errorReply } from "../../authority/stanza.js";
import { DIRECTED_MAX } from "./limit.js";
import { type Account, type Host, type Resource, type Session, available, readdress }
  from "./host.js";
import { type Poster, Subscriptions, isSubscription } from "./subscription.js";

export class Presence {
  readonly subscriptions: Subscriptions;

  constructor(private readonly host: Host, private readonly poster: Poster) {
    this.subscriptions = new Subscriptions(host, poster);
  }

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
      this.subscriptions.outbound(resource, readdress(stanza, { from: account.bare, to: peer }));
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
      if (account) this.subscriptions.inbound(account, from, request);
      else if (type === "subscribe") {
        this.subscriptions.say(request.attrs["to"]!, from, "unavailable");
      }
      return;
    }
    if (type && type !== "unavailable" && type !== "error") {
      if (origin) this.host.deliver(origin, errorReply(stanza, "bad-request", "Invalid type"));
      return;
    }
    if (!account) return;
    const one = to.resource ? account.resources.get(to.resource) : undefined;
    this.subscriptions.toEach(to.resource ? (one ? [one] : []) : available(account), stanza);
  }

  /** The stream of a bound resource is gone, politely or not. */
  gone(resource: Resource): void {
    const farewell = xml("presence", { type: "unavailable", from: resource.jid });
    if (resource.presence) this.broadcast(resource, farewell);
    else this.withdraw(resource, farewell);
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
      if (contact.ask) this.subscriptions.say(account.bare, jid, "subscribe");
    }
    if (resource.priority < 0) return;
    for (const message of account.offline.splice(0)) this.host.deliver(resource, message);
  }

  private probed(account: Account | undefined, bare: string, stanza: Element): void {
    const from = stanza.attrs["from"] ?? "";
    if (!account?.roster.seenBy(bareJid(from))) {
      return this.subscriptions.say(bare, bareJid(from), "unsubscribed");
    }
    if (!this.subscriptions.show(account, from)) this.subscriptions.say(bare, from, "unavailable");
  }
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
