import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalInt, utcMsOf } from "../../../firmware/thing/lexical.js";

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

describe("xs:dateTime", () => {
  test.each([
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
    ["2026-11-05T09:30:15", "2026-11-05T09:30:15Z"],
    [" 2026-11-05T09:30:15Z\n", "2026-11-05T09:30:15Z"],
    ["2026-11-05T09:30:15.999999999Z", "2026-11-05T09:30:15Z"],
    ["2026-11-05T09:30:15.5+01:30", "2026-11-05T08:00:15Z"],
    ["2026-11-05T20:30:15-14:00", "2026-11-06T10:30:15Z"],
    ["2026-11-05T24:00:00Z", "2026-11-06T00:00:00Z"],
    ["2026-12-31T24:00:00", "2027-01-01T00:00:00Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["1960-02-29T00:00:00Z", "1960-02-29T00:00:00Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
  ])("%j is %s", (lexical, utc) => {
    expect(utcMsOf(lexical)).toBe(Date.parse(utc));
  });

  test.each(["", " ", "banana", "2026-11-05", "2026-11-05T09:30", "2026-11-05 09:30:15",
    "2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
    "2026-11-05T24:00:01Z", "2026-11-05T25:00:00Z", "2026-11-05T09:60:00Z",
    "2026-11-05T09:30:60Z", "2026-11-05T09:30:15.Z", "2026-11-05T09:30:15z",
    "2026-11-05T09:30:15+1:00", "2026-11-05T09:30:15+15:00", "2026-11-05T09:30:15+01:60",
    "2026-11-05T09:30:15+0100", "2026-11-05T09:30:15+01:00Z", "2026-11-05T09:30:15Z+01:00",
    "-2026-11-05T09:30:15Z", "12026-11-05T09:30:15Z", "26-11-05T09:30:15Z", "2026-11-05T9:30:15Z",
    "\u0662026-11-05T09:30:15Z", "2026-11-05T09:30:15Z\x00"])("%j is none", (lexical) => {
    expect(utcMsOf(lexical)).toBeNaN();
  });

  test("every second of ten thousand years is itself, in every zone", () => {
    const SECONDS_MAX = Date.UTC(9999, 11, 31) / 1000;
    fc.assert(fc.property(fc.nat({ max: SECONDS_MAX }), fc.integer({ min: -840, max: 840 }),
      (seconds, minutes) => {
        const local = new Date(seconds * 1000 + minutes * 60_000).toISOString().slice(0, 19);
        fc.pre(/^\d{4}-/.test(local));
        const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
        const away = Math.abs(minutes);
        const zone = `${minutes < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`;
        expect(utcMsOf(local + zone)).toBe(seconds * 1000);
      }));
  });
});
