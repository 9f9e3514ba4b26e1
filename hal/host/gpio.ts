/**
 * Pins that exist in memory: whoever shows the board listens, whoever plays with it sets them.
 */
import type { AnalogIn, DigitalIn, DigitalOut } from "../hal.js";
import type { NodeSpec, RelaySpec, SensorSpec } from "../../firmware/thing/node.js";

/** A LED or a relay. */
export class VirtualOutput implements DigitalOut {
  on = false;
  /** Only for changes. */
  onChange: (on: boolean) => void = () => {};

  write(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.onChange(on);
  }
}

/** A finger is never quicker; the firmware takes anything shorter for chattering contacts. */
const FINGER_MS = 100;

/** One finger: a newer order takes over from an older one. */
export class VirtualButton implements DigitalIn {
  /** For both edges, so that a press shorter than a tick is not missed. */
  onChange: (down: boolean) => void = () => {};
  private isDown = false;
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];

  read(): boolean {
    return this.isDown;
  }

  move(down: boolean): void {
    clearTimeout(this.timer);
    this.set(down);
  }

  /** Resolves when the button is up again, even if it was held on or let go by a newer order. */
  press(durationMs: number): Promise<void> {
    clearTimeout(this.timer);
    this.set(true);
    this.timer = setTimeout(() => this.set(false), Math.max(durationMs, FINGER_MS));
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private set(down: boolean): void {
    const changed = down !== this.isDown;
    this.isDown = down;
    if (changed) this.onChange(down);
    if (!down) for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** `least` and `most` are for the slider only: the pin reads whatever it is set to. */
export class VirtualAnalog implements AnalogIn {
  constructor(public value: number, readonly least: number, readonly most: number) {}

  read(): number {
    return this.value;
  }
}

export interface VirtualSensor extends SensorSpec {
  input: VirtualAnalog;
}

export interface VirtualRelay extends RelaySpec {
  output: VirtualOutput;
}

export interface VirtualNode extends NodeSpec {
  sensors: VirtualSensor[];
  relays: VirtualRelay[];
}
