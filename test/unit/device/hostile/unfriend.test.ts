/** HOSTILE-TESTS 3.4 to 3.6: whom the provisioning server can unfriend, and when. */
import { describe, expect, test } from "vitest";
import { REVOCATIONS_MAX, REVOCATION_MS } from "../../../../firmware/config.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";
import { deliver, PROVISIONING, said } from "./cast.js";

describe("T 3.4: unfriend of what cannot be unfriended", () => {
  test.each([
    ["the provisioning server", AUTHORITY_COMPONENT],
    ["the device", "dev@ex.org"],
    ["nothing", ""],
    ["no JID", "not a jid"],
    ["an unknown", "unknown@ex.org"],
    ["the first part of a friend", "visitor"],
    ["a friend's look-alike", "v\u0456sitor@ex.org"],
  ])("%s: nothing happens", (_who, jid) => {
    const world = new World();
    world.friend();
    world.trusting();
    const witness = new Witness(world);
    const before = said(world).length;
    deliver(world, AUTHORITY_COMPONENT, `<message><unfriend ${PROVISIONING} jid='${jid}'/></message>`);
    expect(said(world).slice(before)).toEqual([]);
    expect(witness.changes()).toEqual([]);
    expect(world.device.status().friends).toEqual(["visitor@ex.org"]);
    expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT]);
  });

  test.each(["visitor@ex.org/phone", "Visitor@EX.ORG"])("T 3.4: %s is the friend", (jid) => {
    const world = new World();
    const visitor = world.friend();
    world.trusting().command("unfriend", jid);
    expect(visitor.hears()).toEqual(["presence unsubscribed", "presence unsubscribe"]);
    expect(world.device.status().friends).toEqual([]);
  });
});

test("T 3.5: unfriending ends what runs, and forgets what was granted", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  visitor.read();
  visitor.switch("relay2", true);
  world.pass(1000);
  expect(world.device.status().entries).toBe(2);
  authority.decide("silent");
  visitor.read("status='true'");
  visitor.set("<node nodeId='relay1'/><node nodeId='relay2'/>" +
    "<boolean name='Output' value='true'/>");
  const pending = authority.questions.slice(-2);
  visitor.hears();
  authority.command("unfriend", "visitor@ex.org");
  for (const one of pending) authority.reply(one, "yes");
  world.settle();
  world.pass(11_000);
  const heard = visitor.hears();
  expect(heard.filter((one) => /^(cancel.forbidden|wait)/.test(one)).length).toBe(2);
  expect(heard).toContain("presence unsubscribed");
  expect(heard).toContain("presence unsubscribe");
  expect(heard.length).toBe(4);
  expect(world.relays.relay1!.on).toBe(false);
  expect(world.device.status().entries).toBe(0);
  expect(world.ledger.problems()).toEqual([]);
});

describe("T 3.6: commands that waited while the device was away", () => {
  function returning(name: string, jid: string): World {
    const world = new World();
    world.friend();
    const authority = world.trusting(AUTHORITY_ACCOUNT);
    authority.decide("no");
    authority.hears();
    world.dropStream();
    authority.actor.send(`<message to='${world.account}'><${name} ${PROVISIONING} jid='${jid}'/></message>`);
    world.pass(5000);
    expect(world.device.status().online).toBe(true);
    expect(authority.hears()).toEqual(name === "friend" ? ["isFriend"] : []);
    return world;
  }

  test("an unfriend is honoured", () => {
    const world = returning("unfriend", "visitor@ex.org");
    expect(world.device.status().friends).toEqual(["authority@ex.org"]);
  });

  test("a friend is asked about first, and the answer is no", () => {
    const world = returning("friend", "new@ex.org");
    const subscribed = world.wire.stream.received
      .filter((one) => one.attributes.type === "subscribe");
    expect(subscribed).toEqual([]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("unfriending")).toBe("");
});

describe("however many: each is on flash before it is said", () => {
  const jid = (i: number): string => `friend${i}@ex.org`;

  /** So many friends, each of them unfriended at once. */
  function crowd(count: number): World {
    const world = new World();
    const authority = world.trusting();
    authority.decide("yes");
    for (let i = 0; i < count; i++) {
      world.stranger(`${jid(i)}/x`).befriend();
      expect(world.device.status().friends).toContain(jid(i));
      deliver(world, AUTHORITY_COMPONENT,
        `<message><unfriend ${PROVISIONING} jid='${jid(i)}'/></message>`);
    }
    return world;
  }

  const told = (world: World): string[] => world.wire.stream.received
    .filter((one) => one.attributes.type === "unsubscribed").map((one) => one.attributes.to!);

  test("as many as there can be friends are told at once", () => {
    const world = crowd(REVOCATIONS_MAX);
    expect(told(world)).toEqual(Array.from({ length: REVOCATIONS_MAX }, (_, i) => jid(i)));
    expect(world.device.status().friends).toEqual([]);
  });

  test("one more has no rights at once, and is told when it is on flash", () => {
    const world = crowd(REVOCATIONS_MAX + 1);
    const last = jid(REVOCATIONS_MAX);
    expect(told(world)).not.toContain(last);
    expect(world.device.status().friends).toEqual([]);
    expect(world.board.flash.image().includes(last)).toBe(false);
    world.skip(REVOCATION_MS);
    expect(told(world)).toContain(last);
    expect(world.device.status().friends).toEqual([]);
  });
});
