/**
 * How things lie on flash; pure. Numbers are little-endian.
 *
 *   page     0  magic "TWJ1"         4  sequence u32        8  CRC-32 of octets 0 to 7
 *           12  0xFFFFFFFF          16  records, without gaps, to the first blank word
 *   record   0  kind u8              1  length u16          3  length check u8
 *            4  CRC-32 of the page's sequence, octets 0 to 3 and the payload
 *            8  payload, padded with 0xFF to a multiple of 4
 *
 * A kind of 0 is a dead record; its length still holds, its CRC does not matter. A word of
 * zeros is a filler of 4 octets. The sequence in the CRC keeps what an erase left behind from
 * ever being believed. The check octet makes a length trustworthy without its payload.
 */
import type { Crypto } from "../../hal/hal.js";

export const MAGIC = "TWJ1";
export const PAGE_HEAD_BYTES = 16;
export const RECORD_HEAD_BYTES = 8;
export const BLANK = "\xff\xff\xff\xff";
export const DEAD_WORD = "\x00\x00\x00\x00";
/** In place of a page's sequence. */
export const FOREIGN = -2;

export const enum Kind {
  Dead = 0,
  /** One at a time each; a new one replaces the old one. */
  Account = 1,
  Trust = 2,
  Reset = 3,
  Counters = 4,
  Token = 5,
  Revoked = 6,
  /** Kinds from here on are a history. */
  Decision = 16,
  /** No decision before this one counts. */
  Cleared = 17,
  /** No decision before this one for the bare JID in the payload counts. */
  Purged = 18,
}

export const HISTORY = Kind.Decision;

export function u32(value: number): string {
  return String.fromCharCode(
    value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
}

export function readU32(bytes: string, at: number): number {
  return bytes.charCodeAt(at) + bytes.charCodeAt(at + 1) * 256 +
    bytes.charCodeAt(at + 2) * 65536 + bytes.charCodeAt(at + 3) * 16777216;
}

/** The page header for a sequence number. */
export function pageHead(sequence: number, crypto: Crypto): string {
  const head = MAGIC + u32(sequence);
  return head + u32(crypto.crc32(head)) + BLANK;
}

/**
 * The sequence of a page header; 0 where it is not a whole header, FOREIGN where it is a whole
 * one of another version of this format.
 */
export function sequenceOf(head: string, crypto: Crypto): number {
  const whole = head.substring(0, 3) === MAGIC.substring(0, 3) &&
    head.substring(8, 12) === u32(crypto.crc32(head.substring(0, 8)));
  if (!whole) return 0;
  return head.charAt(3) === MAGIC.charAt(3) ? readU32(head, 4) : FOREIGN;
}

/**
 * Asked where no page is valid: true for a header that cannot be what a cut left of ours. A torn
 * write of the magic and a torn erase of it both have at least its bits.
 */
export function isForeign(head: string): boolean {
  for (let i = 0; i < 4; i++) {
    const bits = MAGIC.charCodeAt(i);
    if ((head.charCodeAt(i) & bits) !== bits) return true;
  }
  return false;
}

/** What the record takes on flash, its payload being `length` octets. */
export function extent(length: number): number {
  return RECORD_HEAD_BYTES + ((length + 3) & ~3);
}

export function encode(kind: Kind, payload: string, sequence: number, crypto: Crypto): string {
  const low = payload.length & 255;
  const high = payload.length >> 8;
  const word = String.fromCharCode(kind, low, high, low ^ high ^ 0xa5);
  const padding = BLANK.substring(0, -payload.length & 3);
  return word + u32(crypto.crc32(u32(sequence) + word + payload)) + payload + padding;
}

/** The payload's length that a record's head tells; -1 where the head itself is torn. */
export function lengthOf(head: string): number {
  const low = head.charCodeAt(1);
  const high = head.charCodeAt(2);
  return (low ^ high ^ 0xa5) === head.charCodeAt(3) ? low + high * 256 : -1;
}

/** Whether the record is exactly what was meant to be written. */
export function isWhole(head: string, payload: string, sequence: number, crypto: Crypto): boolean {
  const crc = u32(crypto.crc32(u32(sequence) + head.substring(0, 4) + payload));
  return head.substring(4, 8) === crc;
}
