/**
 * Rosters and subscription states as a server keeps them (RFC 6121), with the habits of Prosody
 * 0.12: a second request while one is pending is absorbed, a pending one is delivered again at
 * every initial presence, and a `subscribed` that nobody asked for reaches nobody.
 */
import type { Node } from "./markup.js";
import { NS_CLIENT } from "./markup.js";

const NS_ROSTER = "jabber:iq:roster";

export interface Item {
  from: boolean;
  to: boolean;
  ask: boolean;
  /** The request that waits for an answer. */
  pending: Node | null;
}

/** What a roster does to the world. Implemented by wire.ts. */
export interface Carrier {
  push(owner: string, jid: string, item: Item): void;
  /** A presence for the contact's server, from the bare JID of its sender. */
  inbound(type: string, from: string, to: string): void;
  /** To all available sessions of an account. */
  deliver(owner: string, stanza: Node): void;
  /** The current presence of `from`, or its end, to one contact. */
  show(from: string, to: string, available: boolean): void;
}

export class Roster {
  readonly items = new Map<string, Item>();

  constructor(private readonly owner: string, private readonly carrier: Carrier) {}

  item(jid: string): Item {
    let item = this.items.get(jid);
    if (!item) this.items.set(jid, item = { from: false, to: false, ask: false, pending: null });
    return item;
  }

  /** As if both had been friends for ever. */
  befriend(jid: string): void {
    this.items.set(jid, { from: true, to: true, ask: false, pending: null });
  }

  /** The owner says this to a contact. */
  outbound(type: string, jid: string): void {
    const item = this.item(jid);
    const { carrier, owner } = this;
    if (type === "subscribe") {
      item.ask = !item.to;
      carrier.push(owner, jid, item);
      carrier.inbound(type, owner, jid);
    } else if (type === "subscribed") {
      if (!item.pending) return;
      item.pending = null;
      item.from = true;
      carrier.push(owner, jid, item);
      carrier.inbound(type, owner, jid);
      carrier.show(owner, jid, true);
    } else if (type === "unsubscribe") {
      item.to = item.ask = false;
      carrier.push(owner, jid, item);
      carrier.inbound(type, owner, jid);
    } else if (type === "unsubscribed") {
      if (!item.pending && !item.from) return;
      if (item.from) carrier.show(owner, jid, false);
      item.from = false;
      item.pending = null;
      carrier.push(owner, jid, item);
      carrier.inbound(type, owner, jid);
    }
  }

  /** A contact says this to the owner. */
  inbound(type: string, jid: string): void {
    const item = this.item(jid);
    const { carrier, owner } = this;
    const stanza = presence(type, jid, owner);
    if (type === "subscribe") {
      if (item.from) {
        carrier.inbound("subscribed", owner, jid);
        carrier.show(owner, jid, true);
      } else if (!item.pending) {
        item.pending = stanza;
        carrier.deliver(owner, stanza);
      }
    } else if (type === "subscribed" && item.ask) {
      item.ask = false;
      item.to = true;
      carrier.push(owner, jid, item);
      carrier.deliver(owner, stanza);
    } else if (type === "unsubscribe" && (item.from || item.pending)) {
      if (item.from) carrier.show(owner, jid, false);
      item.from = false;
      item.pending = null;
      carrier.push(owner, jid, item);
      carrier.deliver(owner, stanza);
    } else if (type === "unsubscribed" && (item.to || item.ask)) {
      item.to = item.ask = false;
      carrier.push(owner, jid, item);
      carrier.deliver(owner, stanza);
    }
  }

  /** RFC 6121 "removing a roster item": both subscriptions end. */
  remove(jid: string): void {
    const item = this.items.get(jid);
    if (!item) return;
    const { carrier, owner } = this;
    const had = { ...item };
    if (had.from) carrier.show(owner, jid, false);
    this.items.delete(jid);
    if (had.to || had.ask) carrier.inbound("unsubscribe", owner, jid);
    if (had.from || had.pending) carrier.inbound("unsubscribed", owner, jid);
    carrier.push(owner, jid, { from: false, to: false, ask: false, pending: null });
  }
}

export function presence(type: string, from: string, to: string): Node {
  return {
    name: "presence", ns: NS_CLIENT, children: [],
    attributes: type === "" ? { from, to } : { type, from, to },
  };
}

export function itemOf(jid: string, item: Item, removed: boolean): Node {
  const word = item.from ? (item.to ? "both" : "from") : item.to ? "to" : "none";
  const attributes: Record<string, string> = { jid, subscription: removed ? "remove" : word };
  if (item.ask) attributes.ask = "subscribe";
  return { name: "item", ns: NS_ROSTER, attributes, children: [] };
}
