/** HOSTILE-TESTS 4.14 to 4.17: no answer, or one from before. */
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../sim/world.js";
import { cast, ONE, UNKNOWN } from "./cast.js";

describe("a provisioning server that is silent, errs, or is late", () => {
  test.each([
    ["T 4.14", "silent"],
    ["T 4.15", "service-unavailable"],
    ["T 4.15", "remote-server-not-found"],
    ["T 4.15", "internal-server-error"],
  ])("%s: %s", (_id, say) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(say);
    visitor.read();
    world.pass(10_000);
    expect(visitor.hears()).toEqual(UNKNOWN);
    visitor.switch("relay1", true);
    world.pass(10_000);
    expect(visitor.hears()).toEqual(UNKNOWN);
    expect(world.device.status().entries).toBe(0);
    authority.hears();
    visitor.read();
    expect(authority.hears()).toEqual(["canRead"]);
    world.pass(10_000);
    visitor.hears();
    expect(world.relays.relay1!.transitions).toEqual([]);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("T 4.15: gone altogether", () => {
    const { world, visitor, authority } = cast("silent");
    authority.actor.logout();
    visitor.read();
    expect(visitor.hears()).toEqual(UNKNOWN);
    expect(world.device.status().entries).toBe(0);
  });

  test("T 4.14: nine seconds are not too late", () => {
    const { world, visitor, authority } = cast("silent");
    authority.rules.canRead = { say: "yes", lateMs: 9000 };
    visitor.read("momentary='true'", ONE);
    world.pass(9100);
    expect(visitor.hears()[0]).toBe("accepted");
  });
});

describe("a clearCache in between", () => {
  test("T 4.16: voids the answer; asked once more, not twice", () => {
    const { world, visitor, authority } = cast("silent");
    visitor.read("momentary='true'", ONE);
    const first = authority.questions[0]!;
    authority.clearCache();
    authority.reply(first, "yes");
    world.settle();
    expect(visitor.hears()).toEqual([]);
    expect(authority.questions.length).toBe(2);
    authority.clearCache();
    authority.reply(authority.questions[1]!, "yes");
    world.settle();
    expect(authority.questions.length).toBe(2);
    expect(visitor.hears()).toEqual(UNKNOWN);
    expect(world.device.status().entries).toBe(0);
  });

  test("T 4.17: an old answer said again is silence", () => {
    const { world, visitor, authority } = cast("silent");
    visitor.read("momentary='true'", ONE);
    const first = authority.questions[0]!;
    authority.reply(first, "yes");
    world.settle();
    visitor.hears();
    authority.clearCache();
    authority.reply(first, "yes");
    world.settle();
    expect(visitor.hears()).toEqual([]);
    expect(world.device.status().entries).toBe(0);
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual([]);
    expect(authority.questions.length).toBe(2);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("silence")).toBe("");
});
