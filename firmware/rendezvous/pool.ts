/**
 * One-time pairs (y, y·g), made while nothing else is to do, so that an attempt costs one
 * multiplication instead of two (RENDEZVOUS 2.5). A pair is off the flash before it is used: a
 * power cut loses it, and nothing ever uses it twice.
 *
 * One record holds all: 4 octets that name the generator, then 64 for each pair. A generator that
 * has changed (a new label) makes what is there worthless.
 */
import { PAIRS_MAX } from "../config.js";
import type { Crypto, Random } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import { Ladder, POINT_BYTES } from "./curve.js";
import type { Field } from "./field.js";

const NAME_BYTES = 4;
const PAIR_BYTES = 2 * POINT_BYTES;

export class Pool {
  private ladder: Ladder | null;
  private scalar: string;
  private readonly name: string;
  /** The flash takes nothing: no more work is put into it. */
  private broken: boolean;

  constructor(
    private readonly journal: Journal,
    private readonly random: Random,
    private readonly field: Field,
    private readonly generator: string,
    crypto: Crypto,
  ) {
    this.ladder = null;
    this.scalar = "";
    this.broken = false;
    this.name = crypto.hash(Hash.Sha256, "xpr1-pool" + generator).substring(0, NAME_BYTES);
  }

  /** Pairs that are ready. */
  count(): number {
    return (this.read().length - NAME_BYTES) / PAIR_BYTES;
  }

  /** One step. True when there is nothing to do. */
  work(): boolean {
    if (this.broken || (!this.ladder && this.count() >= PAIRS_MAX)) return true;
    if (!this.ladder) {
      this.scalar = this.random.bytes(POINT_BYTES);
      this.ladder = new Ladder(this.field, this.scalar, this.generator);
      return false;
    }
    if (!this.ladder.step()) return false;
    const pair = this.scalar + this.ladder.result;
    this.ladder = null;
    this.scalar = "";
    this.broken = this.journal.append(Kind.Pool, this.read() + pair) === 0;
    return this.broken;
  }

  /**
   * A pair that is nowhere else any more; "" where there is none, or the flash would keep it. Who
   * takes one multiplies now: there is no room for a second ladder, so what is half made goes.
   */
  take(): string {
    this.ladder = null;
    this.scalar = "";
    const all = this.read();
    if (all.length < NAME_BYTES + PAIR_BYTES) return "";
    const rest = all.length - PAIR_BYTES;
    return this.journal.append(Kind.Pool, all.substring(0, rest)) ? all.substring(rest) : "";
  }

  /** The board is provisioned: nothing is left of them. */
  drop(): void {
    this.ladder = null;
    this.scalar = "";
    this.journal.remove(Kind.Pool);
  }

  private read(): string {
    const all = this.journal.value(Kind.Pool);
    return all.substring(0, NAME_BYTES) === this.name ? all : this.name;
  }
}
