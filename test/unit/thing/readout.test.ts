import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIELDS_BYTES_MAX, REPLY_BYTES_MAX } from "../../../firmware/config.js";
import { canonicalInt } from "../../../firmware/thing/readout.js";
import { World } from "../../sim/world.js";

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

describe("a fields message", () => {
  /** Names as long as that, of one field each: what is inside each message, as sent. */
  function read(...lengths: number[]): string[] {
    const world = new World({
      nodes: (own) => lengths.map((length, i) => ({
        nodeId: `n${i}`, relays: [],
        sensors: [{ name: "x".repeat(length), unit: "", decimals: 0, input: own.temperature }],
      })),
    });
    const visitor = world.friend();
    world.trusting().decide("yes");
    visitor.read();
    world.pass(1000);
    const said = visitor.hears();
    expect([said[0], said.filter((one) => one.endsWith("done")).length]).toEqual(["accepted", 1]);
    expect(said.flatMap((one) => one.match(/n\d+\/x+=/g) ?? []).length).toBe(lengths.length);
    const messages = world.wire.stream.peer.received.matchAll(/<fields [^>]*>(.*?)<\/fields>/g);
    return Array.from(messages, ([, inner]) => inner!);
  }

  const [one] = read(1);
  /** The name with which the second node fills a message to the last octet. */
  const longest = FIELDS_BYTES_MAX - 2 * one!.length + 1;

  test("may be as large as the limit says", () => {
    expect(read(1, longest).map((inner) => inner.length)).toEqual([FIELDS_BYTES_MAX]);
  });

  test("is sent before it grows beyond it: what is whole goes, the rest follows", () => {
    expect(read(1, longest + 1).map((inner) => inner.length))
      .toEqual([one!.length, FIELDS_BYTES_MAX - one!.length + 1]);
    expect(read(1, longest, 1).map((inner) => inner.length))
      .toEqual([FIELDS_BYTES_MAX, one!.length]);
  });

  test("holds one node in any case, alone where that is larger", () => {
    const large = read(FIELDS_BYTES_MAX, 1);
    expect(large.length).toBe(2);
    expect(large[0]!.length).toBeGreaterThan(FIELDS_BYTES_MAX);
    expect(large[0]!.length).toBeLessThan(REPLY_BYTES_MAX);
  });
});
