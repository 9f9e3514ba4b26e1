/**
 * The hash functions of Node, in the shape of the HAL's contract. The mock HAL uses them too.
 */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { Hash } from "../hal.js";
import type { Crypto } from "../hal.js";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const POLYNOMIAL = 0xedb88320;
const CRC_TABLE = makeCrcTable();

export class HostCrypto implements Crypto {
  hash(algorithm: Hash, bytes: string): string {
    return createHash(nodeName(algorithm)).update(bytes, "latin1").digest().toString("latin1");
  }

  hmac(algorithm: Hash, key: string, bytes: string): string {
    const hmac = createHmac(nodeName(algorithm), Buffer.from(key, "latin1"));
    return hmac.update(bytes, "latin1").digest().toString("latin1");
  }

  pbkdf2(algorithm: Hash, password: string, salt: string, iterations: number): string {
    const secret = Buffer.from(password, "latin1");
    const grains = Buffer.from(salt, "latin1");
    const key = pbkdf2Sync(secret, grains, iterations, algorithm, nodeName(algorithm));
    return key.toString("latin1");
  }

  base64(bytes: string): string {
    return Buffer.from(bytes, "latin1").toString("base64");
  }

  /** Node's own decoder forgives everything, so the form is checked first, and the spare bits. */
  unbase64(text: string): string {
    if (!BASE64.test(text)) return "";
    const bytes = Buffer.from(text, "base64");
    return bytes.toString("base64") === text ? bytes.toString("latin1") : "";
  }

  crc32(bytes: string): number {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) {
      crc = CRC_TABLE[(crc ^ bytes.charCodeAt(i)) & 0xff]! ^ (crc >>> 8);
    }
    return (crc ^ 0xffffffff) >>> 0;
  }
}

function nodeName(algorithm: Hash): string {
  return algorithm === Hash.Sha1 ? "sha1" : "sha256";
}

/** `zlib.crc32` is younger than Node 20.0, and the table is six lines. */
function makeCrcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc >>> 0;
  }
  return table;
}
