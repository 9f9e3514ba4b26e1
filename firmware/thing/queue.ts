/**
 * Read-outs at another time (XEP-0323 "read-out", `when`).
 *
 *   `when`                   | answer
 *   -------------------------+------------------------------------------------------------
 *   is no xs:dateTime        | bad-request
 *   the board has no time    | feature-not-implemented
 *   is over                  | as without it
 *   is beyond QUEUE_MS_MAX   | wait/resource-constraint
 *   too many wait, too large | wait/resource-constraint
 *
 * Only what has been granted may wait. When its time has come it goes the whole way once more,
 * since the right to it may have been taken away meanwhile. What waits is not on flash: a power
 * cut loses it, as the XEP allows.
 */
import {
  QUEUED_BYTES_MAX, QUEUED_MAX, QUEUED_PER_JID_MAX, QUEUE_LATE_MS, QUEUE_MS_MAX,
} from "../config.js";
import type { Revocations } from "../access/farewell.js";
import type { Basics } from "../router/basics.js";
import { Condition } from "../stream/stanza.js";
import { DENIED, MALFORMED } from "./call.js";
import type { Call, Calls } from "./call.js";
import { utcMsOf } from "./lexical.js";

export class Queue implements Revocations {
  waiting: Call[];

  constructor(readonly calls: Calls, private readonly basics: Basics) {
    this.waiting = [];
  }

  /** Sends it on its way. The delay is fixed here, whatever the clock is told later. */
  schedule(call: Call, when: string, nowMs: number): void {
    const utcMs = this.basics.utcMs(nowMs);
    const delayMs = utcMsOf(when) - utcMs;
    const callee = call.callee;
    if (delayMs !== delayMs) callee.refuse(call, Condition.BadRequest, MALFORMED);
    else if (utcMs === 0) {
      callee.refuse(call, Condition.FeatureNotImplemented, "The time is not known here.");
    } else if (delayMs > QUEUE_MS_MAX) {
      callee.refuse(call, Condition.ResourceConstraint, "That is too far away.");
    } else {
      if (delayMs > 0) call.dueMs = nowMs + delayMs;
      this.calls.open(call);
    }
  }

  /** It has been granted. False: there is no room for it, and it is refused. */
  add(call: Call): boolean {
    const caller = call.caller;
    const question = call.question;
    let own = 0;
    for (const other of this.waiting) if (other.caller.bare === caller.bare) own++;
    const said = caller.from + caller.id + question.nodes + question.names;
    if (this.waiting.length >= QUEUED_MAX || own >= QUEUED_PER_JID_MAX ||
      said.length + question.tokens.join("").length > QUEUED_BYTES_MAX) {
      call.callee.refuse(call, Condition.ResourceConstraint, "No more can wait.");
      return false;
    }
    call.queued = true;
    this.waiting.push(call);
    return true;
  }

  /** Those whose time has come are asked about anew; only where some wait. */
  tick(nowMs: number): void {
    for (const call of this.waiting.slice(0)) {
      const lateMs = nowMs - (call.dueMs as number);
      // Offline nobody is a friend; and whoever stays none has no use for an answer.
      const mayBegin = this.calls.gate.admits(call.caller.bare);
      if (lateMs < 0 || (!mayBegin && lateMs < QUEUE_LATE_MS)) continue;
      this.waiting.splice(this.waiting.indexOf(call), 1);
      if (mayBegin) this.calls.open(call);
    }
  }

  /** The read-out that this full JID has waiting, or under way, with that seqnr. */
  find(from: string, seqnr: string): Call | null {
    for (const call of this.waiting) {
      if (call.caller.from === from && call.seqnr === seqnr) return call;
    }
    return this.calls.find(from, seqnr);
  }

  /** Takes it back. What waits was answered when it was accepted. */
  end(call: Call, reason: string): void {
    const at = this.waiting.indexOf(call);
    if (at >= 0) this.waiting.splice(at, 1);
    else {
      this.calls.drop(call);
      call.callee.refuse(call, Condition.Forbidden, reason);
    }
  }

  /** Everything of this bare JID ends here. */
  revoked(bare: string): void {
    this.calls.revoked(bare);
    for (const call of this.waiting.slice(0)) {
      if (call.caller.bare !== bare) continue;
      this.end(call, DENIED);
      call.callee.refuse(call, Condition.Forbidden, DENIED);
    }
  }

  /** Factory reset. */
  forget(): void {
    this.waiting = [];
  }
}
