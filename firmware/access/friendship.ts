/**
 * Subscription requests: a trusted server is let in, a stranger is asked about, and where there
 * is no trust yet, a person at the device decides (XEP-0324 "friendships", the diagrams).
 *
 *   asks to see us       | no trust            | trust
 *   ---------------------+---------------------+-----------------------------------------
 *   provisioning server  | the ceremony        | subscribed, and we subscribe too
 *   anybody else         | the ceremony        | isFriend: yes subscribed, no unsubscribed,
 *                        |                     | no but secondary: the ceremony,
 *                        |                     | silence: left open, the server repeats it
 */
import type { Element } from "../xml/element.js";
import { EMPTY } from "../xml/print.js";
import type { Roster, SubscriptionPolicy } from "../router/roster.js";
import type { Handler, Router } from "../router/router.js";
import { bareJid } from "../stream/jid.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import { attribute, tag } from "../xml/print.js";
import type { Cache } from "./cache.js";
import type { Delegation } from "./delegation.js";
import { Verdict, friendQuestion } from "./gate.js";
import type { Gate, Waiter } from "./gate.js";
import type { Grant } from "./grant.js";
import { NS_PROVISIONING } from "./provisioning.js";
import type { Trust } from "./trust.js";

/** The LED, the button and a person. Implemented by pairing/window.ts. */
export interface Ceremony {
  ask(jid: string, nowMs: number): void;
  /** The candidate took its request back. */
  withdraw(jid: string): void;
}

/** Told when a JID has lost its rights. Implemented by thing/readout.ts. */
export interface Revocations {
  revoked(bare: string): void;
}

export class Friendship implements SubscriptionPolicy, Waiter, Handler {
  ceremony: Ceremony | null;
  revocations: Revocations | null;
  /** Sends the initial presence. Set by the composition root. */
  announce: { announce(nowMs: number): void } | null;
  /** Who is being asked about; the place is the tag. */
  private strangers: string[];
  private serial: number;

  constructor(
    private readonly account: { jid: string },
    private readonly roster: Roster,
    private readonly router: Router,
    private readonly trust: Trust,
    private readonly cache: Cache,
    private readonly gate: Gate,
    private readonly delegation: Delegation,
  ) {
    this.ceremony = this.revocations = this.announce = null;
    this.strangers = [];
    this.serial = 0;
  }

  onRoster(nowMs: number): void {
    const servers = this.trust.list();
    if (this.announce) this.announce.announce(nowMs);
    for (let i = 0; i < servers.length; i++) {
      if (servers[i].indexOf("@") < 0) this.roster.say("", servers[i]);
      else if (!this.roster.isSeen(servers[i])) this.roster.say("subscribe", servers[i]);
    }
    this.delegation.resume(nowMs);
  }

  onPresence(type: string, bare: string, jid: string, nowMs: number): void {
    if (bare === this.account.jid) return; // Our own, echoed by the server.
    if (type === "subscribe") this.subscribe(bare, nowMs);
    else if (type === "" || type === "unavailable") {
      const isOurs = this.trust.has(bare) || this.delegation.expects(bare) ||
        this.trust.pending() === bare;
      // Only who we see by our own subscription: a directed presence is anybody's.
      if (!isOurs || !this.roster.isSeen(bare)) return;
      this.trust.see(bare, jid, type === "");
      if (type === "") this.delegation.seen(bare, jid, nowMs);
    } else if (this.ceremony && (type === "unsubscribe" || type === "unsubscribed")) {
      this.ceremony.withdraw(bare);
    }
  }

  /** A person at the device pressed the button for this one. */
  accept(bare: string, nowMs: number): void {
    if (!this.delegation.accept(bare, nowMs)) this.refuse(bare);
  }

  refuse(bare: string): void {
    this.roster.say("unsubscribed", bare);
  }

  decided(tag: number, verdict: Verdict, _grants: Grant[], nowMs: number): void {
    const prefix = tag + " ";
    let bare = "";
    this.strangers = this.strangers.filter((entry) => {
      const found = entry.substring(0, prefix.length) === prefix;
      if (found) bare = entry.substring(prefix.length);
      return !found;
    });
    if (bare === "") return;
    if (verdict === Verdict.Granted) this.roster.say("subscribed", bare);
    else if (verdict === Verdict.Denied) this.refuse(bare);
    else if (verdict === Verdict.Secondary && this.ceremony) this.ceremony.ask(bare, nowMs);
  }

  /** clearCache, unfriend and friend, from a trusted server alone (XEP-0324). */
  handle(caller: Caller, payload: Element, nowMs: number): void {
    const trusted = this.trust.has(caller.bare);
    if (caller.iq) {
      if (!trusted) this.router.refuse(caller, Condition.Forbidden, "", EMPTY);
      else if (!this.cache.clear()) {
        // Not acknowledged, so that the server sends it again.
        this.router.refuse(caller, Condition.InternalServerError, "", EMPTY);
      } else {
        const said = attribute("xmlns", NS_PROVISIONING);
        this.router.result(caller, tag("clearCacheResponse", said, EMPTY));
      }
      return;
    }
    const bare = bareJid(payload.attribute("jid"));
    if (!trusted || bare === "" || bare === this.account.jid || this.trust.has(bare)) return;
    if (payload.name === "friend") this.recommend(bare, nowMs);
    else this.unfriend(bare, nowMs);
  }

  /** Asked first: a message may have waited on a server while the rules changed. */
  private recommend(bare: string, nowMs: number): void {
    const roster = this.roster;
    if (roster.isSeen(bare)) return;
    this.gate.ask(friendQuestion(bare), {
      decided(_tag: number, verdict: Verdict): void {
        if (verdict === Verdict.Granted) roster.say("subscribe", bare);
      },
    }, 0, nowMs);
  }

  private unfriend(bare: string, nowMs: number): void {
    const wasFriend = this.roster.isFriend(bare) || this.roster.isSeen(bare);
    this.cache.purge(bare);
    if (this.revocations) this.revocations.revoked(bare);
    if (!wasFriend) return;
    this.roster.say("unsubscribed", bare);
    this.roster.say("unsubscribe", bare);
    this.roster.drop(bare, nowMs);
  }

  private subscribe(bare: string, nowMs: number): void {
    if (this.trust.has(bare) || this.delegation.expects(bare)) {
      this.roster.say("subscribed", bare);
      if (!this.roster.isSeen(bare) && bare.indexOf("@") >= 0) this.roster.say("subscribe", bare);
    } else if (this.trust.list().length === 0) {
      if (this.ceremony) this.ceremony.ask(bare, nowMs);
    } else {
      const tag = ++this.serial;
      if (this.strangers.some((entry) => entry.substring(entry.indexOf(" ") + 1) === bare)) return;
      this.strangers.push(tag + " " + bare);
      this.gate.ask(friendQuestion(bare), this, tag, nowMs);
    }
  }
}
