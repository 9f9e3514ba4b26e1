/** HOSTILE-TESTS 3: the provisioning server's commands, from whoever is not it. */
import { describe, expect, test } from "vitest";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";
import { deliver, PROVISIONING, said } from "./cast.js";

const CLEAR = `<clearCache ${PROVISIONING}/>`;

const UNFRIEND = `<unfriend ${PROVISIONING} jid='visitor@ex.org'/>`;

const FRIEND = `<friend ${PROVISIONING} jid='friend@ex.org'/>`;

const OTHERS: [string, string][] = [
  ["a stranger", "evil@ex.org/x"],
  ["a stranger's bare JID", "evil@ex.org"],
  ["a friend", "visitor@ex.org/phone"],
  ["the own server", "ex.org"],
  ["the own server, without from", ""],
  ["the own account", "dev@ex.org"],
  ["a domain below the provisioning server's", "x.provisioning.ex.org"],
  ["an account of the provisioning server's domain", "evil@provisioning.ex.org"],
  ["a look-alike", "prov\u0456sioning.ex.org"],
];

describe("T 3.1: clearCache by others is forbidden, and the cache is as before", () => {
  test.each(OTHERS)("%s", (_who, from) => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting();
    authority.decide("yes");
    visitor.read();
    visitor.hears();
    const witness = new Witness(world);
    const before = said(world).length;
    deliver(world, from, `<iq type='set' id='cc'>${CLEAR}</iq>`);
    expect(said(world).slice(before)).toEqual(["error"]);
    expect(witness.changes()).toEqual([]);
    expect(world.device.status().entries).toBe(1);
    authority.hears();
    visitor.hears();
    visitor.read();
    expect(visitor.hears()[0]).toBe("accepted");
    expect(authority.hears()).toEqual([]);
  });
});

describe("T 3.2, 3.3, 3.12: messages that command are silence from others", () => {
  test.each(OTHERS)("%s", (_who, from) => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting();
    const witness = new Witness(world);
    const before = said(world).length;
    for (const payload of [UNFRIEND, FRIEND, CLEAR]) {
      for (const to of [world.jid, world.account]) {
        deliver(world, from, `<message>${payload}</message>`, to);
        deliver(world, from, `<message type='headline'>${payload}</message>`, to);
      }
    }
    expect(said(world).slice(before)).toEqual([]);
    expect(witness.changes()).toEqual([]);
    expect(authority.hears()).toEqual([]);
    expect(visitor.hears()).toEqual([]);
    expect(world.device.status().friends).toEqual(["visitor@ex.org"]);
  });

  test("as an iq they are nothing that the device knows", () => {
    const world = new World();
    const visitor = world.friend();
    const authority = world.trusting();
    const stranger = world.stranger();
    const witness = new Witness(world);
    for (const payload of [UNFRIEND, FRIEND]) stranger.ask("set", payload);
    stranger.ask("get", CLEAR);
    expect(stranger.hears()).toEqual(Array(3).fill("cancel/service-unavailable"));
    expect(visitor.hears()).toEqual([]);
    expect(authority.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });
});

test("T 3.12: clearCache by message is ignored from the provisioning server, too", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  visitor.read();
  const witness = new Witness(world);
  deliver(world, AUTHORITY_COMPONENT, `<message>${CLEAR}</message>`);
  expect(world.device.status().entries).toBe(1);
  expect(witness.changes()).toEqual([]);
});

test("T 3.9: a storm of clearCache is acknowledged each time, and costs one write", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  visitor.read();
  expect(world.device.status().entries).toBe(1);
  const before = world.board.flash.writes;
  for (let i = 0; i < 1000; i++) authority.clearCache();
  const answers = authority.actor.takeSaid();
  expect(answers.filter((one) => one.attributes.type === "result").length).toBe(1000);
  expect(world.device.status().entries).toBe(0);
  expect(world.board.flash.writes - before).toBeLessThanOrEqual(1);
  expect(world.ledger.problems()).toEqual([]);
});

test("T 3.9: an acknowledged clearing outlives a power cut right behind it", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  visitor.read();
  visitor.hears();
  authority.clearCache();
  world.restart();
  expect(world.device.status().entries).toBe(0);
  authority.decide("no");
  visitor.read();
  expect(visitor.hears()).toEqual(["cancel/forbidden"]);
});

describe("T 3.10: before any trust exists nobody commands", () => {
  test.each(["evil@ex.org/x", "ex.org", "", AUTHORITY_ACCOUNT])("from '%s'", (from) => {
    const world = new World();
    world.friend();
    world.start();
    const witness = new Witness(world);
    const before = said(world).length;
    for (const payload of [UNFRIEND, FRIEND, CLEAR]) {
      deliver(world, from, `<message>${payload}</message>`);
    }
    expect(said(world).slice(before)).toEqual([]);
    deliver(world, from, `<iq type='set' id='cc'>${CLEAR}</iq>`);
    expect(said(world).slice(before)).toEqual(["error"]);
    expect(world.device.status().friends).toEqual(["visitor@ex.org"]);
    expect(witness.changes()).toEqual([]);
  });
});

test("T 3.11: the device is no provisioning server, and does not say that it is one", () => {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  const witness = new Witness(world);
  for (const verb of ["isFriend", "canRead", "canControl"]) {
    const payload = `<${verb} ${PROVISIONING} jid='visitor@ex.org'/>`;
    authority.actor.send(`<iq type='get' to='${world.jid}'>${payload}</iq>`);
    visitor.ask("get", payload);
  }
  world.settle();
  expect(visitor.hears()).toEqual(Array(3).fill("cancel/service-unavailable"));
  expect(authority.actor.takeSaid().length).toBe(3);
  visitor.ask("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  const info = visitor.actor.takeSaid()[0]!;
  const features = JSON.stringify(info);
  expect(features).toContain("urn:xmpp:iot:sensordata");
  expect(features).toContain("urn:xmpp:iot:control");
  expect(features).not.toContain("urn:xmpp:iot:provisioning");
  expect(witness.changes()).toEqual([]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile commands")).toBe("");
});
