/**
 * Samples of a button → presses, and how long it was held. What stays for DEBOUNCE_MS is a
 * state; only the edge from released to pressed is a press, so a button that is down when the
 * window opens, or since the start, presses nothing and is not held.
 */
import { DEBOUNCE_MS, STUCK_MS } from "../config.js";
import type { DigitalIn } from "../../hal/hal.js";

/** Told once for each press, and once for its end. Implemented by reset.ts. */
export interface ButtonListener {
  /** `downMs`: the first sample that was down, DEBOUNCE_MS or more ago. */
  press(nowMs: number, downMs: number): void;
  /** `heldMs`: up to the last sample that was still down. */
  release(heldMs: number): void;
}

const NEVER = -1;

export class Button {
  /** Down for longer than anybody holds a button. */
  stuck: boolean;
  /** How long it has been held; 0 while it is up, and when nobody saw it go down. */
  heldMs: number;
  private down: boolean;
  /** The last sample, and since when samples have been like it. */
  private last: boolean;
  private sinceMs: number;
  /** When it went down; NEVER until it was seen up since the start. */
  private pressedMs: number;

  constructor(private readonly input: DigitalIn, private readonly listener: ButtonListener) {
    this.stuck = false;
    this.down = this.last = true;
    this.heldMs = 0;
    this.sinceMs = this.pressedMs = NEVER;
  }

  tick(nowMs: number): void {
    const now = this.input.read();
    if (now !== this.last || this.sinceMs === NEVER) {
      this.last = now;
      this.sinceMs = nowMs;
    }
    const steadyMs = nowMs - this.sinceMs;
    this.stuck = now && steadyMs >= STUCK_MS;
    if (now !== this.down && steadyMs >= DEBOUNCE_MS) {
      this.down = now;
      if (!now) this.free();
      else if (this.pressedMs !== NEVER) {
        this.pressedMs = this.sinceMs;
        this.listener.press(nowMs, this.sinceMs);
      }
    }
    if (now && this.down && this.pressedMs !== NEVER) this.heldMs = nowMs - this.pressedMs;
  }

  private free(): void {
    const heldMs = this.heldMs;
    this.heldMs = 0;
    if (this.pressedMs === NEVER) this.pressedMs = 0;
    else this.listener.release(heldMs);
  }
}
