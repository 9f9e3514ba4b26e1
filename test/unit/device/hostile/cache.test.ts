/** HOSTILE-TESTS 4.18 to 4.25: what is remembered, and of whom. */
import { describe, expect, test } from "vitest";
import {
  CALLS_PER_JID_MAX, DECISIONS_MAX, DECISION_WRITES_MAX, HOLD_MS, HOUR_MS, QUESTIONS_MAX,
  STRANGERS_MAX,
} from "../../../../firmware/config.js";
import { MockFlash } from "../../../../hal/mock/flash.js";
import { Authority } from "../../../sim/authority.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";
import { type Cast, cast, FORBIDDEN, ONE } from "./cast.js";

const SECOND = "second@ex.org/s";

describe("T 4.18: one question, however it is worded; another one, with other tokens", () => {
  const BASE = ["momentary='true' peak='true'", "<node nodeId='sensor'/><node nodeId='relay1'/>" +
    "<field name='Output'/><field name='Temperature'/>"] as const;
  test.each([
    ["types in another order", "peak='1' momentary=' true '", BASE[1], true],
    ["a type said to be false", "peak='true' momentary='true' status='false'", BASE[1], true],
    ["nodes and fields in another order", BASE[0], "<field name='Temperature'/>" +
      "<node nodeId='relay1'/><field name='Output'/><node nodeId='sensor'/>", true],
    ["duplicates", BASE[0], BASE[1] + "<node nodeId='relay1'/><field name='Output'/>", true],
    ["another type", "momentary='true'", BASE[1], false],
    ["a service token", BASE[0] + " serviceToken='T'", BASE[1], false],
    ["a device token", BASE[0] + " deviceToken='T'", BASE[1], false],
    ["a user token", BASE[0] + " userToken='T'", BASE[1], false],
    ["a node less", BASE[0], BASE[1].replace("<node nodeId='relay1'/>", ""), false],
    ["names run together", BASE[0], "<node nodeId='sensorrelay1'/><field name='Output'/>" +
      "<field name='Temperature'/>", false],
  ])("%s", (_what, attributes, inner, isSame) => {
    const { visitor, authority, world } = cast();
    authority.decide("yes");
    visitor.read(...BASE);
    authority.hears();
    visitor.read(attributes, inner);
    expect(authority.hears()).toEqual(isSame ? [] : ["canRead"]);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("the same token of another kind is another question", () => {
    const { visitor, authority } = cast();
    authority.decide("no");
    for (const kind of ["serviceToken", "deviceToken", "userToken"]) {
      visitor.read(`momentary='true' ${kind}='T'`);
    }
    visitor.read("momentary='true' serviceToken='T' deviceToken='T'");
    expect(authority.hears().length).toBe(4);
  });

  test("a read-out and a control request are different questions", () => {
    const { visitor, authority, world } = cast();
    authority.decide("yes", "canRead");
    authority.decide("no", "canControl");
    visitor.read("momentary='true'", "<node nodeId='relay1'/><field name='Output'/>");
    visitor.switch("relay1", true);
    expect(authority.hears()).toEqual(["canRead", "canControl"]);
    expect(world.relays.relay1!.on).toBe(false);
  });
});

test("T 4.19: the resource of the caller makes no difference", () => {
  const { world, visitor, authority } = cast();
  authority.decide("no");
  visitor.read();
  authority.hears();
  const tablet = world.friend("visitor@ex.org/tablet");
  tablet.read();
  expect(tablet.hears()).toEqual(FORBIDDEN);
  expect(authority.hears()).toEqual([]);
});

test("T 4.20: a friend with a thousand questions does not drive out another's decision", () => {
  const { world, visitor, authority } = cast();
  const greedy = world.friend("greedy@ex.org/g");
  authority.decide("yes");
  visitor.read("momentary='true'", ONE);
  authority.decide("no");
  const hours = Math.ceil((2 * DECISIONS_MAX) / (DECISION_WRITES_MAX - 2));
  let token = 0;
  for (let hour = 0; hour < hours; hour++) {
    for (let i = 0; i < DECISION_WRITES_MAX - 2; i++) {
      greedy.read(`momentary='true' serviceToken='T${token++}'`);
    }
    greedy.hears();
    world.pass(HOUR_MS, 20_000);
  }
  expect(token).toBeGreaterThan(2 * DECISIONS_MAX - 1);
  const { entries, online } = world.device.status();
  expect(online).toBe(true);
  expect(entries).toBeLessThanOrEqual(DECISIONS_MAX);
  expect(entries).toBeGreaterThan(DECISIONS_MAX / 2);
  authority.hears();
  visitor.hears();
  visitor.read("momentary='true'", ONE);
  expect(visitor.hears()[0]).toBe("accepted");
  expect(authority.hears()).toEqual([]);
});

test("T 4.20: decisions are written so often in an hour, and no more", () => {
  const { world, visitor, authority } = cast();
  authority.decide("no");
  const before = world.board.flash.operations;
  for (let i = 0; i < 200; i++) visitor.read(`momentary='true' serviceToken='T${i}'`);
  expect(visitor.hears()).toEqual(Array(200).fill("cancel/forbidden"));
  // Each record may take two writes, and now and then a page is prepared.
  expect(world.board.flash.operations - before).toBeLessThanOrEqual(3 * DECISION_WRITES_MAX);
  expect(world.device.status().entries).toBe(DECISION_WRITES_MAX);
});

test("T 4.21: strangers' refusals cost no flash, and evict no grant", () => {
  const { world, visitor, authority } = cast();
  authority.decide("yes");
  visitor.read();
  visitor.hears();
  authority.decide("no", "isFriend");
  const witness = new Witness(world);
  for (let i = 0; i < 300; i++) world.stranger(`u${i}@far.example/r`).befriend();
  expect(witness.changes()).toEqual([]);
  authority.hears();
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
  expect(authority.hears()).toEqual([]);
});

describe("T 4.22: a damaged record is no decision", () => {
  /** The board again, from that image; the provisioning server has changed its mind meanwhile. */
  function reboot(image: Buffer): string[] {
    const world = new World({ flash: new MockFlash(image) });
    const visitor = world.friend();
    const authority = new Authority(world, AUTHORITY_COMPONENT);
    authority.decide("no");
    world.start();
    visitor.read("momentary='true'", ONE);
    visitor.switch("relay2", true);
    world.pass(HOLD_MS);
    const heard = visitor.hears();
    if (world.relays.relay2!.on) heard.push("relay2 was switched");
    return heard;
  }

  test("with any octet of it changed the board starts, and grants no more than before", () => {
    const { world, visitor, authority } = cast();
    const from = used(world.board.flash.image());
    authority.decide("yes", "canRead");
    authority.decide("no", "canControl");
    visitor.read("momentary='true'", ONE);
    visitor.switch("relay2", true);
    const image = world.board.flash.image();
    const to = used(image);
    expect(to - from).toBeGreaterThan(64);
    expect(reboot(image)).toEqual(["accepted", "fields sensor/Temperature=21.5 done",
      "cancel/forbidden"]);
    for (let at = from; at < to; at += 3) {
      const damaged = Buffer.from(image);
      damaged[at]! ^= 1 << at % 8;
      const heard = reboot(damaged);
      expect(heard.at(-1)).toBe("cancel/forbidden");
      expect(heard.length).toBeLessThanOrEqual(3);
    }
    for (let at = from; at < to; at += 7) {
      const torn = Buffer.from(image);
      torn.fill(0xff, at, to);
      expect(reboot(torn).at(-1)).toBe("cancel/forbidden");
    }
  });

  /** Where the last octet that is not erased lies. */
  function used(image: Buffer): number {
    let end = image.length;
    while (end > 0 && image[end - 1] === 0xff) end--;
    return end;
  }
});

test("T 4.24: a clock that jumps by a year changes no decision and no window", () => {
  const world = new World();
  const visitor = world.friend();
  const candidate = new Authority(world, SECOND);
  const YEAR_MS = 365 * 24 * HOUR_MS;
  world.start();
  candidate.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.pass(10_000);
  for (const jumpMs of [YEAR_MS, -YEAR_MS]) {
    world.board.clock.utcStartMs = Date.UTC(2026, 10, 5) + jumpMs;
    world.pass(1000);
    expect(world.owner.seesBlinking()).toBe(true);
  }
  world.owner.press();
  expect(world.device.status().trust).toEqual(["second@ex.org"]);
  candidate.decide("yes");
  visitor.read();
  world.board.clock.utcStartMs += YEAR_MS;
  candidate.hears();
  visitor.read();
  expect(candidate.hears()).toEqual([]);
});

test("T 4.25: back after a break the device shows itself to its provisioning server", () => {
  const { world, authority } = cast();
  authority.actor.take();
  world.dropStream();
  expect(authority.actor.take().map((one) => one.attributes.type)).toEqual(["unavailable"]);
  world.pass(5000);
  const [presence] = authority.actor.take();
  expect([presence!.name, presence!.attributes.from]).toEqual(["presence", world.jid]);
});

describe("T 4.25: after each new stream what is remembered waits for a clearCache", () => {
  function back(): Cast {
    const { world, visitor, authority } = cast();
    authority.decide("yes", "canRead");
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears().at(-1)).toContain("Temperature");
    world.restart();
    authority.hears();
    visitor.actor.take();
    return { world, visitor, authority };
  }
  /** The board has been online for about 400 ms. */
  const ask = (cast: Cast): number => cast.visitor.read("momentary='true'", ONE);

  test("so long, and no longer, though the server is silent", () => {
    const all = back();
    all.authority.decide("silent");
    ask(all);
    all.world.pass(HOLD_MS - 500);
    expect(all.visitor.hears()).toEqual([]);
    all.world.pass(500);
    expect(all.visitor.hears().at(-1)).toContain("Temperature");
    expect(all.authority.hears()).toEqual([]);
    ask(all);
    expect(all.visitor.hears().length).toBe(2);
  });

  test("whoever is one too many to wait is told to try again", () => {
    const all = back();
    const others = [1, 2].map((i) => all.world.friend(`other${i}@ex.org/x`));
    for (let i = 0; i < QUESTIONS_MAX / 2; i++) for (const one of others) one.read("peak='1'", ONE);
    all.world.settle();
    expect(others.flatMap((one) => one.hears())).toEqual([]);
    ask(all);
    expect(all.visitor.hears()).toEqual(["wait/resource-constraint"]);
    all.world.pass(HOLD_MS);
    const heard = others.flatMap((one) => one.hears());
    expect(heard.filter((word) => word === "accepted").length).toBe(QUESTIONS_MAX);
  });

  test("one friend takes no more than its share of the places, and strangers no friend's", () => {
    const all = back();
    for (let i = 0; i <= STRANGERS_MAX; i++) all.world.stranger(`s${i}@ex.org/x`).befriend();
    const other = all.world.friend("other@ex.org/x");
    for (let i = 0; i < QUESTIONS_MAX; i++) other.read("peak='1'", ONE);
    all.world.settle();
    expect(other.hears()).toEqual(
      Array(QUESTIONS_MAX - CALLS_PER_JID_MAX).fill("wait/resource-constraint"));
    ask(all);
    all.world.pass(HOLD_MS);
    expect(all.visitor.hears().at(-1)).toContain("Temperature");
    expect(all.authority.hears().filter((word) => word === "isFriend").length)
      .toBe(STRANGERS_MAX);
  });

  test("a board that remembers nothing asks at once", () => {
    const { world, visitor, authority } = cast();
    authority.decide("yes", "canRead");
    world.restart();
    visitor.actor.take();
    ask({ world, visitor, authority });
    expect(visitor.hears().at(-1)).toContain("Temperature");
  });

  test("a stream that is lost meanwhile leaves nobody waiting", () => {
    const all = back();
    ask(all);
    all.world.dropStream();
    all.world.pass(60000);
    all.visitor.actor.take();
    ask(all);
    expect(all.visitor.hears().at(-1)).toContain("Temperature");
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile caches")).toBe("");
});
