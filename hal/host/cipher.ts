/**
 * What the rendezvous needs of Node beside the hashes. The mock HAL uses it too.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import type { Cipher } from "../hal.js";

const ALGORITHM = "aes-128-cbc";

export class HostCipher implements Cipher {
  readonly convolve = convolve;

  sha512(bytes: string): string {
    return createHash("sha512").update(bytes, "latin1").digest().toString("latin1");
  }

  encrypt(key: string, iv: string, bytes: string): string {
    const cipher = createCipheriv(ALGORITHM, octets(key), octets(iv)).setAutoPadding(false);
    return cipher.update(bytes, "latin1", "latin1") + cipher.final("latin1");
  }

  decrypt(key: string, iv: string, bytes: string): string {
    const cipher = createDecipheriv(ALGORITHM, octets(key), octets(iv)).setAutoPadding(false);
    return cipher.update(bytes, "latin1", "latin1") + cipher.final("latin1");
  }
}

/** As Espruino's `E.convolve`: `b` goes round where the offset runs over its end. */
function convolve(a: Float64Array, b: Float64Array, offset: number): number {
  const length = b.length;
  let at = (offset % length + length) % length;
  let sum = 0;
  for (const value of a) {
    sum += value * b[at]!;
    if (++at === length) at = 0;
  }
  return sum;
}

function octets(bytes: string): Buffer {
  return Buffer.from(bytes, "latin1");
}
