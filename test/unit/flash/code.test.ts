import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkCharacter, CODE_ALPHABET, CODE_CHARS, isCode, makeCode, normalizeCode, printCode, readCode,
} from "../../../flash/code.js";

const anyDigit = fc.constantFrom(...CODE_ALPHABET);
const digits = fc.array(anyDigit, { minLength: 8, maxLength: 8 }).map((each) => each.join(""));
const codes = digits.map((each) => each + checkCharacter(each));

test.each(["004HLX", "1XNDP3WW3"])("Weave's code %s has the right check", (code) => {
  expect(isCode(code)).toBe(true);
  expect(checkCharacter(code.slice(0, -1))).toBe(code.slice(-1));
});

test.each([
  ["HZOWQI", "H20W01"], ["  H\r\n\nR-D-W6.7\t", "HRDW67"], ["hrd-w67", "HRDW67"],
  ["1xn dp3 ww3", "1XNDP3WW3"], ["äß→", ""],
])("%j is read as %j", (typed, code) => {
  expect(normalizeCode(typed)).toBe(code);
});

test("each wrong character of a code is noticed", () => {
  fc.assert(fc.property(codes, fc.nat(CODE_CHARS - 1), anyDigit, (code, place, digit) => {
    fc.pre(code[place] !== digit);
    expect(readCode(code.slice(0, place) + digit + code.slice(place + 1))).toBe("");
  }), { numRuns: 2000 });
});

test("each swap of two neighbours is noticed", () => {
  fc.assert(fc.property(codes, fc.nat(CODE_CHARS - 2), (code, place) => {
    const [first, second] = [code[place], code[place + 1]];
    fc.pre(first !== second);
    const swapped = code.slice(0, place) + second + first + code.slice(place + 2);
    expect(readCode(swapped)).toBe("");
  }), { numRuns: 2000 });
});

/** The group and the permutation are the same at each place, so one place is all of them. */
test("the same holds for every pair of characters", () => {
  for (const a of CODE_ALPHABET) {
    for (const b of CODE_ALPHABET) {
      if (a === b) continue;
      expect(checkCharacter(a + b)).not.toBe(checkCharacter(b + a));
      expect(checkCharacter(a)).not.toBe(checkCharacter(b));
      const check = checkCharacter(a);
      if (check !== a) expect(isCode(check + a)).toBe(false);
    }
  }
});

test("a random text of nine characters is a code once in 32", () => {
  let count = 0;
  for (const check of CODE_ALPHABET) if (isCode(`ABCDEFGH${check}`)) count++;
  expect(count).toBe(1);
});

test("whatever is typed around a code, it is the same code", () => {
  fc.assert(fc.property(codes, fc.constantFrom("-", " ", ".", "\t"), (code, gap) => {
    expect(readCode(` ${[...code.toLowerCase()].join(gap)}\r\n`)).toBe(code);
    expect(readCode(printCode(code))).toBe(code);
  }));
});

test.each(["", "1", "1XNDP3WW", "004HLX", "1XNDP3WW33", "1XNDP3WW4"])("%j is no code", (text) => {
  expect(readCode(text)).toBe("");
});

test("what nobody typed is in no code", () => {
  expect(isCode("")).toBe(false);
  expect(isCode("004HLx")).toBe(false);
  expect(isCode("OO4HLX")).toBe(false);
});

test("new codes are right, printed in three groups, and use all of their octets", () => {
  const octets = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i * 9);
  const made = makeCode(octets);
  expect(made.slice(0, -1)).toBe([0, 9, 18, 27, 36, 45, 54, 63]
    .map((each) => CODE_ALPHABET[each % 32]).join(""));
  expect(readCode(made)).toBe(made);
  expect(printCode(makeCode())).toMatch(/^[0-9A-HJ-NPR-Y]{3}(-[0-9A-HJ-NPR-Y]{3}){2}$/);
  const many = new Set(Array.from({ length: 200 }, () => makeCode()));
  expect(many.size).toBe(200);
});
