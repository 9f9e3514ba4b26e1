/**
 * Strangers that we ask the provisioning servers about (XEP-0324 "friendships"): those who want
 * to see us, and those who are recommended to us.
 *
 *   verdict             | wants to see us        | recommended
 *   --------------------+------------------------+------------
 *   granted             | subscribed             | subscribe
 *   denied              | unsubscribed           | -
 *   denied, secondary   | the ceremony           | -
 *   nobody said         | asked about again, each ASK_AGAIN_MS
 */
import { ASK_AGAIN_MS, STRANGERS_MAX } from "../config.js";
import type { Roster } from "../router/roster.js";
import { Verdict } from "./gate.js";
import type { Gate, Waiter } from "./gate.js";
import { friendQuestion } from "./grant.js";
import type { Grant } from "./grant.js";

/** The LED, the button and a person. Implemented by pairing/window.ts. */
export interface Ceremony {
  ask(jid: string, nowMs: number): void;
  /** The candidate took its request back. */
  withdraw(jid: string): void;
}

interface Stranger {
  bare: string;
  recommended: boolean;
}

export class Strangers implements Waiter {
  /** Set by the composition root: it needs us, too. */
  ceremony!: Ceremony;
  /** To be asked about in the next tick, from a shallow stack (DESIGN, "Call depth"). */
  private fresh: Stranger[];
  /** Being asked about. */
  private asked: Stranger[];
  /** Those about whom nobody has said anything, the oldest first. */
  private open: Stranger[];
  private againMs: number;

  constructor(private readonly roster: Roster, private readonly gate: Gate) {
    this.fresh = [];
    this.asked = [];
    this.open = [];
    this.againMs = 0;
  }

  ask(bare: string, recommended: boolean): void {
    const isAsked = this.asked.concat(this.fresh).some(
      (one) => one.bare === bare && one.recommended === recommended);
    if (!isAsked) this.fresh.push({ bare, recommended });
  }

  tick(nowMs: number): void {
    if (nowMs >= this.againMs) {
      this.againMs = nowMs + ASK_AGAIN_MS;
      for (const one of this.open.splice(0, 1)) this.fresh.push(one);
    }
    for (const one of this.fresh.splice(0, this.fresh.length)) {
      this.asked.push(one);
      this.gate.ask(friendQuestion(one.bare), this, one, true, nowMs);
    }
  }

  /** It took its request back, or is a friend no more. */
  withdraw(bare: string): void {
    this.ceremony.withdraw(bare);
    this.open = this.open.filter((one) => one.bare !== bare);
    this.fresh = this.fresh.filter((one) => one.bare !== bare);
  }

  /** With a new stream the server repeats them; after a factory reset they are nobody's. */
  forget(): void {
    this.open = [];
    this.fresh = [];
  }

  decided(context: unknown, verdict: Verdict, _grants: Grant[], nowMs: number): void {
    const stranger = context as Stranger;
    const bare = stranger.bare;
    this.asked.splice(this.asked.indexOf(stranger), 1);
    if (verdict === Verdict.Granted) {
      this.roster.say(stranger.recommended ? "subscribe" : "subscribed", bare);
    } else if (verdict === Verdict.Unknown || verdict === Verdict.Busy) {
      if (this.open.length >= STRANGERS_MAX) return;
      if (!this.open.length) this.againMs = nowMs + ASK_AGAIN_MS;
      this.open.push(stranger);
    } else if (stranger.recommended) return;
    else if (verdict === Verdict.Secondary) this.ceremony.ask(bare, nowMs);
    else this.roster.say("unsubscribed", bare);
  }
}
