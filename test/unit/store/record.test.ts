/** The bytes of pages and records, and what is never taken for one. */
import { expect, test } from "vitest";
import { RECORD_BYTES_MAX } from "../../../firmware/config.js";
import {
  Kind, Mark, encode, extent, isWhole, lengthOf, pageHead, readU32, sequenceOf, u32,
} from "../../../firmware/store/record.js";
import { HostCrypto } from "../../../hal/host/crypto.js";

const crypto = new HostCrypto();
const hex = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex");
const patch = (text: string, at: number, bytes: string): string =>
  text.slice(0, at) + bytes + text.slice(at + bytes.length);
const flip = (text: string, bit: number): string =>
  patch(text, bit >> 3, String.fromCharCode(text.charCodeAt(bit >> 3) ^ (1 << (bit & 7))));

test("a page header is the magic, the sequence, a CRC of both, and a blank word", () => {
  const head = pageHead(0x01020304, crypto);
  expect(hex(head)).toBe("54574a31" + "04030201" + hex(u32(crypto.crc32(head.slice(0, 8)))) +
    "ffffffff");
  expect(hex(pageHead(1, crypto))).toBe("54574a3101000000" + "352a02d8" + "ffffffff");
  expect(sequenceOf(head, crypto)).toBe(0x01020304);
});

test("a record is kind, length, check, CRC, payload and padding, byte for byte", () => {
  const record = encode(Kind.Trust, "abcde", 7, crypto);
  expect(hex(record.slice(0, 4))).toBe("020500a0");
  expect(hex(record.slice(4, 8))).toBe(
    hex(u32(crypto.crc32("\x07\x00\x00\x00\x02\x05\x00\xa0abcde"))));
  expect(record.slice(8)).toBe("abcde\xff\xff\xff");
});

test("numbers survive the way there and back, up to 32 bits", () => {
  for (const value of [0, 1, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff]) {
    expect(readU32(u32(value), 0)).toBe(value);
  }
});

test.each([0, 1, 2, 3, 4, 5, 1023, 1024])("%i octets of payload take whole words", (length) => {
  const record = encode(Kind.Account, "x".repeat(length), 1, crypto);
  expect(record.length).toBe(extent(length));
  expect(record.length % 4).toBe(0);
  expect(lengthOf(record)).toBe(length);
  expect(isWhole(record.slice(0, 8), record.slice(8, 8 + length), 1, crypto)).toBe(true);
});

test("a length above the limit is none, whatever its check octet says", () => {
  const word = (length: number): string => {
    const [low, high] = [length & 255, length >> 8];
    return String.fromCharCode(1, low, high, low ^ high ^ 0xa5);
  };
  expect(lengthOf(word(RECORD_BYTES_MAX))).toBe(RECORD_BYTES_MAX);
  expect(lengthOf(word(RECORD_BYTES_MAX + 1))).toBe(-1);
  // What a write of 165 octets leaves when it is torn after two octets.
  expect(lengthOf("\x10\xa5\xff\xff")).toBe(-1);
});

test("no single bit of a record can be another and the record still be whole", () => {
  const record = encode(Kind.Cleared, "12345678", 9, crypto);
  for (let bit = 0; bit < record.length * 8; bit++) {
    const other = flip(record, bit);
    expect(isWhole(other.slice(0, 8), other.slice(8), 9, crypto)).toBe(false);
  }
});

test("a record of before the page's last erase is not whole", () => {
  const record = encode(Kind.Cleared, "", 9, crypto);
  expect(isWhole(record, "", 9, crypto)).toBe(true);
  expect(isWhole(record, "", 25, crypto)).toBe(false);
});

test("every single bit of a header is missed", () => {
  const head = pageHead(77, crypto);
  for (let bit = 0; bit < 96; bit++) {
    const mark = sequenceOf(flip(head, bit), crypto);
    expect(mark === Mark.Lost || mark === Mark.Free || mark === Mark.Odd).toBe(true);
    expect(mark).toBe(Mark.Lost);
  }
});

test("a torn header, a torn retirement and an erased page are free pages", () => {
  const head = pageHead(5, crypto);
  const blank = "\xff".repeat(16);
  expect(sequenceOf(blank, crypto)).toBe(Mark.Free);
  for (let keep = 0; keep < 3; keep++) {
    expect(sequenceOf(patch(blank, 0, head.slice(0, keep)), crypto)).toBe(Mark.Free);
  }
  for (let keep = 1; keep <= 4; keep++) {
    expect(sequenceOf(patch(head, 0, "\0".repeat(keep)), crypto)).toBe(Mark.Odd);
  }
});

test("a newer format is known as such, and other people's octets as odd", () => {
  const head = "TWJ2" + u32(3);
  const newer = head + u32(crypto.crc32(head)) + "\xff\xff\xff\xff";
  expect(sequenceOf(newer, crypto)).toBe(Mark.Foreign);
  expect(sequenceOf("\xeb\x3c\x90MSDOS5.0\0\x02\x01\x01\0", crypto)).toBe(Mark.Odd);
});
