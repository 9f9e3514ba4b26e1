/**
 * Real time. Whole milliseconds, since the firmware writes some of them down.
 */
import { performance } from "node:perf_hooks";
import type { Clock } from "../hal.js";

export class HostClock implements Clock {
  nowMs(): number {
    return Math.floor(performance.now());
  }

  utcMs(): number {
    return Date.now();
  }
}
