/**
 * Time from `getTime()`. The firmware never sets the system clock, so on the chip it runs evenly
 * from the start; on Linux the system's administrator may set it, and then it steps.
 */
import type { Clock } from "../hal.js";

/** No tick takes this long (a blocking connect: 20 s): a larger step is a clock that was set. */
const STEP_MS_MAX = 60000;
/** A clock that says less than this (September 2020) counts from the start of the chip. */
const UTC_MS_MIN = 1600000000000;

export class EngineClock implements Clock {
  private elapsedMs = 0;
  private seenMs: number;

  constructor() {
    this.seenMs = getTime() * 1000;
  }

  nowMs(): number {
    const atMs = getTime() * 1000;
    const stepMs = atMs - this.seenMs;
    this.seenMs = atMs;
    if (stepMs > 0) this.elapsedMs += stepMs < STEP_MS_MAX ? stepMs : STEP_MS_MAX;
    return Math.floor(this.elapsedMs);
  }

  utcMs(): number {
    const atMs = getTime() * 1000;
    return atMs < UTC_MS_MIN ? 0 : Math.floor(atMs);
  }
}
