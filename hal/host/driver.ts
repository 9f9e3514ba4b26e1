/**
 * Gives a ticker its ticks: at least every TICK_MS, and at once after each event.
 */
import { TICK_MS } from "../../firmware/config.js";
import type { Clock, Ticker } from "../hal.js";

/** Node's timers are late, never early; with this much in hand they still keep the promise. */
const SLACK_MS = 15;

export class Driver {
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;

  /** `onTick` runs after each tick: the time to look at what it changed. */
  constructor(
    private readonly clock: Clock,
    private readonly ticker: Ticker,
    private readonly onTick: () => void,
  ) {}

  start(): void {
    this.isRunning = true;
    this.tick();
  }

  stop(): void {
    this.isRunning = false;
    clearTimeout(this.timer);
  }

  /** Never from inside the firmware. The next tick counts from here: lost ones are not made up. */
  tick(): void {
    if (!this.isRunning) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), TICK_MS - SLACK_MS);
    this.ticker.tick(this.clock.nowMs());
    this.onTick();
  }
}
