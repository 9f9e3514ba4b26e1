/** HOSTILE-TESTS 7.15 to 7.19: the factory reset by the button. */
import { describe, expect, test } from "vitest";
import {
  FAREWELL_BYTES_MAX, FRIENDS_MAX, RESET_CANCEL_MS, RESET_HOLD_MS, STUCK_MS, TICK_MS,
} from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import { Authority } from "../../../sim/authority.js";
import { tell } from "../../../sim/visitor.js";
import type { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, PASSWORD, World, catalogue } from "../../../sim/world.js";
import type { Options } from "../../../sim/world.js";
import { TRUSTED } from "./cast.js";

const SECRETS = ["authority@", "visitor@", "dev@", PASSWORD, "t0ken"];

interface Cast {
  world: World;
  authority: Authority;
  visitor: Visitor;
}

/** Paired by a person, with a friend, a decision and a relay that is on. */
function live(options: Options = {}): Cast {
  const world = new World(options);
  const visitor = world.friend();
  const authority = new Authority(world, AUTHORITY_ACCOUNT);
  authority.decide("yes");
  world.start();
  pair(world, authority);
  visitor.read("momentary='true' userToken='t0ken'");
  visitor.switch("relay1", true);
  expect(visitor.hears().join()).toContain("sensor/Temperature");
  expect(world.relays.relay1!.on).toBe(true);
  expect(world.device.status().entries).toBe(2);
  world.pass(3000);
  authority.actor.take();
  return { world, authority, visitor };
}

function pair(world: World, authority: Authority): void {
  authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
  expect(world.device.status().pattern).toBe("pairing");
  world.owner.press();
  world.pass(1000);
  expect(world.device.status().trust).toEqual(TRUSTED);
}

function reset(world: World): void {
  world.owner.press(RESET_HOLD_MS + 500);
}

function dump(world: World): string[] {
  const image = world.board.flash.image().toString("latin1");
  return SECRETS.filter((one) => image.includes(one));
}

/** Where in the device's memory, but for its settings and what is not the device. */
function memory(world: World): string[] {
  const outside = ["hal", "network", "flash", "crypto", "random", "clock", "settings"];
  const found: string[] = [];
  // The account it was flashed with is its own, wherever it is named.
  const seen = new Set<unknown>([world.device.account]);
  const isSecret = (text: string): boolean => SECRETS.some((one) => text.includes(one));
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "string" && isSecret(value)) found.push(`${path}: ${value}`);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, inner] of Object.entries(value)) {
      if (isSecret(key)) found.push(`${path}.${key}`);
      if (!outside.includes(key)) walk(inner, `${path}.${key}`);
    }
  };
  walk(world.device, "");
  return found;
}

const expectGone = (world: World): void => {
  const { trust, friends, entries, hits, misses } = world.device.status();
  expect({ trust, friends, entries, hits, misses })
    .toEqual({ trust: [], friends: [], entries: 0, hits: 0, misses: 0 });
  expect(dump(world)).toEqual([]);
};

