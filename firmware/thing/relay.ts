/** One output: off at the start, never changed sooner than contacts stand; the last wish wins. */
import { RELAY_DWELL_MS } from "../config.js";
import type { DigitalOut } from "../../hal/hal.js";
import { keyOf } from "./node.js";
import type { NodeSpec } from "./node.js";

export class Relay {
  /** What is wanted, which is what a read-out tells. */
  on: boolean;
  private real: boolean;
  private changedMs: number;

  /** `node` as nodeKey() has it. */
  constructor(readonly node: string, readonly name: string, private readonly output: DigitalOut) {
    this.on = this.real = false;
    this.changedMs = -RELAY_DWELL_MS;
    output.write(false);
  }

  set(on: boolean, nowMs: number): void {
    this.on = on;
    this.tick(nowMs);
  }

  /** Factory reset: nobody is left who may switch it off. */
  forget(): void {
    this.on = false;
  }

  tick(nowMs: number): boolean {
    if (this.on === this.real) return false;
    if (nowMs - this.changedMs < RELAY_DWELL_MS) return true;
    this.real = this.on;
    this.changedMs = nowMs;
    this.output.write(this.on);
    return false;
  }
}

/** All that a board has. */
export function relaysOf(nodes: NodeSpec[]): Relay[] {
  const relays: Relay[] = [];
  for (const node of nodes) {
    for (const relay of node.relays) {
      relays.push(new Relay(keyOf(node), relay.name, relay.output));
    }
  }
  return relays;
}
