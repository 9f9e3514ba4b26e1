/**
 * Who may see us and whom we may see (RFC 6121). The server keeps the roster; we keep, while a
 * stream is up, a bounded copy of it. Nobody is a friend before it has arrived whole.
 */
import { FRIENDS_MAX } from "../config.js";
import { NS_ROSTER } from "../xml/assembler.js";
import { items, lookup, without } from "../xml/list.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Account } from "../stream/account.js";
import { bareJid, normalJid } from "../stream/jid.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Asker, Outlet, Requests } from "../stream/requests.js";
import { Condition, presence, query } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import { NS_CAPS } from "./disco.js";
import type { Handler, Presences, Router } from "./router.js";

/** Entered for one that must go, whatever the server says of it: neither friend nor seen. */
const LEAVING = "-";

/** What a presence means for trust and friendship. Implemented by access/friendship.ts. */
export interface SubscriptionPolicy {
  /**
   * `type` as RFC 6121 has it, "" for available; `jid` is bare but for ""/"unavailable"; `caps` is
   * the hash of XEP-0115 that it advertises, "" for none.
   */
  onPresence(type: string, bare: string, jid: string, caps: string, nowMs: number): void;
  /** The roster is here; the initial presence goes out after this. */
  onRoster(nowMs: number): void;
  /** Has a place in our copy even when it is full. */
  keeps(bare: string): boolean;
  /** The server does not give it: this stream is good for nothing. */
  onNoRoster(): void;
}

/** Who must go. Implemented by access/farewell.ts. */
export interface Leavers {
  /** The roster is here; ends with null for its `act`. */
  resume(): void;
  /** The server has removed the item. */
  removed(bare: string): void;
  /** Must not be missed, however full the roster is. */
  awaits(bare: string): boolean;
}

export class Roster implements Handler, Presences, Asker, Doer {
  /** Set by the composition root, as the policy needs the roster itself. */
  policy!: SubscriptionPolicy;
  router!: Router;
  leavers!: Leavers;
  /** The roster has arrived; before that nobody is a friend. */
  loaded: boolean;
  /** Subscriptions, packed as attributes are: \x01jid\x02both\x01 */
  private entries: string;

  constructor(
    private readonly account: Account,
    private readonly outlet: Outlet,
    private readonly requests: Requests,
    private readonly agenda: Agenda,
  ) {
    this.loaded = false;
    this.entries = "\x01";
  }

  load(nowMs: number): void {
    this.forget();
    this.requests.ask("", "get", query(NS_ROSTER, EMPTY), this, null, nowMs);
  }

  forget(): void {
    this.loaded = false;
    this.entries = "\x01";
  }

  answered(_context: unknown, roster: Element | null): void {
    this.loaded = roster !== null;
    // Before anybody is a friend: who must go. It may want to see the roster once more.
    if (this.loaded) this.leavers.resume();
    else if (this.outlet.jid !== "") this.policy.onNoRoster();
  }

  /** An item of the roster that we asked for, and only of that. */
  onItem(stanza: Element, item: Element): void {
    if (stanza.attribute("type") === "result") {
      if (this.requests.expects(stanza, this)) this.note(item);
    } else if (this.isOwn(stanza.attribute("from")) && stanza.attribute("type") === "set") {
      this.note(item);
    }
  }

  /** A roster push. Its item has come through `onItem`; others' pushes are refused. */
  handle(caller: Caller, _payload: Element, _nowMs: number): void {
    const router = this.router;
    if (this.isOwn(caller.from)) router.result(caller, EMPTY);
    else router.reject(caller, Condition.ServiceUnavailable);
  }

  onPresence(stanza: Element): void {
    this.agenda.add(this, stanza);
  }

  /** A presence; or null, when the roster is here and whoever had to go has gone. */
  act(what: unknown, nowMs: number): void {
    const stanza = what as Element | null;
    if (!stanza) {
      if (this.loaded) this.policy.onRoster(nowMs);
      return;
    }
    const from = normalJid(stanza.attribute("from"));
    const type = stanza.attribute("type");
    const isOurs = this.outlet.jid !== ""; // Else of a stream that has ended in between.
    if (isOurs && from !== "" && type !== "probe") {
      const caps = stanza.child(NS_CAPS, "c");
      const isKnown = caps !== null && caps.attribute("hash") === "sha-1";
      this.policy.onPresence(type, bareJid(from), from,
        isKnown ? (caps as Element).attribute("ver") : "", nowMs);
    }
  }

  /** May see us: its subscription is "from" or "both". Rights are another matter. */
  isFriend(bare: string): boolean {
    const subscription = lookup(this.entries, bare);
    return subscription === "from" || subscription === "both";
  }

  /** We may see it: "to" or "both". */
  isSeen(bare: string): boolean {
    const subscription = lookup(this.entries, bare);
    return subscription === "to" || subscription === "both";
  }

  isSelf(bare: string): boolean {
    return bare === this.account.bare;
  }

  domain(): string {
    return this.account.domain();
  }

  friends(): string[] {
    return this.known().filter((bare) => this.isFriend(bare));
  }

  /** In the server's roster, with any subscription, as far as we know. */
  knows(bare: string): boolean {
    return lookup(this.entries, bare) !== null;
  }

  /** Everybody with whom there is any subscription. */
  known(): string[] {
    return items(this.entries).map((entry) => entry.split("\x02")[0]);
  }

  /** `type`: subscribe, subscribed, unsubscribe, unsubscribed; "" is a directed presence. */
  say(type: string, jid: string): void {
    this.outlet.send(presence(jid, type, EMPTY));
  }

  /** No friend from this instant, and none again before the server's roster has lost it. */
  expel(bare: string): void {
    this.entries = without(this.entries, bare) + bare + "\x02" + LEAVING + "\x01";
  }

  /** Has the server's roster lose it. */
  drop(bare: string, nowMs: number): void {
    const item = tag("item", attribute("jid", bare) + " subscription='remove'", EMPTY);
    this.requests.ask("", "set", query(NS_ROSTER, item), NOBODY, null, nowMs);
  }

  private note(item: Element): void {
    const bare = bareJid(item.attribute("jid"));
    const subscription = item.attribute("subscription");
    if (bare !== "" && item.name === "item") {
      this.put(bare, subscription === "none" || subscription === "remove" ? "" : subscription);
      if (subscription === "remove") this.leavers.removed(bare);
    }
  }

  private put(bare: string, subscription: string): void {
    this.entries = without(this.entries, bare);
    if (subscription === "") return;
    const isLeaving = this.leavers.awaits(bare);
    const isFull = this.entries.split("\x02").length > FRIENDS_MAX;
    if (isFull && !isLeaving && !this.policy.keeps(bare)) return;
    this.entries += bare + "\x02" + (isLeaving ? LEAVING : subscription) + "\x01";
  }

  private isOwn(from: string): boolean {
    return from === "" || normalJid(from) === this.account.bare;
  }
}

/** For requests whose answer changes nothing. */
const NOBODY: Asker = {
  answered(): void {
    // The roster push that follows says all.
  },
};
