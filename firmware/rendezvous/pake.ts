/**
 * CPace on X25519 with SHA-512 (draft-irtf-cfrg-cpace; RENDEZVOUS 5.1): from the common secret
 * and both shares to the session's key, and the proofs that both have it. The joiner is A, the
 * provisioner B, always, so nothing can be reflected.
 */
import type { Cipher, Crypto } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { Suite } from "./description.js";

/** One side's share and what is bound to it. */
export interface Half {
  share: string;
  /** A: SHA-256 of frames 1 and 2; B: the provisioner's name. */
  data: string;
}

/** Each part behind its length (LEB128), as the draft's `lv_cat` of two. */
export function lengthValues(one: string, other: string): string {
  return lengthValue(one) + lengthValue(other);
}

/** The draft's `prepend_len`. */
export function lengthValue(part: string): string {
  let head = "";
  let length = part.length;
  while (length > 127) {
    head += String.fromCharCode((length & 127) | 128);
    length >>= 7;
  }
  return head + String.fromCharCode(length) + part;
}

/** CI of the draft: who the two are. The generator is made of it and of the code. */
export function channel(deviceId: string): string {
  return lengthValues("xpr1-joiner:" + deviceId, "xpr1-provisioner");
}

/** What A binds to its share: both descriptions as they were sent, so that nobody changed them. */
export function transcript(request: string, response: string, crypto: Crypto): string {
  return crypto.hash(Hash.Sha256, request + response);
}

/** ISK, 64 octets (the draft's ISK_IR where suite and sid are those of its vectors). */
export function sessionKey(
  suite: Suite, sid: string, secret: string, a: Half, b: Half, cipher: Cipher,
): string {
  const name = suite === Suite.Code ? "CPace255_ISK" : "XPR1-SUITE" + suite + "_ISK";
  return cipher.sha512(lengthValues(name, sid) + lengthValue(secret) +
    lengthValues(a.share, a.data) + lengthValues(b.share, b.data));
}

/** What shows that the side of `half` has the key; 32 octets. */
export function confirmation(isk: string, half: Half, crypto: Crypto, cipher: Cipher): string {
  const key = cipher.sha512("CPaceMac" + isk);
  return crypto.hmac(Hash.Sha256, key, lengthValues(half.share, half.data));
}

/** In a time that does not depend on where they differ. */
export function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
