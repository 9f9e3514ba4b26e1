/**
 * The client's side of SCRAM (RFC 5802, RFC 7677), as pure steps. Stock Espruino cannot verify
 * a certificate, so the server's signature is what proves the server: without it no stream.
 */
import {
  SCRAM_ITERATIONS_MAX, SCRAM_ITERATIONS_MIN, SCRAM_SALT_BYTES_MAX,
} from "../config.js";
import type { Crypto, Hash } from "../../hal/hal.js";

const CHALLENGE = /^r=([^,]*),s=([^,]*),i=([1-9][0-9]*)/;

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
    const said = CHALLENGE.exec(challenge);
    // An extension may follow, behind a comma; one that must be understood comes first (m=).
    const isWhole = said && (challenge + ",").charAt(said[0].length) === ",";
    if (!said || !isWhole || this.first === "" || this.signature !== "") return "";
    const nonce = said[1];
    const salt = crypto.unbase64(said[2]);
    const count = +said[3];
    const extended = nonce.length > this.nonce.length &&
      nonce.substring(0, this.nonce.length) === this.nonce;
    if (!extended || salt === "" || salt.length > SCRAM_SALT_BYTES_MAX ||
      count < SCRAM_ITERATIONS_MIN || count > SCRAM_ITERATIONS_MAX) return "";
    // With the password: a board that is being commissioned may be given another one.
    const key = this.algorithm + "," + said[2] + "," + count + "," + password;
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
