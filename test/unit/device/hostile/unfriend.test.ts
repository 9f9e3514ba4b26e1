/** HOSTILE-TESTS 3.4 to 3.6: whom the provisioning server can unfriend, and when. */
import { describe, expect, test } from "vitest";
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
