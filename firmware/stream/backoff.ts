/** How long to wait before a server that is away is tried again. */
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS } from "../config.js";

/** Doubled each time, with the upper half random, so that a town does not knock as one. */
export function backoff(attempts: number, random: string): number {
  let waitMs = BACKOFF_MIN_MS;
  for (let i = 1; i < attempts && waitMs < BACKOFF_MAX_MS; i++) waitMs *= 2;
  waitMs = Math.min(waitMs, BACKOFF_MAX_MS);
  const part = (random.charCodeAt(0) * 256 + random.charCodeAt(1)) / 65536;
  return (waitMs / 2 + (waitMs / 2) * part) | 0;
}
