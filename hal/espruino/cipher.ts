/** The interpreter's ciphers, and its one native loop over numbers (ENGINE; RENDEZVOUS 3). */
import type { Cipher } from "../hal.js";

export class EngineCipher implements Cipher {
  /** Called through a variable: a member of a member would cost as much as four limbs. */
  readonly convolve = E.convolve;

  sha512(bytes: string): string {
    return E.toString(require("crypto").SHA512(bytes));
  }

  /** CBC is the one mode that does what it says: CTR ignores the IV. */
  encrypt(key: string, iv: string, bytes: string): string {
    return E.toString(require("crypto").AES.encrypt(bytes, key, { iv, mode: "CBC" }));
  }

  decrypt(key: string, iv: string, bytes: string): string {
    return E.toString(require("crypto").AES.decrypt(bytes, key, { iv, mode: "CBC" }));
  }
}
