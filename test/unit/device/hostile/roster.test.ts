/** HOSTILE-TESTS 2: rosters, presence and subscriptions of the untrusted. */
import { describe, expect, test } from "vitest";
import { FRIENDS_MAX } from "../../../../firmware/config.js";
import { NS_PROVISIONING } from "../../../sim/authority.js";
import { parse } from "../../../sim/markup.js";
import { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, World, catalogue } from "../../../sim/world.js";

const PUSH = "<query xmlns='jabber:iq:roster'>" +
  "<item jid='evil@ex.org' subscription='both'/></query>";

function push(world: World, from: string | null): void {
  const stanza = parse(`<iq type='set' id='p1'>${PUSH}</iq>`);
  if (from !== null) stanza.attributes.from = from;
  stanza.attributes.to = world.jid;
  world.wire.stream.send(stanza);
  world.settle();
}

test("T 2.1: a stranger's roster push is refused, and changes nothing (CVE-2015-8688)", () => {
  const world = new World();
  const authority = world.trusting();
  const stranger = world.stranger();
  const witness = new Witness(world);
  stranger.ask("set", PUSH);
  expect(stranger.hears()).toEqual(["cancel/service-unavailable"]);
  stranger.read();
  expect(stranger.hears()).toEqual(["cancel/forbidden"]);
  expect(world.device.status().friends).toEqual([]);
  expect(authority.hears()).toEqual([]);
  expect(witness.changes()).toEqual([]);
});

describe("T 2.2: a roster push counts from the own account alone", () => {
  test.each([
    ["no from", () => null, true],
    ["the own bare JID", (world: World) => world.account, true],
    ["the own full JID", (world: World) => world.jid, false],
    ["the server's domain", () => "ex.org", false],
    ["the provisioning server", () => AUTHORITY_ACCOUNT, false],
    ["a friend", () => "visitor@ex.org/phone", false],
  ])("%s", (_what, from, isAccepted) => {
    const world = new World();
    world.friend();
    world.trusting(AUTHORITY_ACCOUNT);
    push(world, from(world));
    world.ledger.forget();
    expect(world.device.status().friends.includes("evil@ex.org")).toBe(isAccepted);
  });
});

test("T 2.3: a roster of 50000 items streams by; a bounded part is kept", () => {
  const world = new World();
  const items = Array.from({ length: 50_000 },
    (_, i) => `<item jid='u${i}@ex.org' subscription='both'/>`).join("");
  world.trusting();
  world.wire.quirks.silent.push("roster");
  world.dropStream();
  world.pass(1500);
  const get = world.wire.stream.received.find((one) => one.attributes.type === "get")!;
  world.wire.stream.raw(`<iq type='result' id='${get.attributes.id}' to='${world.jid}'>` +
    `<query xmlns='jabber:iq:roster'>${items}</query></iq>`);
  world.pass(3000);
  const { online, friends } = world.device.status();
  expect(online).toBe(true);
  expect(friends.length).toBe(FRIENDS_MAX);
  expect(world.wire.streams.length).toBe(2);
});

test("T 2.5: a caps hash proves nothing: who has a provisioning server's is asked", () => {
  const world = new World();
  world.start();
  const liar = world.stranger();
  liar.actor.features = [];
  liar.befriend();
  world.owner.press();
  liar.actor.send(`<presence type='subscribed' to='${world.account}'/>`);
  liar.actor.send("<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' " +
    `node='${NS_PROVISIONING}' ver='GcwPIqWTbyPTAoKDIsSPHJvvsoU='/></presence>`);
  world.settle();
  expect(world.device.status().trust).toEqual([]);
});

describe("T 2.6: odd presences touch nobody else, and no light", () => {
  const types = ["unsubscribe", "unsubscribed", "probe", "error", "unavailable", "foo"];
  test.each(types)("%s", (type) => {
    const world = new World();
    const visitor = world.friend();
    world.trusting();
    const stranger = world.stranger();
    const witness = new Witness(world);
    for (const to of [world.jid, world.account]) {
      const stanza = parse(`<presence type='${type}' from='evil@ex.org' to='${to}'/>`);
      world.wire.stream.send(stanza);
      world.settle();
    }
    expect(stranger.hears()).toEqual([]);
    expect(visitor.hears()).toEqual([]);
    expect(world.device.status().friends).toEqual(["visitor@ex.org"]);
    expect(witness.changes()).toEqual([]);
  });
});

test("T 2.7: an unsolicited `subscribed` makes no friend", () => {
  const world = new World();
  const authority = world.trusting();
  const witness = new Witness(world);
  world.wire.stream.send(
    parse(`<presence type='subscribed' from='evil@ex.org' to='${world.account}'/>`));
  world.settle();
  expect(world.device.status().friends).toEqual([]);
  expect(authority.hears()).toEqual([]);
  expect(witness.changes()).toEqual([]);
});

test("T 2.8: a friend that unsubscribes loses what is known of it, until it is one again", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
  visitor.actor.send(`<presence type='unsubscribe' to='${world.account}'/>`);
  world.settle();
  visitor.actor.take();
  authority.hears();
  visitor.read();
  visitor.switch("relay1", true);
  expect(visitor.hears()).toEqual(["cancel/forbidden", "cancel/forbidden"]);
  expect(authority.hears()).toEqual([]);
  expect(world.relays.relay1!.on).toBe(false);
  visitor.befriend();
  visitor.actor.take();
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
  expect(world.ledger.problems()).toEqual([]);
});

describe("T 2.9: where the provisioning server is, it says itself", () => {
  test.each([
    ["from a stranger", "evil@ex.org/x"],
    ["from a look-alike domain", "authority@ex.0rg/home"],
    ["from its server", "ex.org"],
  ])("%s", (_what, from) => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting(AUTHORITY_ACCOUNT);
    authority.decide("yes");
    world.wire.stream.send(parse(`<presence from='${from}' to='${world.jid}'/>`));
    world.wire.stream.send(
      parse(`<presence type='unavailable' from='${from}' to='${world.jid}'/>`));
    world.settle();
    visitor.read();
    expect(visitor.hears()[0]).toBe("accepted");
    expect(authority.hears()).toEqual(["canRead"]);
  });

  test("its own presence does, and another place of the same account is followed", () => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting(AUTHORITY_ACCOUNT);
    authority.decide("no");
    authority.actor.logout();
    world.settle();
    visitor.read();
    expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
    authority.actor.login();
    world.settle();
    visitor.read();
    expect(visitor.hears()).toEqual(["cancel/forbidden"]);
  });
});

test("T 2.10: a thousand strangers' presences leave no trace", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  const witness = new Witness(world);
  for (let i = 0; i < 1000; i++) {
    world.wire.stream.send(parse(`<presence from='u${i}@far.example/r' to='${world.jid}'/>`));
    if (i % 4 === 3) world.settle();
  }
  expect(witness.changes()).toEqual([]);
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
});

test("T 2.10: a thousand strangers' requests are asked about a few at a time", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("silent", "isFriend");
  authority.decide("yes", "canRead");
  const witness = new Witness(world);
  for (let i = 0; i < 1000; i++) {
    world.wire.stream.send(
      parse(`<presence type='subscribe' from='u${i}@far.example' to='${world.account}'/>`));
    if (i % 4 === 3) world.settle();
  }
  expect(authority.hears().length).toBeLessThanOrEqual(3);
  expect(witness.changes()).toEqual([]);
  const other = new Visitor(world, "visitor@ex.org/tablet");
  other.read();
  expect(other.hears()[0]).toBe("accepted");
  expect(visitor.hears()).toEqual([]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile rosters")).toBe("");
});
