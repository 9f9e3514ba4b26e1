/** HOSTILE-TESTS 7.1 to 7.6, 7.9: the pairing window. */
import { describe, expect, test } from "vitest";
import {
  DELEGATION_MS, PAIRING_PERIOD_MS, PAIRING_WINDOW_MS, TICK_MS, WINDOWS_MAX, WINDOWS_PER_JID_MAX,
} from "../../../../firmware/config.js";
import { Authority } from "../../../sim/authority.js";
import { parse } from "../../../sim/markup.js";
import { AUTHORITY_ACCOUNT, World, catalogue } from "../../../sim/world.js";
import { ask, heard, strangers, type Strangers, TRUSTED } from "./cast.js";

/** Half of the time, and what the rounding to ticks adds. */
const LIT_SHARE = 0.55;

test("T 7.1: the light blinks at most 30 s, and a press accepts that JID alone", () => {
  const one = strangers();
  const { world, authority } = one;
  ask(one);
  const stranger = world.stranger();
  world.pass(29_000);
  expect(world.board.led.transitions.length).toBeGreaterThan(100);
  world.owner.press();
  expect(heard(authority)).toEqual(["presence subscribed"]);
  expect(world.device.status().trust).toEqual(TRUSTED);
  expect(world.device.status().friends).toEqual(TRUSTED);
  expect(stranger.hears()).toEqual([]);
  world.pass(PAIRING_WINDOW_MS);
  expect(world.owner.litMs(0, world.board.clock.nowMs())).toBeLessThanOrEqual(PAIRING_WINDOW_MS);
  expect(world.board.led.on).toBe(false);
});

test("T 7.2: who asks second is refused at once, and the press is not for it", () => {
  const one = strangers();
  ask(one);
  const stranger = one.world.stranger();
  for (let i = 0; i < 5; i++) stranger.befriend();
  expect(stranger.hears()).toEqual(Array(5).fill("presence unsubscribed"));
  one.world.owner.press();
  expect(one.world.device.status().trust).toEqual(TRUSTED);
  expect(one.world.device.status().friends).toEqual(TRUSTED);
});

test("T 7.3: a stranger that is first gets the press, but no trust without being a server", () => {
  const one = strangers();
  const stranger = one.world.stranger();
  stranger.befriend();
  ask(one);
  expect(heard(one.authority)).toEqual(["presence unsubscribed"]);
  one.world.owner.press();
  one.world.pass(DELEGATION_MS);
  expect(one.world.device.status().trust).toEqual([]);
  stranger.actor.take();
  stranger.read();
  expect(stranger.hears()).toEqual(["cancel/forbidden"]);
  // And the right one can still come.
  ask(one);
  expect(one.world.owner.seesBlinking()).toBe(true);
});

describe("T 7.4: nobody keeps the light lit", () => {
  test("one JID that asks every 29 s", () => {
    const world = new World();
    world.start();
    const stranger = world.stranger();
    const startMs = world.board.clock.nowMs();
    for (let i = 0; i < 20; i++) {
      stranger.befriend();
      world.pass(29_000);
      stranger.actor.send(`<presence type='unsubscribe' to='${world.account}'/>`);
      world.pass(1000);
    }
    const lit = world.owner.litMs(startMs, world.board.clock.nowMs());
    expect(lit).toBeGreaterThan(0);
    expect(lit).toBeLessThanOrEqual(WINDOWS_PER_JID_MAX * PAIRING_WINDOW_MS * LIT_SHARE);
  });

  test("a hundred JIDs, one after the other", () => {
    const world = new World();
    world.start();
    const startMs = world.board.clock.nowMs();
    for (let i = 0; i < 20; i++) {
      world.stranger(`e${i}@far.example/r`).befriend();
      world.pass(PAIRING_PERIOD_MS / 20);
    }
    const lit = world.owner.litMs(startMs, world.board.clock.nowMs());
    expect(lit).toBeLessThanOrEqual(WINDOWS_MAX * PAIRING_WINDOW_MS * LIT_SHARE);
    world.skip(PAIRING_PERIOD_MS);
    const late = { world, authority: new Authority(world, AUTHORITY_ACCOUNT) };
    ask(late);
    expect(world.owner.seesBlinking()).toBe(true);
  });
});

test("T 7.5: a request that is delivered again at each connection opens few windows", () => {
  const one = strangers();
  const { world } = one;
  ask(one);
  let windows = 0;
  for (let i = 0; i < 12; i++) {
    world.pass(1000);
    if (world.device.status().pattern === "pairing") windows++;
    world.dropStream();
    expect(world.board.led.on).toBe(false);
    world.pass(2000);
    while (!world.device.status().online) world.pass(1000);
  }
  expect(windows).toBeGreaterThan(0);
  expect(windows).toBeLessThanOrEqual(WINDOWS_PER_JID_MAX);
});

describe("T 7.6: a request is from a bare JID, however it is dressed", () => {
  test.each([
    ["a resource", "from='authority@ex.org/home' to='dev@ex.org'", ""],
    ["a full to", "from='authority@ex.org' to='{full}'", ""],
    ["an id and children", "id='7' from='authority@ex.org' to='dev@ex.org'",
      "<status>let me in</status><c xmlns='http://jabber.org/protocol/caps' ver='x'/>"],
    ["another case", "from='Authority@EX.ORG' to='dev@ex.org'", ""],
  ])("%s", (_what, attributes, inner) => {
    const { world, authority } = strangers();
    const roster = world.wire.account(world.account).roster;
    const dressed = attributes.replace("{full}", world.jid);
    const stanza = parse(`<presence type='subscribe' ${dressed}>${inner}</presence>`);
    roster.item("authority@ex.org").pending = stanza;
    world.wire.account("authority@ex.org").roster.item(world.account).ask = true;
    world.wire.stream.send(stanza);
    world.settle();
    expect(world.owner.seesBlinking()).toBe(true);
    world.owner.press();
    expect(heard(authority)).toEqual(["presence subscribed"]);
    expect(world.device.status().trust).toEqual(TRUSTED);
  });
});

describe("T 7.9: without its candidate the window closes", () => {
  test.each([
    ["it takes the request back", (one: Strangers) => {
      one.authority.actor.send(`<presence type='unsubscribe' to='${one.world.account}'/>`);
      one.world.settle();
    }],
    ["the stream drops", (one: Strangers) => one.world.dropStream()],
    ["the link is lost", (one: Strangers) => {
      one.world.board.network.setUp(false);
      one.world.wire.stream.close();
      one.world.pass(85_000);
    }],
  ])("%s", (_what, act) => {
    const one = strangers();
    ask(one);
    expect(one.world.owner.seesBlinking()).toBe(true);
    act(one);
    expect(one.world.device.status().pattern).toBe("off");
    expect(one.world.board.led.on).toBe(false);
    one.world.board.button.down = true;
    one.world.pass(3 * TICK_MS);
    expect(one.world.device.status().trust).toEqual([]);
    one.authority.actor.take();
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile windows")).toBe("");
});
