/**
 * Virtual time. Nothing happens until `advance` or `flush`; then everything that was scheduled
 * happens in the order of its time, and at equal times in the order of scheduling.
 */
import type { Clock } from "../hal.js";

/** An event that schedules its like for ever would hang the test; this many is a bug. */
const EVENTS_MAX = 1_000_000;

interface Event {
  atMs: number;
  run(): void;
}

export class MockClock implements Clock {
  /** What `utcMs` said at the start; 0 is a board that has not been told the time. */
  utcStartMs = 0;
  private elapsedMs = 0;
  private events: Event[] = [];

  nowMs(): number {
    return this.elapsedMs;
  }

  utcMs(): number {
    return this.utcStartMs === 0 ? 0 : this.utcStartMs + this.elapsedMs;
  }

  /** `run` is called by a later `advance` or `flush`, never from in here. */
  schedule(delayMs: number, run: () => void): void {
    const atMs = this.elapsedMs + Math.max(0, delayMs);
    let place = this.events.length;
    while (place > 0 && this.events[place - 1]!.atMs > atMs) place--;
    this.events.splice(place, 0, { atMs, run });
  }

  /** Lets what is due now happen, and what that causes now. Returns how many events there were. */
  flush(): number {
    return this.runUntil(this.elapsedMs);
  }

  advance(ms: number): number {
    if (!(ms >= 0)) throw new Error(`time does not run backwards (${ms} ms)`);
    const targetMs = this.elapsedMs + ms;
    const count = this.runUntil(targetMs);
    this.elapsedMs = targetMs;
    return count;
  }

  private runUntil(targetMs: number): number {
    let count = 0;
    while (this.events.length > 0 && this.events[0]!.atMs <= targetMs) {
      const event = this.events.shift()!;
      this.elapsedMs = Math.max(this.elapsedMs, event.atMs);
      event.run();
      if (++count > EVENTS_MAX) throw new Error("events without end");
    }
    return count;
  }
}
