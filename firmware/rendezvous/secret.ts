/**
 * Suite.Code: CPace's part with the curve. The generator is made of pairing code and device id
 * (RENDEZVOUS 5.1); it comes from whoever wrote the board's identity, or from the host.
 */
import type { Random } from "../../hal/hal.js";
import { Ladder, POINT_BYTES } from "./curve.js";
import { Suite } from "./description.js";
import type { Field } from "./field.js";
import type { Proof } from "./proof.js";

export class CodeProof implements Proof {
  readonly suite: Suite;
  share: string;
  secret: string;
  broken: boolean;
  private scalar: string;
  private ladder: Ladder | null;

  /** `pair`: 64 octets of a Pool, scalar and share; "" makes them here. */
  constructor(private readonly field: Field, generator: string, pair: string, random: Random) {
    this.suite = Suite.Code;
    this.secret = "";
    this.share = pair.substring(POINT_BYTES);
    this.scalar = pair === "" ? random.bytes(POINT_BYTES) : pair.substring(0, POINT_BYTES);
    this.broken = generator.length !== POINT_BYTES;
    this.ladder = pair === "" && !this.broken ? new Ladder(field, this.scalar, generator) : null;
  }

  meet(theirs: string): void {
    if (theirs.length !== POINT_BYTES || this.share === "" || this.scalar === "") {
      this.broken = true;
      return;
    }
    this.ladder = new Ladder(this.field, this.scalar, theirs);
    this.scalar = ""; // Once.
  }

  work(): boolean {
    const ladder = this.ladder;
    if (!ladder || !ladder.step()) return !ladder;
    this.ladder = null;
    // A point of low order: whoever sent it knows the result whatever we know.
    if (isZero(ladder.result)) this.broken = true;
    else if (this.share === "") this.share = ladder.result;
    else this.secret = ladder.result;
    return true;
  }
}

function isZero(bytes: string): boolean {
  let some = 0;
  for (let i = 0; i < bytes.length; i++) some |= bytes.charCodeAt(i);
  return some === 0;
}
