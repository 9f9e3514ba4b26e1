/**
 * The interpreter's own hashes and encodings in the shape of the contract; HMAC is missing there
 * and is made of them (RFC 2104).
 */
import { Hash } from "../hal.js";
import type { Crypto } from "../hal.js";

const BLOCK_BYTES = 64;

export class EngineCrypto implements Crypto {
  hash(algorithm: Hash, bytes: string): string {
    const engine = require("crypto");
    return E.toString(algorithm === Hash.Sha1 ? engine.SHA1(bytes) : engine.SHA256(bytes));
  }

  hmac(algorithm: Hash, key: string, bytes: string): string {
    const block = new Uint8Array(BLOCK_BYTES);
    block.set(E.toUint8Array(key.length > BLOCK_BYTES ? this.hash(algorithm, key) : key));
    // Two octets at a time: each turn of a callback costs more than all else here.
    const pairs = new Uint16Array(block.buffer);
    E.mapInPlace(pairs, pairs, toInner);
    const inner = this.hash(algorithm, E.toString(block) + bytes);
    E.mapInPlace(pairs, pairs, toOuter);
    return this.hash(algorithm, E.toString(block) + inner);
  }

  pbkdf2(algorithm: Hash, password: string, salt: string, iterations: number): string {
    const hasher = algorithm === Hash.Sha1 ? "SHA1" : "SHA256";
    const keySize = algorithm / 4;
    return E.toString(require("crypto").PBKDF2(password, salt, { keySize, iterations, hasher }));
  }

  base64(bytes: string): string {
    return btoa(bytes);
  }

  /** `atob` forgives everything; what does not come out of `btoa` again was not base64. */
  unbase64(text: string): string {
    const bytes: string = atob(text);
    return btoa(bytes) === text ? bytes : "";
  }

  crc32(bytes: string): number {
    return E.CRC32(bytes);
  }
}

function toInner(pair: number): number {
  return pair ^ 0x3636;
}

/** From the inner pad, which is what it is given: 0x36 ^ 0x5c. */
function toOuter(pair: number): number {
  return pair ^ 0x6a6a;
}
