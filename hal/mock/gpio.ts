/**
 * Pins: outputs that remember when they changed, inputs that a test sets.
 */
import type { AnalogIn, Clock, DigitalIn, DigitalOut } from "../hal.js";

export interface Transition {
  atMs: number;
  on: boolean;
}

/** A LED or a relay. Writing the value that it has is counted, but is no transition. */
export class MockOutput implements DigitalOut {
  on = false;
  writes = 0;
  readonly transitions: Transition[] = [];

  constructor(private readonly clock: Clock) {}

  write(on: boolean): void {
    this.writes++;
    if (on === this.on) return;
    this.on = on;
    this.transitions.push({ atMs: this.clock.nowMs(), on });
  }
}

export class MockButton implements DigitalIn {
  down = false;

  read(): boolean {
    return this.down;
  }
}

export class MockAnalog implements AnalogIn {
  reads = 0;

  /** NaN is a sensor that fails. */
  constructor(public value: number) {}

  read(): number {
    this.reads++;
    return this.value;
  }
}
