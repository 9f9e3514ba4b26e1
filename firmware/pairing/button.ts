/**
 * Samples of a button → presses. What stays for DEBOUNCE_MS is a state; only the edge from
 * released to pressed is a press, so a button that is down when the window opens, or since the
 * start, presses nothing.
 */
import { DEBOUNCE_MS, STUCK_MS } from "../config.js";
import type { DigitalIn } from "../../hal/hal.js";

/** Told once for each press. Implemented by window.ts. */
export interface ButtonListener {
  press(nowMs: number): void;
}

export class Button {
  /** Down since the start, for longer than anybody holds a button. */
  stuck: boolean;
  private down: boolean;
  /** The last sample, and since when samples have been like it. */
  private last: boolean;
  private sinceMs: number;
  /** It was seen released since the start. */
  private free: boolean;

  constructor(private readonly input: DigitalIn, private readonly listener: ButtonListener) {
    this.stuck = this.free = false;
    this.down = this.last = true;
    this.sinceMs = 0;
  }

  tick(nowMs: number): void {
    const now = this.input.read();
    if (now !== this.last) {
      this.last = now;
      this.sinceMs = nowMs;
    }
    const steadyMs = nowMs - this.sinceMs;
    this.stuck = !this.free && now && steadyMs >= STUCK_MS;
    if (now === this.down || steadyMs < DEBOUNCE_MS) return;
    this.down = now;
    if (!now) this.free = true;
    else if (this.free) this.listener.press(nowMs);
  }
}
