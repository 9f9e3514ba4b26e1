/**
 * The XMPP server of the tests, in virtual time: accounts with rosters and sessions, components,
 * routing with `from` stamped. The device's streams are stream.ts; everybody else is scripted
 * and attached as a session that is a function (actor.ts).
 */
import type { MockClock } from "../../hal/mock/clock.js";
import type { MockNetwork, Peer } from "../../hal/mock/pipe.js";
import { NS_CLIENT, bareOf, childOf, childrenOf } from "./markup.js";
import type { Node } from "./markup.js";
import { Roster, itemOf, presence } from "./presence.js";
import type { Carrier, Item } from "./presence.js";
import { Service } from "./service.js";
import { Stream, createQuirks } from "./stream.js";
import type { Quirks } from "./stream.js";

const NS_ROSTER = "jabber:iq:roster";
const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

export interface Session {
  jid: string;
  /** The presence it sent last; null while it is not available. */
  shown: Node | null;
  /** Whom it sent directed presence. */
  directed: Set<string>;
  deliver(stanza: Node): void;
}

interface Account {
  roster: Roster;
  sessions: Session[];
  offline: Node[];
}

export class Wire implements Carrier {
  readonly quirks: Quirks = createQuirks();
  readonly accounts = new Map<string, Account>();
  readonly components = new Map<string, Session>();
  /** Streams of the device so far, the latest last. */
  readonly streams: Stream[] = [];
  /** Told of every stanza that the device's streams carry. */
  observe: (direction: "in" | "out", stanza: Node) => void = () => {};
  private readonly service: Service;
  private serial = 0;

  constructor(
    readonly clock: MockClock,
    network: MockNetwork,
    readonly domain: string,
    readonly passwords: Record<string, string>,
  ) {
    this.service = new Service(this);
    network.onPeer = (peer: Peer) => void this.streams.push(new Stream(this, peer));
  }

  /** The device's stream now; the last one where none is up. */
  get stream(): Stream {
    return this.streams.at(-1)!;
  }

  account(bare: string): Account {
    let account = this.accounts.get(bare);
    if (!account) {
      account = { roster: new Roster(bare, this), sessions: [], offline: [] };
      this.accounts.set(bare, account);
    }
    return account;
  }

  newId(): string {
    return `s${++this.serial}`;
  }

  attach(jid: string, deliver: (stanza: Node) => void): Session {
    const session: Session = { jid, shown: null, directed: new Set(), deliver };
    if (isAccount(jid)) this.account(bareOf(jid)).sessions.push(session);
    else this.components.set(jid, session);
    return session;
  }

  detach(session: Session): void {
    if (!isAccount(session.jid)) this.components.delete(session.jid);
    else {
      const account = this.account(bareOf(session.jid));
      account.sessions = account.sessions.filter((one) => one !== session);
      if (session.shown) this.leave(session);
    }
  }

  /** A stanza that a session sends. */
  take(session: Session, stanza: Node): void {
    const isPart = isAccount(session.jid);
    stanza.attributes.from = session.jid;
    const to = stanza.attributes.to ?? "";
    if (stanza.name === "presence") {
      if (!isPart) this.inbound(stanza.attributes.type ?? "", session.jid, to, stanza);
      else if (to === "") this.announce(session, stanza);
      else this.direct(session, stanza, to);
    } else if (stanza.name === "iq" && isPart && (to === "" || to === bareOf(session.jid))) {
      this.own(session, stanza);
    } else this.route(stanza);
  }

  /** By its `to`, as it is; for what the test wants to look stamped by another server. */
  route(stanza: Node): void {
    const to = stanza.attributes.to ?? "";
    const component = this.components.get(bareOf(to));
    if (component) return component.deliver(stanza);
    if (to === this.domain) return this.service.handle(stanza);
    const account = this.accounts.get(bareOf(to));
    if (to.includes("/")) {
      const session = account?.sessions.find((one) => one.jid === to);
      if (session) return session.deliver(stanza);
      return this.bounce(stanza, "service-unavailable");
    }
    if (stanza.name === "message" && account) {
      const there = account.sessions.filter((one) => one.shown);
      if (there.length === 0) account.offline.push(stanza);
      for (const one of there) one.deliver(stanza);
    } else this.bounce(stanza, account ? "service-unavailable" : "remote-server-not-found");
  }

  /** Back to the sender, where it is a question. */
  bounce(stanza: Node, condition: string): void {
    const { type, id, from, to } = stanza.attributes;
    if (stanza.name !== "iq" || (type !== "get" && type !== "set") || !from) return;
    const error: Node = {
      name: "error", ns: NS_CLIENT, attributes: { type: "cancel" },
      children: [{ name: condition, ns: NS_STANZAS, attributes: {}, children: [] }],
    };
    this.reply(stanza, "error", { id: id ?? "", from: to ?? bareOf(from), to: from }, [error]);
  }

