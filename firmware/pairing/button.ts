/**
 * Samples of a button → presses. Two equal samples a tick apart are a state (debounce); only
 * the edge from released to pressed is a press, so a button that is down when the window
 * opens, or since the start, presses nothing.
 */
import { STUCK_MS } from "../config.js";
import type { DigitalIn } from "../../hal/hal.js";

/** Told once for each press. Implemented by window.ts. */
export interface ButtonListener {
  press(nowMs: number): void;
}

export class Button {
  /** Down since the start, for longer than anybody holds a button. */
  stuck: boolean;
  private down: boolean;
  private last: boolean;
  private startMs: number;
  /** It was seen released since the start. */
  private free: boolean;

  constructor(private readonly input: DigitalIn, private readonly listener: ButtonListener) {
    this.stuck = this.free = false;
    this.down = this.last = true;
    this.startMs = -1;
  }

  tick(nowMs: number): void {
    const now = this.input.read();
    const steady = now === this.last;
    this.last = now;
    if (this.startMs < 0) this.startMs = nowMs;
    if (!this.free) this.stuck = now && nowMs - this.startMs >= STUCK_MS;
    if (!steady || now === this.down) return;
    this.down = now;
    if (!now) this.free = true;
    else if (this.free) this.listener.press(nowMs);
  }
}
