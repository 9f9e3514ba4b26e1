/**
 * One account's roster, and the subscription states of RFC 6121, appendix A, as flags: `to` (we
 * see the contact's presence), `from` (the contact sees ours), `ask` (we wait for an answer), and
 * `pending` requests that wait for ours. Each event answers whether anything changed.
 *
 * Pre-approval (RFC 6121, 3.4) is not offered: a "subscribed" that nobody asked for is dropped.
 */
import xml, { type Element } from "@xmpp/xml";
import { NS_ROSTER } from "../../authority/stanza.js";
import { PENDING_MAX, ROSTER_ITEMS_MAX } from "./limit.js";

export interface Contact {
  name: string;
  groups: string[];
  to: boolean;
  from: boolean;
  ask: boolean;
}

export class Roster {
  readonly contacts = new Map<string, Contact>();
  /** Requests as they came, by bare JID: they are delivered again at each initial presence. */
  readonly pending = new Map<string, Element>();

  /** Name and groups are the owner's; the subscription is nobody's to set. */
  rename(jid: string, name: string, groups: string[]): boolean {
    const contact = this.contact(jid);
    if (!contact) return false;
    contact.name = name;
    contact.groups = groups;
    return true;
  }

  seenBy(jid: string): boolean {
    return this.contacts.get(jid)?.from ?? false;
  }

  sees(jid: string): boolean {
    return this.contacts.get(jid)?.to ?? false;
  }

  /** We send "subscribe". */
  ask(jid: string): boolean {
    const contact = this.contact(jid);
    if (!contact || contact.to || contact.ask) return false;
    contact.ask = true;
    return true;
  }

  /** We send "unsubscribe". */
  leave(jid: string): boolean {
    return this.unsee(jid);
  }

  /** We send "subscribed". */
  approve(jid: string): boolean {
    if (!this.pending.delete(jid)) return false;
    const contact = this.contact(jid);
    if (!contact) return false;
    contact.from = true;
    return true;
  }

  /** We send "unsubscribed". `seen` tells whether the contact saw us until now. */
  refuse(jid: string): { changed: boolean; seen: boolean } {
    const seen = this.seenBy(jid);
    const wasPending = this.pending.delete(jid);
    const contact = this.contacts.get(jid);
    if (contact) contact.from = false;
    return { changed: seen || wasPending, seen };
  }

  /** The contact sends "subscribe": true when the owner has not been told yet. */
  asked(jid: string, request: Element): boolean {
    if (this.pending.has(jid) || this.pending.size >= PENDING_MAX) return false;
    this.pending.set(jid, request);
    return true;
  }

  /** The contact sends "subscribed". */
  approved(jid: string): boolean {
    const contact = this.contacts.get(jid);
    if (!contact?.ask) return false;
    contact.ask = false;
    contact.to = true;
    return true;
  }

  /** The contact sends "unsubscribed". */
  refused(jid: string): boolean {
    return this.unsee(jid);
  }

  /** The contact sends "unsubscribe". */
  left(jid: string): boolean {
    const wasPending = this.pending.delete(jid);
    const seen = this.seenBy(jid);
    const contact = this.contacts.get(jid);
    if (contact) contact.from = false;
    return wasPending || seen;
  }

  private unsee(jid: string): boolean {
    const contact = this.contacts.get(jid);
    if (!contact || (!contact.to && !contact.ask)) return false;
    contact.to = false;
    contact.ask = false;
    return true;
  }

  private contact(jid: string): Contact | null {
    const known = this.contacts.get(jid);
    if (known) return known;
    if (this.contacts.size >= ROSTER_ITEMS_MAX) return null;
    const contact = { name: "", groups: [], to: false, from: false, ask: false };
    this.contacts.set(jid, contact);
    return contact;
  }
}

export function printContact(jid: string, contact: Contact | undefined): Element {
  if (!contact) return xml("item", { jid, subscription: "remove" });
  return xml("item", {
    jid,
    subscription: subscriptionOf(contact),
    name: contact.name || undefined,
    ask: contact.ask ? "subscribe" : undefined,
  }, ...contact.groups.map((group) => xml("group", {}, group)));
}

export function printRoster(roster: Roster): Element {
  const items = [...roster.contacts].map(([jid, contact]) => printContact(jid, contact));
  return xml("query", { xmlns: NS_ROSTER }, ...items);
}

export function subscriptionOf(contact: Contact): "none" | "to" | "from" | "both" {
  if (contact.to) return contact.from ? "both" : "to";
  return contact.from ? "from" : "none";
}
