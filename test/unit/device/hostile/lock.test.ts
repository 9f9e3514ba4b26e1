/**
 * HOSTILE-TESTS 7.14 (REQUIREMENTS R76): once trust is delegated only its holder can allow more,
 * and only a factory reset takes it away.
 */
import { describe, expect, test } from "vitest";
import { RESET_HOLD_MS, RESET_WARN_MS } from "../../../../firmware/config.js";
import { Authority } from "../../../sim/authority.js";
import { parse } from "../../../sim/markup.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";
import type { Options } from "../../../sim/world.js";
import { PROVISIONING, TRUSTED } from "./cast.js";

const SECOND = "second@ex.org/s";

interface Cast {
  world: World;
  authority: Authority;
  second: Authority;
}

/** Paired by a press; `second` is a provisioning server as well, and wants to be trusted. */
function locked(options: Options = {}): Cast {
  const world = new World(options);
  const authority = new Authority(world, AUTHORITY_ACCOUNT);
  const second = new Authority(world, SECOND);
  world.start();
  authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
  world.owner.press();
  world.pass(5000);
  expect(world.device.status().trust).toEqual(TRUSTED);
  authority.decide("no");
  authority.actor.take();
  return { world, authority, second };
}

const ask = ({ world, second }: Cast): void => {
  second.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
};

/** Whatever came before: second is nobody, and authority's word counts. */
function expectLocked(one: Cast): void {
  const { world, authority } = one;
  expect(world.device.status().trust).toEqual(TRUSTED);
  const visitor = world.friend();
  authority.decide("yes", "canRead");
  visitor.read();
  expect(visitor.hears().join()).toContain("Temperature");
}

describe("a passer-by with a finger", () => {
  test.each([
    ["a short press", 160],
    ["a longer one", RESET_WARN_MS],
    ["one that is nearly a reset", RESET_HOLD_MS - 1],
  ])("%s accepts nobody and changes nothing", (_what, ms) => {
    const one = locked();
    ask(one);
    one.world.owner.press(ms);
    ask(one);
    one.world.owner.press();
    one.world.pass(2000);
    expect(one.second.actor.takeSaid().map((stanza) => stanza.attributes.type))
      .toEqual(["unsubscribed", "unsubscribed"]);
    expectLocked(one);
  });

  test("a press while the first server is silent, and at every moment of a request", () => {
    const one = locked();
    one.authority.decide("silent");
    ask(one);
    for (let i = 0; i < 15; i++) one.world.owner.press(1000);
    one.authority.decide("no");
    expectLocked(one);
  });

  test("a press around a power cut, a lost stream, a network that is gone", () => {
    const one = locked();
    ask(one);
    one.world.owner.hold();
    one.world.restart();
    one.world.owner.release();
    one.world.pass(200);
    one.world.owner.press();
    one.world.dropStream();
    one.world.owner.press();
    one.world.pass(5000);
    ask(one);
    one.world.owner.press();
    expectLocked(one);
  });
});

describe("somebody on the network", () => {
  test("what only the first may say, said by the second, allows nothing", () => {
    const one = locked();
    const { world, second } = one;
    const jid = "second@ex.org";
    for (const xml of [
      `<message to='${world.jid}'><friend ${PROVISIONING} jid='${jid}'/></message>`,
      `<message to='${world.jid}'><unfriend ${PROVISIONING} jid='authority@ex.org'/></message>`,
      `<iq type='set' to='${world.jid}'><clearCache ${PROVISIONING}/></iq>`,
      `<iq type='set' to='${world.jid}'><isFriendResponse ${PROVISIONING} jid='${jid}' result='true' ` +
        "secondaryTrustAllowed='true'/></iq>",
      `<message to='${world.jid}'><isFriendResponse ${PROVISIONING} jid='${jid}' result='false' ` +
        "secondaryTrustAllowed='true'/></message>",
    ]) {
      second.actor.send(xml);
      world.settle();
      expect(world.owner.seesDark()).toBe(true);
      world.owner.press();
    }
    ask(one);
    world.owner.press();
    expectLocked(one);
  });

  test("the first is not trusted less for what presences and rosters say", () => {
    const one = locked();
    const { world, authority } = one;
    for (const type of ["unsubscribe", "unsubscribed", "unavailable"]) {
      world.wire.stream.send(parse(`<presence type='${type}' from='authority@ex.org'/>`));
    }
    for (const word of ["none", "remove"]) {
      world.wire.stream.send(parse(`<iq type='set' id='p${word}' from='${world.account}'><query ` +
        "xmlns='jabber:iq:roster'><item jid='authority@ex.org' " +
        `subscription='${word}'/></query></iq>`));
    }
    world.settle();
    ask(one);
    world.owner.press();
    expect(world.device.status().trust).toEqual(TRUSTED);
    world.dropStream();
    world.pass(5000);
    authority.actor.take();
    expectLocked(one);
  });

  test("even the first cannot take its own trust away, nor pass it on", () => {
    const one = locked();
    const { world, authority } = one;
    authority.command("unfriend", "authority@ex.org");
    authority.actor.features = [];
    authority.command("friend", "second@ex.org");
    world.pass(2000);
    world.dropStream();
    world.pass(5000);
    expectLocked(one);
  });

  test("the first alone allows a second, and then it takes a press all the same", () => {
    const one = locked();
    const { world, authority } = one;
    authority.decide(`<isFriendResponse ${PROVISIONING} jid='second@ex.org' result='false' ` +
      "secondaryTrustAllowed='true'/>", "isFriend");
    ask(one);
    expect(world.device.status().pattern).toBe("pairing");
    world.pass(40_000);
    expect(world.device.status().trust).toEqual(TRUSTED);
    ask(one);
    world.owner.press();
    world.pass(2000);
    expect(world.device.status().trust).toEqual([...TRUSTED, "second@ex.org"]);
  });
});

describe("whoever can change the settings", () => {
  test.each([AUTHORITY_COMPONENT, "second@ex.org", "*"])(
    "another provisioning server in them, %s, is not asked", (jid) => {
      const one = locked();
      const component = new Authority(one.world, AUTHORITY_COMPONENT);
      one.world.options.provisioning = jid;
      one.world.restart();
      one.world.pass(5000);
      expect(component.actor.takeSaid()).toEqual([]);
      expectLocked(one);
    });

  test("another password of the same account keeps the trust, and is used", () => {
    const one = locked();
    one.world.options.password = "wrong";
    one.world.restart();
    expect(one.world.device.status()).toMatchObject({ online: false, trust: TRUSTED });
  });

  test("another account begins anew: trust is nothing that can be carried to another server", () => {
    const one = locked();
    const { world } = one;
    const decisions = world.friend();
    one.authority.decide("yes", "canRead");
    decisions.read();
    world.options.account = "other@ex.org";
    world.restart();
    expect(world.device.status()).toMatchObject({ account: "other@ex.org", trust: [], entries: 0 });
    expect(world.board.flash.image().includes("authority@ex.org")).toBe(false);
    expect(world.board.flash.image().includes("dev@ex.org")).toBe(false);
  });
});

test("only the factory reset takes trust away; then the first comer may ask", () => {
  const one = locked();
  one.world.owner.press(RESET_HOLD_MS + 100);
  expect(one.world.device.status().trust).toEqual([]);
  one.world.pass(5000);
  ask(one);
  expect(one.world.device.status().pattern).toBe("pairing");
  one.world.owner.press();
  one.world.pass(2000);
  expect(one.world.device.status().trust).toEqual(["second@ex.org"]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile locks")).toBe("");
});
