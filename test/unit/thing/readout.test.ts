import { describe, expect, test } from "vitest";
import { FIELDS_BYTES_MAX, REPLY_BYTES_MAX } from "../../../firmware/config.js";
import { World } from "../../sim/world.js";

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
