/**
 * How often somebody may guess at our code (RENDEZVOUS 5.4). Counted is every attempt in which
 * the other side had something of ours to test a guess on; the count is on flash before that, so
 * that pulling the plug gains nothing. A right proof ends it.
 *
 *   failures   before the next attempt
 *   ---------+-----------------------------------------------------------------
 *   0 to 2     nothing
 *   3 to 19    a pause from the last one, or from the start: 15 s, 30 s, … 1 h
 *   20 and on  a power cycle, and 10 min after it; then one attempt for each
 */
import { LOCKED_MS, PAUSE_MAX_MS, PAUSE_MIN_MS, PROOFS_FREE, PROOFS_MAX } from "../config.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";

const COUNT_MAX = 255;

export class Attempts {
  /** When the last one of this start began; -1: there was none. */
  private lastMs: number;

  constructor(private readonly journal: Journal) {
    this.lastMs = -1;
  }

  failures(): number {
    const record = this.journal.value(Kind.Attempts);
    return record === "" ? 0 : record.charCodeAt(0);
  }

  may(nowMs: number): boolean {
    const failures = this.failures();
    if (failures < PROOFS_FREE) return true;
    if (failures >= PROOFS_MAX) return this.lastMs < 0 && nowMs >= LOCKED_MS;
    let pauseMs = PAUSE_MIN_MS;
    for (let i = PROOFS_FREE; i < failures && pauseMs < PAUSE_MAX_MS; i++) pauseMs *= 2;
    if (pauseMs > PAUSE_MAX_MS) pauseMs = PAUSE_MAX_MS;
    return nowMs - (this.lastMs < 0 ? 0 : this.lastMs) >= pauseMs;
  }

  /** Counts it as failed, until it has succeeded. False: the flash did not take it, so do not. */
  begin(nowMs: number): boolean {
    const failures = this.failures();
    this.lastMs = nowMs;
    const count = failures < COUNT_MAX ? failures + 1 : COUNT_MAX;
    return this.journal.append(Kind.Attempts, String.fromCharCode(count)) > 0;
  }

  succeed(): void {
    this.journal.remove(Kind.Attempts);
  }
}
