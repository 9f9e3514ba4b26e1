/**
 * The secured channel (RENDEZVOUS 5.2): encrypt, then authenticate; strictly in order.
 *
 *   keys    HKDF-SHA256 (salt "xpr1", no info) of ISK, 192 octets: J→P AES 16, IV 16, MAC 32;
 *           P→J the same; commit key 32; access key 32, for the next pairing (Suite.Access)
 *   record  u32 BE number, from 1, strictly +1 · AES-128-CBC (PKCS#7) · first 16 octets of the tag
 *   IV      AES(IV key, direction u8 · eleven zeros · number): not sent, not to be guessed
 *   tag     HMAC-SHA256(MAC key, direction · number · ciphertext · 00 00 00 01), which is one
 *           native call of PBKDF2. Direction: 0 is J→P, 1 is P→J
 *
 * A record with a wrong number, tag or padding ends the session: `open` says "" from then on.
 */
import type { Cipher, Crypto } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { isSame } from "./pake.js";

const BLOCK_BYTES = 16;
const TAG_BYTES = 16;
const NUMBER_BYTES = 4;
const HASH_BYTES = 32;
const DIRECTION_BYTES = 64;
const KEYS_BYTES = 192;
const ZEROS = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

export class Session {
  /** A record was not what it must be. */
  broken: boolean;
  private readonly keys: string;
  private sent: number;
  private received: number;
  /** Of what we send: 0 or 1. */
  private readonly direction: number;

  constructor(
    isk: string, isJoiner: boolean,
    private readonly crypto: Crypto, private readonly cipher: Cipher,
  ) {
    this.keys = expand(crypto.hmac(Hash.Sha256, "xpr1", isk), crypto);
    this.direction = isJoiner ? 0 : 1;
    this.sent = this.received = 0;
    this.broken = false;
  }

  /** Proves to the owner, later and elsewhere, that it was this session that handed over. */
  commitKey(): string {
    return this.keys.substring(2 * DIRECTION_BYTES, 2 * DIRECTION_BYTES + HASH_BYTES);
  }

  accessKey(): string {
    return this.keys.substring(2 * DIRECTION_BYTES + HASH_BYTES);
  }

  /** One record. */
  seal(message: string): string {
    const cipher = this.cipher;
    const direction = this.direction;
    const number = u32(++this.sent);
    const count = BLOCK_BYTES - message.length % BLOCK_BYTES;
    let padded = message;
    for (let i = 0; i < count; i++) padded += String.fromCharCode(count);
    const text = cipher.encrypt(this.key(direction, 0), this.vector(direction, number), padded);
    return number + text + this.tag(direction, number, text);
  }

  /** The message; "" for a record that is not the next one. */
  open(record: string): string {
    const direction = 1 - this.direction;
    const number = u32(++this.received);
    const text = record.substring(NUMBER_BYTES, record.length - TAG_BYTES);
    const isWhole = text.length >= BLOCK_BYTES && text.length % BLOCK_BYTES === 0;
    if (this.broken || !isWhole || record.substring(0, NUMBER_BYTES) !== number ||
      !isSame(record.substring(record.length - TAG_BYTES), this.tag(direction, number, text))) {
      this.broken = true;
      return "";
    }
    const key = this.key(direction, 0);
    const padded = this.cipher.decrypt(key, this.vector(direction, number), text);
    const count = padded.charCodeAt(padded.length - 1);
    const message = padded.substring(0, padded.length - count);
    if (count < 1 || count > BLOCK_BYTES || message === "") this.broken = true;
    return this.broken ? "" : message;
  }

  /** AES key (0) or IV key (BLOCK_BYTES) of a direction. */
  private key(direction: number, offset: number): string {
    const at = direction * DIRECTION_BYTES + offset;
    return this.keys.substring(at, at + BLOCK_BYTES);
  }

  private vector(direction: number, number: string): string {
    const block = String.fromCharCode(direction) + ZEROS.substring(5) + number;
    return this.cipher.encrypt(this.key(direction, BLOCK_BYTES), ZEROS, block);
  }

  private tag(direction: number, number: string, text: string): string {
    const at = direction * DIRECTION_BYTES + 2 * BLOCK_BYTES;
    const key = this.keys.substring(at, at + HASH_BYTES);
    const what = String.fromCharCode(direction) + number + text;
    return this.crypto.pbkdf2(Hash.Sha256, key, what, 1).substring(0, TAG_BYTES);
  }
}

/** RFC 5869 without info. */
function expand(key: string, crypto: Crypto): string {
  let bytes = "";
  let last = "";
  for (let i = 1; bytes.length < KEYS_BYTES; i++) {
    last = crypto.hmac(Hash.Sha256, key, last + String.fromCharCode(i));
    bytes += last;
  }
  return bytes;
}

function u32(value: number): string {
  return String.fromCharCode(
    (value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255);
}
