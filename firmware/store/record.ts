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
import { RECORD_BYTES_MAX } from "../config.js";
import type { Crypto } from "../../hal/hal.js";

export const MAGIC = "TWJ1";
export const PAGE_HEAD_BYTES = 16;
export const RECORD_HEAD_BYTES = 8;
export const BLANK = "\xff\xff\xff\xff";
export const DEAD_WORD = "\x00\x00\x00\x00";
/** What a page is in place of a sequence. */
export const enum Mark {
  Free = 0,
  /** It does not take what is written, or does not erase: not used again before a start. */
  Broken = -1,
  /** Of another version of this format. */
  Foreign = -2,
  /** Ours, with a header that has rotted: nobody knows what it held. */
  Lost = -3,
  /** Free, but no cut of ours can have left it so. */
  Odd = -4,
}

export const enum Kind {
  /** Never on flash: what does not read well. */
  Torn = -1,
  Dead = 0,
  /** One at a time each; a new one replaces the old one. */
  Account = 1,
  Trust = 2,
  /** Nothing before this one counts, and what is left of it has yet to be erased. */
  Reset = 3,
  Token = 5,
  /**
   * Bare JIDs whose friendship has been ended, but perhaps not yet on the server; an empty one
   * stands for everybody in the server's roster.
   */
  Revoked = 6,
  /** What was handed over together with an account, beside it (premises.ts). */
  Premises = 9,
  /** Failed proofs of the rendezvous (attempt.ts). */
  Attempts = 10,
  /** One-time pairs of the rendezvous (pool.ts). */
  Pool = 11,
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
 * The sequence of a page header, or a Mark. A retired page begins with a zero, and what is torn,
 * in a write or in an erase, has at least the bits of the magic; so a magic that is nearly right
 * is a header that has rotted. (Or one that was torn, but then nothing is behind it.)
 */
export function sequenceOf(head: string, crypto: Crypto): number {
  let right = 0;
  let odd = false;
  for (let i = 0; i < 4; i++) {
    const bits = MAGIC.charCodeAt(i);
    if (head.charCodeAt(i) === bits) right++;
    if ((head.charCodeAt(i) & bits) !== bits) odd = true;
  }
  if (right < 3 || head.charCodeAt(0) === 0) return odd ? Mark.Odd : Mark.Free;
  if (head.substring(8, 12) !== u32(crypto.crc32(head.substring(0, 8)))) return Mark.Lost;
  return right === 4 ? readU32(head, 4) : Mark.Foreign;
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
  const length = low + high * 256;
  const sound = (low ^ high ^ 0xa5) === head.charCodeAt(3) && length <= RECORD_BYTES_MAX;
  return sound ? length : -1;
}

/** Whether the record is exactly what was meant to be written. */
export function isWhole(head: string, payload: string, sequence: number, crypto: Crypto): boolean {
  const crc = u32(crypto.crc32(u32(sequence) + head.substring(0, 4) + payload));
  return head.substring(4, 8) === crc;
}
