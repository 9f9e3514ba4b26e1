import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalInt } from "../../../firmware/thing/readout.js";

test.each([
  ["0", "0"], ["7", "7"], ["+7", "7"], ["-3", "-3"], ["007", "7"], ["-007", "-7"], ["-0", "0"],
  ["+0", "0"], ["000", "0"], [" 7 ", "7"], ["\n7\t", "7"], ["2147483647", "2147483647"],
  ["+2147483647", "2147483647"], ["-2147483648", "-2147483648"], ["00000000000000000007", "7"],
])("the canonical form of %j is %s", (lexical, canonical) => {
  expect(canonicalInt(lexical)).toBe(canonical);
});

test.each(["", " ", "+", "-", "--1", "+-1", "1-", "7.", "7.0", ".7", "1e3", "0x10", "1 2", "1,000",
  "seven", "7a", "NaN", "Infinity", "-Infinity", "2147483648", "+2147483648", "-2147483649",
  "4294967296", "99999999999", "99999999999999999999999", "\u0667", "7\x00", "- 1", "null"])(
  "%j is no xs:int", (lexical) => {
    expect(canonicalInt(lexical)).toBe("");
  });

test("every 32-bit number has one form, however it is written", () => {
  fc.assert(fc.property(fc.integer(), fc.nat({ max: 8 }), (value, zeros) => {
    const sign = value < 0 ? "-" : "";
    expect(canonicalInt(`${sign}${"0".repeat(zeros)}${Math.abs(value)}`)).toBe(String(value));
    expect(canonicalInt(canonicalInt(` ${value}`))).toBe(String(value));
  }));
});
