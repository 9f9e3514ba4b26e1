/**
 * One side's part in one authentication, whatever is proved: it makes a share, takes the other
 * side's share, and has a common secret. What it must multiply it does in slices, so that LED,
 * button and socket live (RENDEZVOUS 2.6). Used once, for one connection.
 *
 *   CodeProof    Suite.Code: a share is y·g, the secret x·y·g (pake.ts, curve.ts)
 *   AccessProof  Suite.Access: a share is a nonce, the secret a key kept from an earlier pairing;
 *                the joiner's nonce is 24 octets, and 8 that name the key to who has it, so that
 *                who keeps several for a board (commission/key.ts) knows which it is
 */
import { SLICE_MS, SLICE_STEPS_MAX } from "../config.js";
import type { Clock, Crypto, Random } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { Suite } from "./description.js";

export const SHARE_BYTES = 32;
export const NONCE_BYTES = 24;

export interface Proof {
  readonly suite: Suite;
  /** 32 octets; "" until `work` has made it. */
  share: string;
  /** What both sides have when nobody is in between; "" until `work` has made it. */
  secret: string;
  /** The other side's share was none, or ours could not be made: no secret will come. */
  broken: boolean;
  /** The other side's share is here. Only when ours is. */
  meet(theirs: string): void;
  /** One step, of 105 ms at most on a chip. True when there is nothing to do (any more). */
  work(): boolean;
}

/** One tick's worth of steps. True when there is nothing to do. */
export function slice(proof: { work(): boolean }, clock: Clock): boolean {
  const untilMs = clock.nowMs() + SLICE_MS;
  for (let steps = 0; steps < SLICE_STEPS_MAX; steps++) {
    if (proof.work()) return true;
    if (clock.nowMs() >= untilMs) break;
  }
  return false;
}

/** Both have the key already; the shares only make each session another one. */
export class AccessProof implements Proof {
  readonly suite: Suite;
  share: string;
  secret: string;
  broken: boolean;

  constructor(private readonly key: string, random: Random, crypto: Crypto) {
    this.suite = Suite.Access;
    this.share = namedShare(key, random.bytes(NONCE_BYTES), crypto);
    this.secret = "";
    this.broken = key.length !== SHARE_BYTES;
  }

  meet(theirs: string): void {
    if (theirs.length === SHARE_BYTES && !this.broken) this.secret = this.key;
    else this.broken = true;
  }

  work(): boolean {
    return true;
  }
}

/** Shows nobody anything who has not got the key: it has 256 bits. */
export function namedShare(key: string, nonce: string, crypto: Crypto): string {
  const name = crypto.hmac(Hash.Sha256, key, "xpr1-name" + nonce);
  return nonce + name.substring(0, SHARE_BYTES - NONCE_BYTES);
}
