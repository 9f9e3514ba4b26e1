/** Before a run: what the device sent in the last one does not count. */
import { rmSync } from "node:fs";
import { PAYLOADS } from "../sim/catalogue.js";

export function setup(): void {
  rmSync(PAYLOADS, { recursive: true, force: true });
}
