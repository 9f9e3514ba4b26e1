/**
 * Requests of friends on their way through the gate: a bounded table, one answer for each.
 * Read-outs and control requests share it, so that neither can crowd out the other unseen.
 */
import { CALLS_MAX, CALLS_PER_JID_MAX } from "../config.js";
import { Verdict } from "../access/gate.js";
import type { Gate, Waiter } from "../access/gate.js";
import type { Grant, Question } from "../access/grant.js";
import type { Revocations } from "../access/farewell.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";

/** What the request becomes. Implemented by readout.ts and control.ts. */
export interface Callee {
  granted(call: Call, grants: Grant[], nowMs: number): void;
  refuse(call: Call, condition: Condition, reason: string): void;
}

export interface Call {
  caller: Caller;
  callee: Callee;
  question: Question;
  /** Of a read-out, canonical; "" for control. */
  seqnr: string;
  /** Of a control request: type, name, value of each, in the order of the document. */
  parameters: string[][];
}

/** What people may read of a refusal. */
export const DENIED = "Access denied.";
export const MALFORMED = "The request is malformed or too large.";
export const UNKNOWN = "No such node or parameter.";

export class Calls implements Waiter, Revocations {
  private calls: Call[];
  /** Those of this tick, which have not yet been asked about. */
  private fresh: Call[];

  constructor(private readonly gate: Gate) {
    this.calls = [];
    this.fresh = [];
  }

  /** True for somebody who may ask at all; anybody else has been refused, whatever was asked. */
  admits(call: Call): boolean {
    if (this.gate.admits(call.caller.bare)) return true;
    call.callee.refuse(call, Condition.Forbidden, DENIED);
    return false;
  }

  /** The callee hears of it once: at the next tick, or when the servers have answered. */
  open(call: Call): void {
    this.calls.push(call);
    this.fresh.push(call);
  }

  /** Asks the gate, from a shallow stack. Who comes when the table is full may not wait. */
  tick(nowMs: number): void {
    while (this.fresh.length) {
      const call = this.fresh.splice(0, 1)[0];
      const at = this.calls.indexOf(call);
      const bare = call.caller.bare;
      const own = this.calls.slice(0, at).filter((other) => other.caller.bare === bare);
      const mayWait = own.length < CALLS_PER_JID_MAX && at < CALLS_MAX;
      if (at >= 0) this.gate.ask(call.question, this, call, mayWait, nowMs);
    }
  }

  /** The read-out that this full JID has under way with that seqnr. */
  find(from: string, seqnr: string): Call | null {
    for (const call of this.calls) {
      if (call.caller.from === from && call.seqnr === seqnr) return call;
    }
    return null;
  }

  /** Takes it out of the table and refuses it. */
  end(call: Call, reason: string): void {
    this.calls.splice(this.calls.indexOf(call), 1);
    call.callee.refuse(call, Condition.Forbidden, reason);
  }

  /** Everything of this bare JID ends here. */
  revoked(bare: string): void {
    for (const call of this.calls.slice(0)) if (call.caller.bare === bare) this.end(call, DENIED);
  }

  decided(context: unknown, verdict: Verdict, grants: Grant[], nowMs: number): void {
    const call = context as Call;
    const at = this.calls.indexOf(call);
    if (at < 0) return; // It was ended meanwhile.
    if (verdict === Verdict.Unknown || verdict === Verdict.Busy) {
      this.calls.splice(at, 1);
      const isBusy = verdict === Verdict.Busy;
      call.callee.refuse(call,
        isBusy ? Condition.ResourceConstraint : Condition.RemoteServerTimeout,
        isBusy ? "" : "The provisioning server does not answer.");
      // A friend that is one no more while the server thought about it has no rights either.
    } else if (verdict === Verdict.Granted && this.gate.admits(call.caller.bare)) {
      this.calls.splice(at, 1);
      call.callee.granted(call, grants, nowMs);
    } else this.end(call, DENIED);
  }
}
