/** HOSTILE-TESTS 10.10 to 10.18: control requests, and a server that hangs. */
import { describe, expect, test } from "vitest";
import { RELAY_DWELL_MS, REPEAT_MS } from "../../../../firmware/config.js";
import { childOf, parse, print } from "../../../sim/markup.js";
import { Witness } from "../../../sim/witness.js";
import { World, catalogue } from "../../../sim/world.js";
import { cast, ONE, READ_ONE } from "./cast.js";

const CONTROL = "xmlns='urn:xmpp:iot:control'";

const ON = "<boolean name='Output' value='true'/>";

describe("T 10.10: a value that is none executes nothing", () => {
  test.each([
    ["boolean", "banana"], ["boolean", ""], ["boolean", "TRUE"], ["boolean", "2"],
    ["boolean", "1e999"], ["boolean", "NaN"], ["int", "1"], ["int", "2147483648"],
    ["long", "9223372036854775808"], ["double", "INF"], ["int", "0x1"], ["color", "12345"],
    ["string", "true"], ["date", "true"],
  ])("%s '%s'", (type, value) => {
    const { world, visitor } = cast("yes");
    visitor.set(`<node nodeId='relay1'/><${type} name='Output' value='${value}'/>`);
    const [answer] = visitor.actor.takeSaid();
    const error = childOf(answer!, "error")!;
    expect(error.attributes.type).toBe("modify");
    expect(childOf(error, "bad-request")).toBeDefined();
    // XEP-0325 "control failure response", the closing tag mended (ERRATA N21).
    const detail = childOf(error, "paramError", "urn:xmpp:iot:control");
    expect(detail?.attributes.var).toBe("Output");
    expect(world.relays.relay1!.transitions).toEqual([]);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("a boolean without a value", () => {
    const { world, visitor } = cast("yes");
    visitor.set("<node nodeId='relay1'/><boolean name='Output'/>");
    expect(visitor.hears()).toEqual(["modify/bad-request"]);
    expect(world.relays.relay1!.transitions).toEqual([]);
  });
});

describe("T 10.11: one that is bad spoils all", () => {
  test.each([
    ["an unknown parameter", `<node nodeId='relay1'/>${ON}<boolean name='X' value='true'/>`,
      "cancel/item-not-found"],
    ["an unknown node", `<node nodeId='relay1'/><node nodeId='relay9'/>${ON}`,
      "cancel/item-not-found"],
    ["a node without that parameter", `<node nodeId='relay1'/><node nodeId='sensor'/>${ON}`,
      "cancel/item-not-found"],
    ["the same parameter twice",
      `<node nodeId='relay1'/>${ON}<boolean name='Output' value='false'/>`,
      "modify/bad-request"],
    ["a parameter without a name", `<node nodeId='relay1'/>${ON}<boolean value='true'/>`,
      "modify/bad-request"],
    ["no parameter", "<node nodeId='relay1'/>", "modify/bad-request"],
    ["nothing", "", "modify/bad-request"],
    ["a form beside a parameter",
      `<node nodeId='relay1'/>${ON}<x xmlns='jabber:x:data' type='submit'/>`,
      "modify/bad-request"],
  ])("%s", (_what, parameters, answer) => {
    const { world, visitor } = cast("yes");
    visitor.set(parameters);
    expect(visitor.hears()).toEqual([answer]);
    visitor.actor.send(`<message to='${world.jid}'><set ${CONTROL}>${parameters}</set></message>`);
    world.settle();
    expect(visitor.hears()).toEqual([]);
    expect(world.relays.relay1!.transitions).toEqual([]);
    expect(world.ledger.problems()).toEqual([]);
  });
});

describe("T 10.13: a relay that is switched a hundred times a second", () => {
  test("moves no faster than its contacts stand; the last wish wins; no flash is written", () => {
    const { world, visitor } = cast("yes");
    visitor.switch("relay1", true);
    const witness = new Witness(world);
    for (let i = 0; i < 500; i++) {
      visitor.switch("relay1", i % 2 === 0);
      world.pass(10, 10);
    }
    visitor.switch("relay1", true);
    world.pass(RELAY_DWELL_MS);
    const moves = world.relays.relay1!.transitions;
    expect(moves.length).toBeLessThanOrEqual(5000 / RELAY_DWELL_MS + 3);
    for (let i = 1; i < moves.length; i++) {
      expect(moves[i]!.atMs - moves[i - 1]!.atMs).toBeGreaterThanOrEqual(RELAY_DWELL_MS);
    }
    expect(world.relays.relay1!.on).toBe(true);
    expect(witness.changes()).toEqual(["relay"]);
    expect(visitor.hears()).toEqual(Array(502).fill("done"));
  });
});

describe("T 10.14: the same iq again", () => {
  function again(world: World, id: string, value: boolean): void {
    const stanza = parse(`<iq type='set' id='${id}' from='visitor@ex.org/phone'>` +
      `<set ${CONTROL}><node nodeId='relay1'/><boolean name='Output' value='${value}'/></set>` +
      "</iq>");
    stanza.attributes.to = world.jid;
    world.wire.route(stanza);
    world.settle();
    world.pass(RELAY_DWELL_MS);
  }

  test("is executed once, and answered as before", () => {
    const { world, visitor } = cast("yes");
    again(world, "7", true);
    expect(world.relays.relay1!.on).toBe(true);
    const first = print(visitor.actor.takeSaid()[0]!);
    const other = world.friend("other@ex.org/o");
    other.switch("relay1", false);
    world.pass(RELAY_DWELL_MS);
    again(world, "7", true);
    expect(print(visitor.actor.takeSaid()[0]!)).toBe(first);
    expect(world.relays.relay1!.on).toBe(false);
  });

  test("with another wish it is another request", () => {
    const { world, visitor } = cast("yes");
    again(world, "7", true);
    again(world, "7", false);
    expect(visitor.hears()).toEqual(["done", "done"]);
    expect(world.relays.relay1!.on).toBe(false);
    again(world, "7", true);
    expect(world.relays.relay1!.on).toBe(true);
  });

  test("after a while it is another request, too", () => {
    const { world } = cast("yes");
    again(world, "7", true);
    world.friend("other@ex.org/o").switch("relay1", false);
    world.pass(REPEAT_MS + 1000);
    again(world, "7", true);
    expect(world.relays.relay1!.on).toBe(true);
  });

  test("by somebody else it is that one's own", () => {
    const { world } = cast("yes");
    again(world, "7", true);
    const stranger = world.stranger();
    stranger.actor.send(`<iq type='set' id='7' to='${world.jid}'><set ${CONTROL}>` +
      "<node nodeId='relay1'/><boolean name='Output' value='true'/></set></iq>");
    world.settle();
    expect(stranger.hears()).toEqual(["cancel/forbidden"]);
  });
});

test("T 10.15: done, but the connection was lost before the answer: a read-out shows it", () => {
  const { world, visitor, authority } = cast("silent");
  visitor.switch("relay1", true);
  authority.reply(authority.questions[0]!, "yes");
  world.wire.stream.peer.pause();
  world.settle();
  world.dropStream();
  expect(world.relays.relay1!.on).toBe(true);
  world.pass(5000);
  visitor.actor.take();
  authority.decide("yes");
  visitor.read("momentary='true'", "<node nodeId='relay1'/>");
  expect(visitor.hears()).toEqual(["accepted", "fields relay1/Output=true done"]);
});

test("T 10.16: a part is granted: that part is executed, and reported", () => {
  const { world, visitor, authority } = cast("yes");
  authority.decide("<canControlResponse xmlns='urn:xmpp:iot:provisioning' jid='visitor@ex.org' " +
    "result='true'><node nodeId='relay2'/></canControlResponse>", "canControl");
  visitor.set(`<node nodeId='relay1'/><node nodeId='relay2'/>${ON}`);
  expect(visitor.hears()).toEqual(["done node relay2"]);
  expect([world.relays.relay1!.on, world.relays.relay2!.on]).toEqual([false, true]);
});

describe("T 10.18: the provisioning server hangs, and everybody asks", () => {
  test("friends whose grants are known are served all the same", () => {
    const { world, visitor, authority } = cast("yes");
    visitor.read("momentary='true'", ONE);
    visitor.hears();
    const friends = Array.from({ length: 20 }, (_, i) => world.friend(`f${i}@ex.org/r`));
    authority.decide("silent");
    authority.hears();
    for (let i = 0; i < 50; i++) {
      world.stranger(`s${i}@far.example/r`).befriend();
      friends[i % 20]!.read(`momentary='true' serviceToken='T${i}'`);
    }
    const asked = authority.hears();
    expect(asked.filter((one) => one === "isFriend").length).toBeGreaterThan(0);
    expect(asked.filter((one) => one === "canRead").length).toBeGreaterThan(4);
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual(READ_ONE);
    world.pass(11_000);
    for (const one of friends) {
      for (const word of one.hears()) expect(word).toMatch(/^wait\//);
    }
    expect(world.ledger.problems()).toEqual([]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile control")).toBe("");
});