describe("T 7.15: how long, and what then", () => {
  test.each([
    ["9.9 s", 9900, false],
    ["a moment too short", RESET_HOLD_MS - 1, false],
    ["long enough", RESET_HOLD_MS, true],
    ["12 s", 12000, true],
    ["not yet too long", RESET_CANCEL_MS - 1, true],
    ["too long", RESET_CANCEL_MS, false],
    ["half a minute: stuck", STUCK_MS + 1000, false],
    ["an hour", 3600_000, false],
  ])("%s", (_what, ms, isReset) => {
    const { world } = live();
    world.owner.press(ms);
    expect(world.device.status().trust).toEqual(isReset ? [] : TRUSTED);
    if (isReset) expectGone(world);
    world.pass(5000);
    expect(world.device.status().pattern).toBe("off");
    expect(world.device.status().defect).toBe(Fault.None);
  });

  test("the light tells each phase before it counts, and that it is done", () => {
    const { world } = live();
    const words: string[] = [];
    const look = (ms: number): void => {
      for (let left = ms; left > 0; left -= TICK_MS) {
        world.pass(TICK_MS);
        const { pattern } = world.device.status();
        if (words.at(-1) !== pattern) words.push(pattern);
      }
    };
    world.owner.hold();
    look(RESET_CANCEL_MS + 1000);
    expect(words).toEqual(["off", "hold", "reset", "off"]);
    look(STUCK_MS - RESET_CANCEL_MS);
    expect(words.slice(4)).toEqual(["button"]);
    expect(world.device.status().defect).toBe(Fault.ButtonStuck);
    world.owner.release();
    look(5000);
    expect(words.slice(5)).toEqual(["off"]);
    world.owner.hold();
    look(RESET_HOLD_MS + 1000);
    world.owner.release();
    look(9000);
    expect(words.slice(6)).toEqual(["hold", "reset", "off", "erased", "off"]);
  });

  test("down since the start, for twelve seconds: nothing", () => {
    const { world } = live();
    world.owner.hold();
    world.restart();
    world.pass(12000);
    world.owner.release();
    world.pass(1000);
    expect(world.device.status().trust).toEqual(TRUSTED);
  });

  test("a tick that comes late makes no hold longer", () => {
    const { world } = live();
    world.owner.hold();
    world.pass(RESET_HOLD_MS - 1000);
    world.owner.release();
    world.pass(4000, 2000);
    expect(world.device.status().trust).toEqual(TRUSTED);
  });

  test("contacts that open for a moment while it is held are one hold", () => {
    const { world } = live();
    world.owner.hold();
    world.pass(6000);
    world.owner.release();
    world.pass(TICK_MS);
    world.owner.press(6000);
    expect(world.device.status().trust).toEqual([]);
  });

  test("twice six seconds are no twelve", () => {
    const { world } = live();
    world.owner.press(6000);
    world.owner.press(6000);
    expect(world.device.status().trust).toEqual(TRUSTED);
  });
});

describe("T 7.16: nothing of before is left", () => {
  test("in flash and in memory; relays are off; what was flashed is used, and not written", () => {
    const { world, visitor } = live();
    expect(dump(world)).toEqual(expect.arrayContaining(["authority@", "dev@", PASSWORD]));
    expect(memory(world).length).toBeGreaterThan(3);
    reset(world);
    expectGone(world);
    expect(memory(world)).toEqual([]);
    expect(world.relays.relay1!.on).toBe(false);
    world.pass(5000);
    expect(world.device.status().online).toBe(true);
    expectGone(world);
    visitor.actor.take();
    visitor.read();
    visitor.switch("relay1", true);
    expect(visitor.hears()).toEqual(["cancel/forbidden", "cancel/forbidden"]);
    expect(world.relays.relay1!.on).toBe(false);
  });

  test("an account that was given later is gone, too", () => {
    const { world } = live();
    world.options.isKept = true;
    world.restart();
    expect(world.device.status()).toMatchObject({ online: true, trust: TRUSTED });
    reset(world);
    expect(memory(world)).toEqual([]);
    expectGone(world);
    world.pass(60_000);
    expect(world.device.status())
      .toMatchObject({ online: false, account: "", pattern: "unclaimed" });
    world.restart();
    expect(world.device.status()).toMatchObject({ account: "", trust: [] });
    expect(dump(world)).toEqual([]);
  });

  test("what is under way is ended: a question, a challenge, a window", () => {
    const { world, authority, visitor } = live();
    authority.decide("silent");
    visitor.read("all='true'");
    world.stranger().befriend();
    reset(world);
    expect(memory(world)).toEqual([]);
    for (const question of authority.questions.slice(-2)) authority.reply(question, "yes");
    world.pass(20_000);
    expectGone(world);
    expect(visitor.hears().filter((one) => one.startsWith("fields"))).toEqual([]);
  });
});

test("T 7.17: nobody far away can ask for it", () => {
  const { world, authority, visitor } = live();
  const witness = new Witness(world);
  for (const name of ["reset", "factoryReset", "clearTrust", "unpair"]) {
    for (const ns of ["urn:xmpp:iot:provisioning", "urn:xmpp:iot:control", "urn:thingward:reset"]) {
      visitor.ask("set", `<${name} xmlns='${ns}'/>`);
      authority.actor.send(`<iq type='set' to='${world.jid}'><${name} xmlns='${ns}'/></iq>`);
      authority.actor.send(`<message to='${world.jid}'><${name} xmlns='${ns}'/></message>`);
    }
  }
  visitor.ask("set", "<command xmlns='http://jabber.org/protocol/commands' node='reset'/>");
  world.pass(1000);
  expect(witness.changes()).toEqual([]);
  expect(world.device.status().trust).toEqual(TRUSTED);
});

