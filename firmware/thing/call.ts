/**
 * Requests of friends on their way through the gate: a bounded table, one answer for each.
 * Read-outs and control requests share it, so that neither can crowd out the other unseen.
 */
import { CALLS_MAX, CALLS_PER_JID_MAX, FIELDS_PER_TICK_MAX } from "../config.js";
import { Verdict } from "../access/case.js";
import type { Waiter } from "../access/case.js";
import type { Gate } from "../access/gate.js";
import type { Grant, Question } from "../access/grant.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";

/** What the request becomes, told from `Calls.tick`. Implemented by readout.ts and control.ts. */
export interface Callee {
  granted(call: Call, grants: Grant[], nowMs: number): void;
  refuse(call: Call, condition: Condition, reason: string): void;
}

/** What takes more than one tick. Implemented by fields.ts. */
export interface Work {
  /** How much of it may still be done in this tick. */
  left: number;
  /** True: there is more. */
  tick(nowMs: number): boolean;
}

export interface Call {
  caller: Caller;
  callee: Callee;
  question: Question;
  /** Of a read-out, canonical; "" for control. */
  seqnr: string;
  /** Of a control request: type, name, value of each, in the order of the document. */
  parameters: string[][];
  /** When it is to be done; nothing for at once. */
  dueMs?: number;
  /** It was accepted, and waits or has waited (queue.ts): its iq is answered. */
  queued?: boolean;
}

/** What people may read of a refusal. */
export const DENIED = "Access denied.";
export const MALFORMED = "The request is malformed or too large.";
export const UNKNOWN = "No such node or parameter.";
const SILENT = "The provisioning server does not answer.";

/** What the gate has said of one. */
interface Decision {
  call: Call;
  verdict: Verdict;
  grants: Grant[];
}

export class Calls implements Waiter {
  /** What goes on with calls that were granted. Set by the composition root. */
  work!: Work;
  private calls: Call[];
  /** Those of this tick, which have not yet been asked about. */
  private fresh: Call[];
  /** Those that the gate has decided, whose callees have not yet been told. */
  private decisions: Decision[];

  /** Who may ask at all; nobody else is told anything of what was asked for. */
  constructor(readonly gate: Gate) {
    this.calls = [];
    this.fresh = [];
    this.decisions = [];
  }

  /** The callee hears of it once: at the next tick, or when the servers have answered. */
  open(call: Call): void {
    this.calls.push(call);
    this.fresh.push(call);
  }

  /**
   * Asks the gate, then acts on what it has said, both from a shallow stack (DESIGN, "Call
   * depth"). Who comes when the table is full may not wait.
   */
  tick(nowMs: number): boolean {
    const work = this.work;
    work.left = FIELDS_PER_TICK_MAX;
    let isBusy = work.tick(nowMs);
    while (this.fresh.length || this.decisions.length) {
      if (this.decisions.length === 0) {
        const call = this.fresh.splice(0, 1)[0];
        const bare = call.caller.bare;
        let before = 0;
        let own = 0;
        for (const other of this.calls) {
          if (other === call) {
            const mayWait = own < CALLS_PER_JID_MAX && before < CALLS_MAX;
            this.gate.ask(call.question, this, call, mayWait, nowMs);
            break;
          }
          before++;
          if (other.caller.bare === bare) own++;
        }
        continue;
      }
      const decision = this.decisions.splice(0, 1)[0];
      const call = decision.call;
      const callee = call.callee;
      const verdict = decision.verdict;
      const at = this.calls.indexOf(call);
      if (at < 0) continue; // It was ended meanwhile.
      this.calls.splice(at, 1);
      if (verdict === Verdict.Busy) callee.refuse(call, Condition.ResourceConstraint, "");
      else if (verdict === Verdict.Unknown) {
        callee.refuse(call, Condition.RemoteServerTimeout, SILENT);
        // A friend that is one no more while the server thought about it has no rights either.
      } else if (verdict === Verdict.Granted && this.gate.admits(call.caller.bare)) {
        callee.granted(call, decision.grants, nowMs);
        isBusy = work.tick(nowMs); // Before the next is answered.
      } else callee.refuse(call, Condition.Forbidden, DENIED);
    }
    return isBusy;
  }

  /** The read-out that this full JID has under way with that seqnr. */
  find(from: string, seqnr: string): Call | null {
    for (const call of this.calls) {
      if (call.caller.from === from && call.seqnr === seqnr) return call;
    }
    return null;
  }

  /** Back into the table: what it asked for is being done. */
  hold(call: Call): void {
    this.calls.push(call);
  }

  /** Takes it out of the table, unanswered. */
  drop(call: Call): void {
    this.calls.splice(this.calls.indexOf(call), 1);
  }

  /** Everything of this bare JID ends, in the next tick. */
  revoked(bare: string): void {
    for (const call of this.calls) {
      if (call.caller.bare === bare) this.decided(call, Verdict.Denied, []);
    }
  }

  decided(context: unknown, verdict: Verdict, grants: Grant[]): void {
    this.decisions.push({ call: context as Call, verdict, grants });
  }
}
