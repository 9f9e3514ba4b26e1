/**
 * The client's side of SCRAM (RFC 5802, RFC 7677), as pure steps. Stock Espruino cannot verify
 * a certificate, so the server's signature is what proves the server: without it no stream.
 */
import {
  SCRAM_ITERATIONS_MAX, SCRAM_ITERATIONS_MIN, SCRAM_SALT_BYTES_MAX,
} from "../config.js";
import type { Crypto, Hash } from "../../hal/hal.js";

/** The costly part (PBKDF2 blocks the chip up to a second), kept for the next connection. */
export interface SaltedPassword {
  /** Algorithm, salt and iterations it belongs to; "" while there is none. */
  key: string;
  value: string;
}

export class Scram {
  private first: string;
  private signature: string;

  constructor(
    private readonly crypto: Crypto,
    readonly algorithm: Hash,
    private readonly nonce: string,
  ) {
    this.first = this.signature = "";
  }

  /** The client-first-message. Names need `=` and `,` escaped. */
  start(user: string): string {
    const name = user.split("=").join("=3D").split(",").join("=2C");
    this.first = "n=" + name + ",r=" + this.nonce;
    return "n,," + this.first;
  }

  /** The client-final-message for a server-first-message; "" where that is unsound. */
  answer(challenge: string, password: string, salted: SaltedPassword): string {
    const crypto = this.crypto;
    const parts = challenge.split(",");
    if (parts.length < 3 || this.first === "" || this.signature !== "") return "";
    const nonce = parts[0].substring(2);
    const salt = crypto.unbase64(parts[1].substring(2));
    const iterations = parts[2].substring(2);
    const keys = parts[0].substring(0, 2) + parts[1].substring(0, 2) + parts[2].substring(0, 2);
    const extended = nonce.substring(0, this.nonce.length) === this.nonce &&
      nonce.length > this.nonce.length;
    if (keys !== "r=s=i=" || !extended || !/^[1-9][0-9]*$/.test(iterations)) return "";
    const count = parseInt(iterations, 10);
    if (iterations.length > 6 || count < SCRAM_ITERATIONS_MIN || count > SCRAM_ITERATIONS_MAX) {
      return "";
    }
    if (salt === "" || salt.length > SCRAM_SALT_BYTES_MAX) return "";
    const key = this.algorithm + "," + parts[1] + "," + iterations;
    if (salted.key !== key) {
      salted.value = crypto.pbkdf2(this.algorithm, password, salt, count);
      salted.key = key;
    }
    const bare = "c=biws,r=" + nonce;
    const signed = this.first + "," + challenge + "," + bare;
    const hmac = (by: string, what: string): string => crypto.hmac(this.algorithm, by, what);
    const clientKey = hmac(salted.value, "Client Key");
    const clientSignature = hmac(crypto.hash(this.algorithm, clientKey), signed);
    let proof = "";
    for (let i = 0; i < clientKey.length; i++) {
      proof += String.fromCharCode(clientKey.charCodeAt(i) ^ clientSignature.charCodeAt(i));
    }
    this.signature = "v=" + crypto.base64(hmac(hmac(salted.value, "Server Key"), signed));
    return bare + ",p=" + crypto.base64(proof);
  }

  /** Whether a server-final-message proves that the server knows the password. */
  proves(final: string): boolean {
    return this.signature !== "" && final.split(",")[0] === this.signature;
  }
}
