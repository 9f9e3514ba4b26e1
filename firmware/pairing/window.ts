/**
 * The pairing window: a stranger asks, the LED blinks, a person presses, the stranger is a
 * friend (XEP-0324 "delegating original trust").
 *
 *   state      | ask              | press           | withdraw | deadline passed
 *   -----------+------------------+-----------------+----------+----------------
 *   Closed     | Blinking         | -               | -        | -
 *   Blinking   | refuse newcomer  | accept, Closed  | Closed   | refuse, Closed
 *
 * One candidate at a time, so that a press can only mean the first. Windows are counted, so
 * that nobody keeps the LED lit (XEP-0324 "trust delegation").
 */
import { PAIRING_PERIOD_MS, WINDOWS_MAX, WINDOWS_PER_JID_MAX } from "../config.js";
import { Sign } from "./light.js";

/** Shows how it ended; that it blinks is seen by the state. Implemented by light.ts. */
export interface Signal {
  play(sign: Sign, nowMs: number): void;
}

export const enum WindowState {
  Closed,
  Blinking,
}

/** Told the outcome. Implemented by access/friendship.ts. */
export interface Candidates {
  /** Ends with `settled`. */
  accept(jid: string): void;
  refuse(jid: string): void;
}

export class PairingWindow {
  state: WindowState;
  candidate: string;
  private openedMs: number;
  /** Who had a window, and when: the last WINDOWS_MAX, the oldest first. */
  private jids: string[];
  private times: number[];

  constructor(
    private readonly light: Signal,
    private readonly candidates: Candidates,
    private readonly lengthMs: number,
  ) {
    this.state = WindowState.Closed;
    this.candidate = "";
    this.openedMs = 0;
    this.jids = [];
    this.times = [];
  }

  ask(jid: string, nowMs: number): void {
    this.tick(nowMs);
    if (this.state === WindowState.Blinking) {
      if (jid !== this.candidate) this.candidates.refuse(jid);
      return;
    }
    if (!this.mayOpen(jid, nowMs)) {
      this.candidates.refuse(jid);
      return;
    }
    this.state = WindowState.Blinking;
    this.candidate = jid;
    this.openedMs = nowMs;
  }

  withdraw(jid: string): void {
    if (this.state === WindowState.Blinking && jid === this.candidate) this.close();
  }

  press(nowMs: number, downMs: number): void {
    this.tick(nowMs); // A press after the deadline must not win a race with the timer.
    // Nobody means a candidate by a finger that was down before it asked.
    if (this.state !== WindowState.Blinking || downMs < this.openedMs) return;
    this.candidates.accept(this.close());
  }

  settled(accepted: boolean, nowMs: number): void {
    this.light.play(accepted ? Sign.Accepted : Sign.Refused, nowMs);
  }

  /** The stream is lost: its candidate cannot be answered, and asks again after the next. */
  abandon(): void {
    if (this.state === WindowState.Blinking) this.close();
  }

  tick(nowMs: number): boolean {
    if (this.state === WindowState.Closed) return false;
    if (nowMs - this.openedMs < this.lengthMs) return true;
    this.light.play(Sign.Refused, nowMs);
    this.candidates.refuse(this.close());
    return true;
  }

  /** Factory reset: whoever asked before has asked for another board. */
  forget(): void {
    this.abandon();
    this.candidate = "";
    this.jids = [];
    this.times = [];
  }

  private mayOpen(jid: string, nowMs: number): boolean {
    while (this.times.length && nowMs - this.times[0] >= PAIRING_PERIOD_MS) {
      this.times.splice(0, 1);
      this.jids.splice(0, 1);
    }
    const own = this.jids.filter((one) => one === jid).length;
    if (this.times.length >= WINDOWS_MAX || own >= WINDOWS_PER_JID_MAX) return false;
    this.times.push(nowMs);
    this.jids.push(jid);
    return true;
  }

  private close(): string {
    this.state = WindowState.Closed;
    return this.candidate;
  }
}
