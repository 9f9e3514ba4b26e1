/** The person at the board: a finger, and an eye on the LED. */
import { TICK_MS } from "../../firmware/config.js";
import type { MockHal } from "../../hal/mock/hal.js";

/** A usual press. */
const PRESS_MS = 160;
/** Longer than two phases of the blinking. */
const LOOK_MS = 520;

export class Owner {
  constructor(private readonly board: MockHal, private readonly pass: (ms: number) => void) {}

  press(ms = PRESS_MS): void {
    this.hold();
    this.pass(ms);
    this.release();
    this.pass(3 * TICK_MS);
  }

  hold(): void {
    this.board.button.down = true;
  }

  release(): void {
    this.board.button.down = false;
  }

  /** Looks for a moment: does the light change? */
  seesBlinking(): boolean {
    const before = this.board.led.transitions.length;
    this.pass(LOOK_MS);
    return this.board.led.transitions.length - before >= 2;
  }

  seesDark(): boolean {
    const before = this.board.led.transitions.length;
    this.pass(LOOK_MS);
    return !this.board.led.on && this.board.led.transitions.length === before;
  }

  /** How long the LED was lit or blinking since, in all: half of a blink's period counts. */
  litMs(sinceMs: number, untilMs: number): number {
    let lit = 0;
    let onMs = -1;
    for (const one of this.board.led.transitions) {
      if (one.on) onMs = one.atMs;
      else if (onMs >= 0) {
        lit += Math.max(0, one.atMs - Math.max(onMs, sinceMs));
        onMs = -1;
      }
    }
    return onMs < 0 ? lit : lit + untilMs - Math.max(onMs, sinceMs);
  }
}