  result(stanza: Node, children: Node[]): void {
    const { id, from, to } = stanza.attributes;
    this.reply(stanza, "result", { id: id ?? "", from: to ?? bareOf(from!), to: from! }, children);
  }

  push(owner: string, jid: string, item: Item): void {
    const account = this.account(owner);
    const removed = !account.roster.items.has(jid);
    for (const session of account.sessions) {
      session.deliver({
        name: "iq", ns: NS_CLIENT,
        attributes: { type: "set", id: this.newId(), to: session.jid, from: owner },
        children: [query([itemOf(jid, item, removed)])],
      });
    }
  }

  inbound(type: string, from: string, to: string, stanza = presence(type, from, to)): void {
    const component = this.components.get(to);
    if (component) component.deliver(stanza);
    else if (/^(un)?subscribed?$/.test(type)) {
      if (this.accounts.has(bareOf(to))) this.account(bareOf(to)).roster.inbound(type, from);
    } else if (to.includes("/")) this.route(stanza);
    else this.deliver(to, stanza);
  }

  deliver(owner: string, stanza: Node): void {
    for (const one of this.account(owner).sessions) if (one.shown) one.deliver(stanza);
  }

  show(from: string, to: string, available: boolean): void {
    for (const session of this.account(from).sessions) {
      if (session.shown) this.inbound("", session.jid, to, shownTo(session, to, available));
    }
  }

  private announce(session: Session, stanza: Node): void {
    if (stanza.attributes.type === "unavailable") return this.leave(session);
    const account = this.account(bareOf(session.jid));
    const isInitial = !session.shown;
    session.shown = stanza;
    for (const [jid, item] of account.roster.items) {
      if (item.from) this.inbound("", session.jid, jid, shownTo(session, jid, true));
      if (!isInitial) continue;
      if (item.to) this.probe(jid, session);
      if (item.pending) session.deliver(item.pending);
    }
    if (!isInitial) return;
    for (const one of account.offline.splice(0)) session.deliver(this.service.delayed(one));
  }

  private probe(jid: string, session: Session): void {
    for (const one of this.accounts.get(jid)?.sessions ?? []) {
      if (one.shown) session.deliver(shownTo(one, session.jid, true));
    }
  }

  private leave(session: Session): void {
    const items = this.account(bareOf(session.jid)).roster.items;
    const told = new Set([...items].filter(([, item]) => item.from).map(([jid]) => jid));
    for (const jid of session.directed) told.add(jid);
    for (const jid of told) this.inbound("", session.jid, jid, shownTo(session, jid, false));
    session.shown = null;
    session.directed.clear();
  }

  private direct(session: Session, stanza: Node, to: string): void {
    const type = stanza.attributes.type ?? "";
    const bare = bareOf(session.jid);
    if (/^(un)?subscribed?$/.test(type)) {
      this.account(bare).roster.outbound(type, bareOf(to));
    } else {
      if (type === "") session.directed.add(to);
      this.inbound(type, session.jid, to, stanza);
    }
  }

  /** What the server answers for the account itself. */
  private own(session: Session, stanza: Node): void {
    const type = stanza.attributes.type;
    const roster = childOf(stanza, "query", NS_ROSTER);
    const account = this.account(bareOf(session.jid));
    if (type === "result" || type === "error") return;
    if (!roster) return this.service.handle(stanza);
    if (this.quirks.silent.includes("roster")) return;
    if (type === "get") {
      const items = [...account.roster.items].map(([jid, item]) => itemOf(jid, item, false));
      this.result(stanza, [query(items)]);
    } else {
      for (const item of childrenOf(roster)) {
        if (item.attributes.subscription === "remove") account.roster.remove(item.attributes.jid!);
      }
      this.result(stanza, []);
    }
  }

  private reply(
    _to: Node, type: string, attributes: Record<string, string>, children: Node[],
  ): void {
    this.route({ name: "iq", ns: NS_CLIENT, attributes: { type, ...attributes }, children });
  }
}

export function isAccount(jid: string): boolean {
  return jid.includes("@");
}

function query(children: Node[]): Node {
  return { name: "query", ns: NS_ROSTER, attributes: {}, children };
}

function shownTo(session: Session, to: string, available: boolean): Node {
  const said = presence(available ? "" : "unavailable", session.jid, to);
  if (available && session.shown) said.children = session.shown.children;
  return said;
}