test("T 7.18: a hundred resets write a bounded lot each, and the board still works", () => {
  const { world, authority } = live();
  reset(world);
  let most = 0;
  let before = world.board.flash.operations;
  for (let i = 0; i < 100; i++) {
    reset(world);
    most = Math.max(most, world.board.flash.operations - before);
    before = world.board.flash.operations;
    if (i % 10 === 0) world.restart();
  }
  expect(most).toBeLessThan(20);
  world.pass(5000);
  expect(world.device.status()).toMatchObject({ online: true, defect: Fault.None });
  pair(world, authority);
});

describe("T 7.19: friends are told where they can be, and nobody is waited for", () => {
  /** Who is anything to the board, by its server's roster. */
  const roster = (world: World): string[] =>
    [...world.wire.account(world.account).roster.items].filter(([, one]) => one.from || one.to)
      .map(([jid]) => jid);

  test("online: at once; then it can be paired without a power cycle", () => {
    const { world, authority, visitor } = live();
    reset(world);
    const told = authority.actor.take().map(tell).filter((one) => /un?subscribed?$/.test(one));
    expect(told).toEqual(["presence unsubscribed", "presence unsubscribe"]);
    expect(visitor.hears()).toContain("presence unsubscribed");
    expect(roster(world)).toEqual([]);
    world.pass(3000);
    expect(world.device.status().online).toBe(true);
    pair(world, authority);
    world.dropStream();
    world.pass(5000);
    world.restart();
    // Whoever came after the reset stays.
    expect(world.device.status()).toMatchObject({ trust: TRUSTED, friends: TRUSTED });
  });

  test("offline: the flash at once, the friends when there is a network again", () => {
    const { world, authority } = live();
    world.board.network.setUp(false);
    world.wire.stream.close();
    world.pass(1000);
    reset(world);
    expectGone(world);
    expect(roster(world)).toEqual(expect.arrayContaining(["visitor@ex.org", "authority@ex.org"]));
    world.restart();
    expect(world.device.status()).toMatchObject({ online: false, trust: [] });
    world.board.network.setUp(true);
    world.pass(5000);
    expect(world.device.status()).toMatchObject({ online: true, trust: [], friends: [] });
    expect(roster(world)).toEqual([]);
    pair(world, authority);
  });

  test("a stream that takes nothing: done all the same", () => {
    const { world } = live();
    world.wire.quirks.bytesPerSecond = 1;
    reset(world);
    expectGone(world);
    expect(world.device.status().online).toBe(false);
  });

  test("more friends than fit into one goodbye are all told before it is seen again", () => {
    const { world } = live();
    const all = world.wire.account(world.account).roster;
    for (let i = 0; i < 2 * FRIENDS_MAX; i++) all.befriend(`friend${i}@${"x".repeat(60)}.org`);
    expect(all.items.size * 3 * 70).toBeGreaterThan(2 * FAREWELL_BYTES_MAX);
    world.dropStream();
    world.pass(3000);
    reset(world);
    world.pass(5000);
    expect(roster(world)).toEqual([]);
    expect(world.device.status()).toMatchObject({ online: true, friends: [] });
    const operations = world.board.flash.operations;
    world.dropStream();
    world.pass(5000);
    expect(world.board.flash.operations).toBe(operations);
  });

  test("a server that keeps them is not asked for ever", () => {
    const { world } = live();
    const { roster: kept } = world.wire.account(world.account);
    kept.remove = () => {};
    reset(world);
    world.pass(10_000);
    expect(world.device.status().online).toBe(true);
    expect(world.device.status().trust).toEqual([]);
    const said = world.board.flash.operations;
    world.dropStream();
    world.pass(5000);
    expect(world.board.flash.operations).toBe(said);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile resets")).toBe("");
});
