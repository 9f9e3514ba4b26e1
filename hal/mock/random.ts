/**
 * Octets that look random and are the same in every run: SHA-256 over a seed and a counter.
 * A board that boots again must go on with the same object, since real randomness never repeats.
 */
import { createHash } from "node:crypto";
import type { Random } from "../hal.js";

export class MockRandom implements Random {
  private counter = 0;
  private pool = "";

  constructor(private readonly seed: string | number = 1) {}

  bytes(count: number): string {
    while (this.pool.length < count) {
      const block = createHash("sha256").update(`${this.seed} ${this.counter++}`);
      this.pool += block.digest().toString("latin1");
    }
    const taken = this.pool.slice(0, count);
    this.pool = this.pool.slice(count);
    return taken;
  }

  /** An integer from 0 to `limit - 1`, for tests that choose. */
  below(limit: number): number {
    const bytes = Buffer.from(this.bytes(6), "latin1");
    return bytes.readUIntBE(0, 6) % limit;
  }
}
