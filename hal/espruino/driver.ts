/**
 * The heartbeat: one chained `setTimeout` ticks everything, and a socket event brings the next
 * tick forward. Not `setInterval`: it catches up what it missed, and is removed for good when
 * the memory runs out in its callback.
 */
import { TICK_MS } from "../../firmware/config.js";
import type { Clock, Ticker } from "../hal.js";

export class Driver {
  /** Exceptions that reached us; each is a bug, none stops the heart. */
  faults = 0;
  /** The last thing that went wrong outside of anybody's call, for whoever explains a close. */
  trouble = "";
  /** The memory ran out, and something was left undone. */
  isShort = false;
  private tickers: Ticker[] = [];
  private timer = 0;
  private isSoon = true;
  private readonly beat: () => void;

  constructor(private readonly clock: Clock) {
    this.beat = this.run.bind(this); // A closure would be one call deeper.
  }

  start(tickers: Ticker[]): void {
    this.tickers = tickers;
    // A failed TLS handshake is one of these, and it is why the socket closes.
    process.on("uncaughtException", (what) => this.report(what));
    // Out of memory is not one: it is told as a flag, once until the flags are read.
    E.on("errorFlag", (flags) => {
      this.report(flags);
      if (flags.indexOf("MEMORY") >= 0) this.isShort = true;
      E.getErrorFlags();
    });
    this.timer = setTimeout(this.beat, 0);
  }

  soon(): void {
    if (this.isSoon) return;
    this.isSoon = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.beat, 0);
  }

  private run(): void {
    // First of all, because out of memory is not an exception: nothing below would run.
    this.timer = setTimeout(this.beat, TICK_MS);
    this.isSoon = false;
    const nowMs = this.clock.nowMs();
    for (const ticker of this.tickers) {
      try {
        ticker.tick(nowMs);
      } catch (what) {
        this.report(what);
      }
    }
  }

  /** Printed once for each kind, because a console that never stops is of no use either. */
  private report(what: unknown): void {
    this.faults++;
    const trouble = "" + what;
    if (trouble !== this.trouble) print("fault: " + trouble);
    this.trouble = trouble;
  }
}
