/**
 * Subscriptions (RFC 6121, 3): who may see whom, asked for and answered, and what the others see
 * of it.
 */
import { randomUUID } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { NS_ROSTER } from "../../authority/stanza.js";
import { type Account, type Host, type Resource, type Session, available, readdress }
  from "./host.js";
import { printContact } from "./roster.js";

/** Routes by address; implemented by the router. */
export interface Poster {
  post(stanza: Element, origin: Session | null): void;
}

export class Subscriptions {
  constructor(private readonly host: Host, private readonly poster: Poster) {}

  /** From a client: what it wants of somebody, or lets somebody have. */
  outbound(resource: Resource, stanza: Element): void {
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

  /** For one of our accounts, from anywhere. */
  inbound(account: Account, from: string, stanza: Element): void {
    const { roster } = account;
    const type = stanza.attrs["type"];
    if (type === "subscribe") return this.asked(account, from, stanza);
    const isNews = type === "subscribed" ? roster.approved(from)
      : type === "unsubscribed" ? roster.refused(from) : roster.left(from);
    if (!isNews) return this.host.consume(stanza);
    this.toEach([...account.resources.values()].filter((one) => one.interested), stanza);
    this.push(account, from);
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

  /** Sends the presence of every available resource; false when there is none. */
  show(account: Account, to: string): boolean {
    const resources = available(account);
    for (const one of resources) this.poster.post(readdress(one.presence!, { to }), one);
    return resources.length > 0;
  }

  /** To those it names, or to nobody. */
  toEach(resources: Resource[], stanza: Element): void {
    for (const resource of resources) this.host.deliver(resource, stanza);
    if (resources.length === 0) this.host.consume(stanza);
  }

  say(from: string, to: string, type: string): void {
    this.poster.post(xml("presence", { from, to, type }), null);
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

  private hide(account: Account, to: string): void {
    for (const one of available(account)) {
      this.poster.post(xml("presence", { type: "unavailable", from: one.jid, to }), one);
    }
  }
}

export function isSubscription(type: string | undefined): boolean {
  return type === "subscribe" || type === "subscribed"
    || type === "unsubscribe" || type === "unsubscribed";
}
