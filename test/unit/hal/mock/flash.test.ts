import { expect, test } from "vitest";
import { Break, MockFlash, PowerCut } from "../../../../hal/mock/flash.js";

const FULL = "\xff\xff\xff\xff";

function withText(text: string): MockFlash {
  const flash = new MockFlash();
  flash.write(0, 0, text);
  return flash;
}

test("a new flash is erased, sixteen pages of 4096", () => {
  const flash = new MockFlash();
  expect(flash.pages).toBe(16);
  expect(flash.pageBytes).toBe(4096);
  expect(flash.read(15, 4092, 4)).toBe(FULL);
});

test("a write clears bits and keeps the rest", () => {
  const flash = withText("abcdefgh");
  flash.write(0, 4, "\x00\x00\x00\x00");
  expect(flash.read(0, 0, 12)).toBe("abcd\x00\x00\x00\x00" + FULL);
});

test("a write that would set a bit throws, and changes nothing", () => {
  const flash = withText("abcd");
  expect(() => flash.write(0, 0, "abcg")).toThrow(/set a bit/);
  expect(flash.read(0, 0, 4)).toBe("abcd");
});

test.each([
  ["an offset that is not a whole word", 0, 2, FULL],
  ["a length that is not whole words", 0, 0, "abc"],
  ["a write across the end of the page", 0, 4092, "abcdefgh"],
  ["a page that is not there", 16, 0, FULL],
  ["a negative offset", 0, -4, FULL],
  ["a character that is not an octet", 0, 0, "abc\u0100"],
])("%s is refused", (_what, page, offset, bytes) => {
  expect(() => new MockFlash().write(page, offset, bytes)).toThrow(/flash/);
});

test("a read or an erase outside the flash is refused", () => {
  const flash = new MockFlash();
  expect(() => flash.read(0, 4090, 8)).toThrow(/outside/);
  expect(() => flash.erase(16)).toThrow(/outside/);
});

test("wear is counted for each page", () => {
  const flash = withText("abcdefgh");
  flash.erase(0);
  flash.write(3, 0, "abcd");
  expect(flash.wear[0]).toEqual({ writes: 1, bytes: 8, erases: 1 });
  expect(flash.wear[3]).toEqual({ writes: 1, bytes: 4, erases: 0 });
  expect([flash.writes, flash.bytesWritten, flash.erases, flash.operations]).toEqual([2, 12, 1, 3]);
});

test("a cut after the second operation leaves both, and nothing works until power is back", () => {
  const flash = new MockFlash();
  flash.cutAfter(2);
  flash.write(0, 0, "abcd");
  expect(() => flash.write(0, 4, "efgh")).toThrow(PowerCut);
  expect(flash.isDead).toBe(true);
  expect(() => flash.read(0, 0, 4)).toThrow(PowerCut);
  expect(() => flash.erase(1)).toThrow(PowerCut);
  expect(() => flash.write(0, 8, "ijkl")).toThrow(PowerCut);
  flash.revive();
  expect(flash.read(0, 0, 12)).toBe("abcdefgh" + FULL);
});

test("a torn write leaves the prefix it was given, of any length", () => {
  for (let keep = 0; keep <= 8; keep++) {
    const flash = new MockFlash();
    flash.cutInside(1, keep);
    expect(() => flash.write(0, 0, "abcdefgh")).toThrow(PowerCut);
    flash.revive();
    expect(flash.read(0, 0, 8)).toBe(("abcdefgh".slice(0, keep) + FULL + FULL).slice(0, 8));
  }
});

test("a torn erase leaves a mixture, each seed its own, each always the same", () => {
  const images = [1, 1, 2].map((seed) => {
    const flash = withText("\x00".repeat(4096));
    flash.cutInside(1, seed);
    expect(() => flash.erase(0)).toThrow(PowerCut);
    return flash.image();
  });
  expect(images[0]!.equals(images[1]!)).toBe(true);
  expect(images[0]!.equals(images[2]!)).toBe(false);
  const octets = new Set(images[0]!.subarray(0, 4096));
  expect(octets.has(0x00) && octets.has(0xff) && octets.size > 100).toBe(true);
});

test("a torn erase never clears a bit that was set", () => {
  const flash = withText("\xf0".repeat(4096));
  flash.cutInside(1, 7);
  expect(() => flash.erase(0)).toThrow(PowerCut);
  expect(flash.image().subarray(0, 4096).every((octet) => (octet & 0xf0) === 0xf0)).toBe(true);
});

test("an image boots another board, and is a copy", () => {
  const first = withText("abcd");
  const second = new MockFlash(first.image());
  second.write(0, 4, "efgh");
  expect(second.read(0, 0, 8)).toBe("abcdefgh");
  expect(first.read(0, 4, 4)).toBe(FULL);
  expect(() => new MockFlash(Buffer.alloc(4097))).toThrow(/whole pages/);
});

test("a broken page fails honestly or in silence, and another page works", () => {
  const flash = withText("abcd");
  flash.breakErases(0, Break.Honest);
  expect(flash.erase(0)).toBe(false);
  flash.breakErases(0, Break.Silent);
  expect(flash.erase(0)).toBe(true);
  expect(flash.read(0, 0, 4)).toBe("abcd");
  flash.breakWrites(1, Break.Silent);
  expect(flash.write(1, 0, "abcd")).toBe(true);
  expect(flash.read(1, 0, 4)).toBe(FULL);
  flash.breakWrites(1, Break.Honest);
  expect(flash.write(1, 0, "abcd")).toBe(false);
  flash.breakWrites(1, Break.None);
  expect(flash.write(1, 0, "abcd")).toBe(true);
  expect(flash.read(1, 0, 4)).toBe("abcd");
});
