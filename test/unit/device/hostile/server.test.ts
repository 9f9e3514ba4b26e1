/** HOSTILE-TESTS 4.11 to 4.13, 4.23: two provisioning servers. */
import { describe, expect, test } from "vitest";
import { REQUESTS_MAX } from "../../../../firmware/config.js";
import { Authority } from "../../../sim/authority.js";
import { AUTHORITY_COMPONENT, catalogue } from "../../../sim/world.js";
import { type Cast, cast, FORBIDDEN, ONE, PROVISIONING } from "./cast.js";

const SECOND = "second@ex.org/s";

const SECONDARY = `<isFriendResponse ${PROVISIONING} jid='second@ex.org' result='false'` +
  " secondaryTrustAllowed='true'/>";

/** The first allows a second, and a person accepts it. */
function twoServers(): Cast & { second: Authority } {
  const { world, visitor, authority } = cast();
  const second = new Authority(world, SECOND);
  authority.decide(SECONDARY, "isFriend");
  second.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.pass(200);
  world.owner.press();
  second.actor.take();
  expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT, "second@ex.org"]);
  authority.hears();
  return { world, visitor, authority, second };
}

function grant(inner: string): string {
  return `<canReadResponse ${PROVISIONING} jid='visitor@ex.org' result='true'>${inner}</canReadResponse>`;
}

describe("T 4.11: two servers' grants are a list, not a product", () => {
  test("n1/X and n2/Y are neither n1/Y nor n2/X", () => {
    const { world, visitor, authority, second } = twoServers();
    authority.decide(grant("<node nodeId='sensor'/><field name='Temperature'/>"), "canRead");
    second.decide(grant("<node nodeId='relay1'/><field name='Output'/>"), "canRead");
    visitor.read("momentary='true'", "<node nodeId='sensor'/><node nodeId='relay1'/>" +
      "<field name='Temperature'/><field name='Humidity'/><field name='Output'/>");
    const both = ["accepted", "fields sensor/Temperature=21.5 relay1/Output=false done"];
    expect(visitor.hears()).toEqual(both);
    expect(world.device.status().entries).toBe(1);
    expect([authority.hears(), second.hears()]).toEqual([["canRead"], ["canRead"]]);
    // From the cache, too, and after a power cut.
    visitor.read("momentary='true'", "<node nodeId='sensor'/><node nodeId='relay1'/>" +
      "<field name='Temperature'/><field name='Humidity'/><field name='Output'/>");
    expect(visitor.hears()).toEqual(both);
    expect(second.hears()).toEqual([]);
  });
});

describe("T 4.12, 4.13: one of two servers says nothing, or no", () => {
  const GRANTED = ["accepted", "fields sensor/Temperature=21.5 done"];
  test.each([
    ["T 4.12", "yes and silence: granted at once", "yes", "silent", GRANTED, 0, 1],
    ["T 4.12", "yes and an error", "yes", "service-unavailable", GRANTED, 0, 1],
    ["T 4.12", "narrowed and silence: after the time-out, not remembered",
      grant("<field name='Temperature'/>"), "silent", GRANTED, 10_000, 0],
    ["T 4.13", "no and no: remembered", "no", "no", FORBIDDEN, 0, 1],
    ["T 4.13", "no and silence: not remembered", "no", "silent", ["wait/remote-server-timeout"],
      10_000, 0],
    ["T 4.13", "no and yes: the most forgiving holds", "no", "yes", GRANTED, 0, 1],
  ])("%s: %s", (_id, _what, one, other, heard, afterMs, entries) => {
    const { world, visitor, authority, second } = twoServers();
    authority.decide(one, "canRead");
    second.decide(other, "canRead");
    const before = world.device.status().entries;
    const names = one.startsWith("<") ? ONE + "<field name='Humidity'/>" : ONE;
    visitor.read("momentary='true'", names);
    if (afterMs) {
      expect(visitor.hears()).toEqual([]);
      world.pass(afterMs);
    }
    expect(visitor.hears()).toEqual(heard);
    expect(world.device.status().entries - before).toBe(entries);
    expect(world.ledger.problems()).toEqual([]);
  });
});

describe("a server that is silent costs nobody else anything", () => {
  const names = Array.from({ length: 3 * REQUESTS_MAX }, (_, i) => `Field${i}`);

  test("not its place among the requests: many questions, each granted by the other", () => {
    const { world, visitor, authority, second } = twoServers();
    authority.decide("yes", "canRead");
    second.decide("silent", "canRead");
    for (const name of names) {
      visitor.read("momentary='true'", `<field name='${name}'/>`);
      expect(visitor.hears()).toEqual(["accepted", "fields done"]);
    }
    expect(second.hears()).toHaveLength(REQUESTS_MAX / 2);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("nor time, after the first; it is asked now and then, and counts when it is heard", () => {
    const { world, visitor, authority, second } = twoServers();
    authority.decide("no", "canRead");
    second.decide("silent", "canRead");
    visitor.read("momentary='true'", ONE);
    world.pass(10_000);
    expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
    second.hears();
    for (const name of names.slice(0, 8)) {
      visitor.read("momentary='true'", `<field name='${name}'/>`);
      expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
    }
    expect(second.hears()).toEqual(["canRead"]);
    expect(world.device.status().entries).toBe(0);
    world.pass(10_000);
    // Late for that question, but it is there again: the next one waits for it.
    second.rules.canRead = { say: "no", lateMs: 3000 };
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
    world.pass(3000);
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual([]);
    world.pass(3000);
    expect(visitor.hears()).toEqual(FORBIDDEN);
    expect(world.device.status().entries).toBe(1);
  });

  test("where all are silent, all are waited for", () => {
    const { world, visitor, authority, second } = twoServers();
    authority.decide("silent", "canRead");
    second.decide("silent", "canRead");
    visitor.read("momentary='true'", ONE);
    world.pass(10_000);
    expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
    second.rules.canRead = { say: "yes", lateMs: 5000 };
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual([]);
    world.pass(5000);
    expect(visitor.hears()).toEqual(["accepted", "fields sensor/Temperature=21.5 done"]);
  });
});

test("T 4.23: a new trust empties the cache", () => {
  const { world, visitor, authority } = cast();
  authority.decide("yes");
  visitor.read();
  visitor.hears();
  expect(world.device.status().entries).toBe(1);
  const second = new Authority(world, SECOND);
  authority.decide(SECONDARY, "isFriend");
  second.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.pass(200);
  world.owner.press();
  expect(world.device.status().trust.length).toBe(2);
  expect(world.device.status().entries).toBe(0);
  authority.decide("no");
  second.decide("no");
  visitor.read();
  expect(visitor.hears()).toEqual(FORBIDDEN);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("two servers")).toBe("");
});
