/**
 * Randomness from the operating system.
 */
import { randomBytes } from "node:crypto";
import type { Random } from "../hal.js";

export class HostRandom implements Random {
  bytes(count: number): string {
    return randomBytes(count).toString("latin1");
  }
}
