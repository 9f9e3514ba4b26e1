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
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Roster } from "../router/roster.js";
import { Verdict } from "./case.js";
import type { Waiter } from "./case.js";
import type { Gate } from "./gate.js";
import { friendQuestion } from "./grant.js";

/** The LED, the button and a person. Implemented by pairing/window.ts. */
export interface Ceremony {
  ask(jid: string, nowMs: number): void;
  /** The candidate took its request back. */
  withdraw(jid: string): void;
  /** A press accepted it; false: it had to be refused all the same. */
  settled(accepted: boolean, nowMs: number): void;
}

interface Stranger {
  bare: string;
  recommended: boolean;
  /** Null while it is yet to be asked about. */
  verdict: Verdict | null;
}

export class Strangers implements Waiter, Doer {
  /** Set by the composition root: it needs us, too. */
  ceremony!: Ceremony;
  /** Being asked about. */
  private asked: Stranger[];
  /** Those about whom nobody has said anything, the oldest first. */
  private open: Stranger[];
  private againMs: number;

  constructor(
    private readonly roster: Roster,
    private readonly gate: Gate,
    private readonly agenda: Agenda,
  ) {
    this.asked = [];
    this.open = [];
    this.againMs = 0;
  }

  ask(bare: string, recommended: boolean): void {
    const isAsked = this.asked.some(
      (one) => one.bare === bare && one.recommended === recommended);
    if (!isAsked) this.begin({ bare, recommended, verdict: null });
  }

  tick(nowMs: number): boolean {
    if (nowMs < this.againMs) return this.open.length > 0;
    this.againMs = nowMs + ASK_AGAIN_MS;
    for (const one of this.open.splice(0, 1)) this.begin(one);
    return true;
  }

  /** Asks, or does what has been decided. */
  act(what: unknown, nowMs: number): void {
    const stranger = what as Stranger;
    const verdict = stranger.verdict;
    const bare = stranger.bare;
    if (verdict === null) this.gate.ask(friendQuestion(bare), this, stranger, true, nowMs);
    else if (verdict === Verdict.Granted) {
      this.roster.say(stranger.recommended ? "subscribe" : "subscribed", bare);
    } else if (verdict === Verdict.Unknown || verdict === Verdict.Busy) {
      if (this.open.length >= STRANGERS_MAX) return;
      if (!this.open.length) this.againMs = nowMs + ASK_AGAIN_MS;
      this.open.push(stranger);
    } else if (stranger.recommended) return;
    else if (verdict === Verdict.Secondary) this.ceremony.ask(bare, nowMs);
    else this.roster.say("unsubscribed", bare);
  }

  /** It took its request back, or is a friend no more. */
  withdraw(bare: string): void {
    this.ceremony.withdraw(bare);
    this.open = this.open.filter((one) => one.bare !== bare);
  }

  /** With a new stream the server repeats them; after a factory reset they are nobody's. */
  forget(): void {
    this.open = [];
  }

  decided(context: unknown, verdict: Verdict): void {
    const stranger = context as Stranger;
    this.asked.splice(this.asked.indexOf(stranger), 1);
    stranger.verdict = verdict;
    this.agenda.add(this, stranger);
  }

  private begin(stranger: Stranger): void {
    stranger.verdict = null;
    this.asked.push(stranger);
    this.agenda.add(this, stranger);
  }
}
