/** HOSTILE-TESTS 10: read-outs and control requests of strangers, and of friends gone wild. */
import { describe, expect, test } from "vitest";
import {
  CALLS_MAX, CALLS_PER_JID_MAX, NAMES_MAX, NAME_BYTES_MAX, RELAY_DWELL_MS, REPEAT_MS,
  TOKENS_BYTES_MAX,
} from "../../../../firmware/config.js";
import type { Authority } from "../../../sim/authority.js";
import { childOf, parse, print } from "../../../sim/markup.js";
import type { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { World, catalogue } from "../../../sim/world.js";

const SENSORDATA = "xmlns='urn:xmpp:iot:sensordata'";
const CONTROL = "xmlns='urn:xmpp:iot:control'";
const ON = "<boolean name='Output' value='true'/>";
const ONE = "<node nodeId='sensor'/><field name='Temperature'/>";
const READ_ONE = ["accepted", "fields sensor/Temperature=21.5 done"];
const BUSY = "wait/resource-constraint";

interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

function cast(say = "yes"): Cast {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide(say);
  return { world, visitor, authority };
}

describe("T 10.1: a stranger hears forbidden, whatever it asks", () => {
  const asked: [string, string, string, string][] = [
    ["req", "get", `<req ${SENSORDATA} seqnr='1' momentary='true'>`, "</req>"],
    ["set", "set", `<set ${CONTROL}>`, `${ON}</set>`],
    ["getForm", "get", `<getForm ${CONTROL}>`, "</getForm>"],
    ["cancel", "get", `<cancel ${SENSORDATA} seqnr='1'>`, "</cancel>"],
  ];
  test.each(asked)("%s", (_what, type, open, close) => {
    const { world, authority } = cast();
    const stranger = world.stranger();
    const witness = new Witness(world);
    const answers = new Set<string>();
    for (const inner of ["", "<node nodeId='relay1'/>", "<node nodeId='nowhere'/>",
      "<field name='Temperature'/>", "<field name='Nothing'/>", "<node/>", "<x xmlns='urn:x'/>"]) {
      stranger.ask(type, open + inner + close);
      const [answer] = stranger.actor.take();
      delete answer!.attributes.id;
      answers.add(print(answer!));
    }
    expect([...answers].length).toBe(1);
    expect([...answers][0]).toContain("forbidden");
    expect(authority.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });
});

describe("T 10.2: a stranger's messages are silence, and nobody is asked about them", () => {
  test.each([
    ["to the full JID", "{full}", ""],
    ["to the bare JID", "dev@ex.org", ""],
    ["of type chat", "{full}", "type='chat'"],
    ["of type error", "{full}", "type='error'"],
    ["with an id", "{full}", "id='1'"],
  ])("%s", (_what, to, attributes) => {
    const { world, authority } = cast();
    const stranger = world.stranger();
    const witness = new Witness(world);
    for (const payload of [`<set ${CONTROL}>${ON}</set>`,
      `<set ${CONTROL}><node nodeId='relay1'/>${ON}</set>`, `<req ${SENSORDATA} seqnr='1'/>`]) {
      stranger.actor.send(
        `<message to='${to.replace("{full}", world.jid)}' ${attributes}>${payload}</message>`);
      world.settle();
    }
    expect(stranger.hears()).toEqual([]);
    expect(authority.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });

  test("a friend's message that waited while the device was away switches nothing", () => {
    const { world, visitor, authority } = cast();
    world.dropStream();
    visitor.actor.send(`<message to='${world.account}'><set ${CONTROL}>${ON}</set></message>`);
    world.pass(5000);
    expect(world.device.status().online).toBe(true);
    expect(world.relays.relay1!.transitions).toEqual([]);
    expect(authority.hears()).toEqual([]);
  });
});

test("T 10.3: a thousand read-outs of one friend: a few wait, the rest hear of it", () => {
  const { world, visitor, authority } = cast("silent");
  for (let i = 0; i < 1000; i++) visitor.read(`momentary='true' serviceToken='T${i}'`);
  expect(visitor.hears()).toEqual(Array(1000 - CALLS_PER_JID_MAX).fill(BUSY));
  expect(authority.hears().length).toBe(CALLS_PER_JID_MAX);
  const other = world.friend("other@ex.org/o");
  authority.decide("yes");
  other.read("momentary='true'", ONE);
  expect(other.hears()).toEqual(READ_ONE);
  world.pass(10_000);
  expect(visitor.hears()).toEqual(Array(CALLS_PER_JID_MAX).fill("wait/remote-server-timeout"));
  visitor.read("momentary='true'", ONE);
  expect(visitor.hears()).toEqual(READ_ONE);
  expect(world.ledger.problems()).toEqual([]);
});

describe("T 10.4: a seqnr in use", () => {
  test("is refused from the same full JID; the first goes on", () => {
    const { visitor, authority } = cast("silent");
    const req = `<req ${SENSORDATA} seqnr='5' momentary='true'>${ONE}</req>`;
    visitor.ask("get", req);
    visitor.ask("get", req.replace("'5'", "' 05 '"));
    expect(visitor.hears()).toEqual(["modify/bad-request"]);
    authority.reply(authority.questions[0]!, "yes");
    visitor.ask("get", "<ping xmlns='urn:xmpp:ping'/>");
    expect(visitor.hears()).toContain("accepted");
    authority.decide("yes");
    visitor.ask("get", req);
    expect(visitor.hears()).toEqual(READ_ONE);
  });

  test("is another's own matter", () => {
    const { world, visitor, authority } = cast("silent");
    const req = `<req ${SENSORDATA} seqnr='5' momentary='true'>${ONE}</req>`;
    const tablet = world.friend("visitor@ex.org/tablet");
    visitor.ask("get", req);
    tablet.ask("get", req);
    expect([...visitor.hears(), ...tablet.hears()]).toEqual([]);
    tablet.ask("get", `<cancel ${SENSORDATA} seqnr='5'/>`);
    expect(tablet.hears()).toContain("cancelled");
    authority.reply(authority.questions[0]!, "yes");
    world.settle();
    expect(visitor.hears()).toEqual(READ_ONE);
    expect(world.ledger.problems()).toEqual([]);
  });

  test.each([["2147483648"], [""], ["x"], ["1.0"], ["1e3"], ["--1"], ["99999999999999999999999"]])(
    "that is no xs:int is refused: '%s'", (seqnr) => {
      const { world, visitor, authority } = cast();
      visitor.ask("get", `<req ${SENSORDATA} seqnr='${seqnr}' momentary='true'/>`);
      expect(visitor.hears()).toEqual(["modify/bad-request"]);
      expect(authority.hears()).toEqual([]);
      expect(world.ledger.problems()).toEqual([]);
    });

  test.each([["+7", "7"], [" 7 ", "7"], ["-3", "-3"], ["007", "7"], ["-0", "0"],
    ["-2147483648", "-2147483648"], ["2147483647", "2147483647"]])(
    "ERRATA N7: '%s' is %s", (lexical, canonical) => {
      const { visitor } = cast();
      visitor.ask("get", `<req ${SENSORDATA} seqnr='${lexical}' momentary='true'/>`);
      for (const one of visitor.actor.takeSaid()) {
        const payload = childOf(one, "accepted") ?? childOf(one, "fields");
        expect(payload!.attributes.seqnr).toBe(canonical);
      }
    });
});

describe("T 10.6: read-outs at another time are refused, and nothing waits", () => {
  test.each(["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-11-05T24:00:00Z",
    "2026-02-30T00:00:00Z", "2026-11-05T09:00:00", "banana"])("%s", (when) => {
    const { world, visitor, authority } = cast();
    const witness = new Witness(world);
    visitor.read(`momentary='true' when='${when}'`);
    expect(visitor.hears().length).toBe(1);
    world.skip(3_600_000);
    expect(visitor.hears()).toEqual([]);
    expect(authority.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });
});

test("T 10.7: all of history between odd ends is a bounded answer", () => {
  const { world, visitor } = cast();
  for (const range of ["from='2030-01-01T00:00:00Z' to='1970-01-01T00:00:00Z'",
    "from='-inf'", "from='' to=''"]) {
    visitor.read("historical='true' historicalSecond='true' historicalOther='true' " + range);
    expect(visitor.hears()).toEqual(["accepted", "fields done"]);
    visitor.read("all='true' " + range, ONE);
    expect(visitor.hears()).toEqual(READ_ONE);
  }
  expect(world.ledger.problems()).toEqual([]);
});

describe("requests that are too much, or malformed, ask nobody", () => {
  const nodes = (count: number): string =>
    Array.from({ length: count }, (_, i) => `<node nodeId='n${i}'/>`).join("");
  test.each([
    ["more nodes than NAMES_MAX", "", nodes(NAMES_MAX + 1)],
    ["a name beyond NAME_BYTES_MAX", "", `<field name='${"x".repeat(NAME_BYTES_MAX + 1)}'/>`],
    ["tokens beyond TOKENS_BYTES_MAX", `serviceToken='${"t".repeat(TOKENS_BYTES_MAX + 1)}'`, ""],
    ["a node without id", "", "<node/>"],
    ["a type that is no boolean (ERRATA N8)", "status='yes'", ""],
  ])("%s", (_what, attributes, inner) => {
    const { world, visitor, authority } = cast();
    visitor.read(`momentary='true' ${attributes}`, inner);
    expect(visitor.hears()).toEqual(["modify/bad-request"]);
    expect(authority.hears()).toEqual([]);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("at their limits they are asked", () => {
    const { visitor, authority } = cast("no");
    visitor.read(`momentary='true' serviceToken='${"t".repeat(TOKENS_BYTES_MAX)}'`);
    visitor.read("momentary='true'", nodes(NAMES_MAX) + `<field name='${"x".repeat(NAME_BYTES_MAX)}'/>`);
    expect(visitor.hears()).toEqual(["cancel/forbidden", "cancel/forbidden"]);
    expect(authority.hears()).toEqual(["canRead", "canRead"]);
  });
});

test("T 10.8: a friend that is one no more when the answer comes gets nothing", () => {
  const { world, visitor, authority } = cast("silent");
  visitor.read();
  visitor.switch("relay1", true);
  visitor.actor.send(`<presence type='unsubscribe' to='${world.account}'/>`);
  world.settle();
  for (const one of authority.questions) authority.reply(one, "yes");
  world.settle();
  expect(visitor.hears()).toEqual(["cancel/forbidden", "cancel/forbidden"]);
  expect(world.relays.relay1!.on).toBe(false);
});

test("T 10.9: a friend that goes away in the middle frees its place", () => {
  const { world, visitor, authority } = cast("silent");
  for (let i = 0; i < 3 * CALLS_MAX; i++) {
    visitor.actor.login();
    visitor.read(`momentary='true' serviceToken='T${i}'`);
    visitor.actor.logout();
    authority.reply(authority.questions.at(-1)!, "yes");
    world.settle();
    const bounce = parse("<message type='error' from='visitor@ex.org/phone'>" +
      `<fields ${SENSORDATA} seqnr='${i + 1}'/><error type='cancel'/></message>`);
    bounce.attributes.to = world.jid;
    world.wire.stream.send(bounce);
    world.settle();
  }
  visitor.actor.login();
  visitor.actor.take();
  authority.decide("yes");
  visitor.read("momentary='true'", ONE);
  expect(visitor.hears()).toEqual(READ_ONE);
});

describe("T 10.10: a value that is none executes nothing", () => {
  test.each([
    ["boolean", "banana"], ["boolean", ""], ["boolean", "TRUE"], ["boolean", "2"],
    ["boolean", "1e999"], ["boolean", "NaN"], ["int", "1"], ["int", "2147483648"],
    ["long", "9223372036854775808"], ["double", "INF"], ["int", "0x1"], ["color", "12345"],
    ["string", "true"], ["date", "true"],
  ])("%s '%s'", (type, value) => {
    const { world, visitor } = cast();
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
    const { world, visitor } = cast();
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
    ["the same parameter twice", `<node nodeId='relay1'/>${ON}<boolean name='Output' value='false'/>`,
      "modify/bad-request"],
    ["a parameter without a name", `<node nodeId='relay1'/>${ON}<boolean value='true'/>`,
      "modify/bad-request"],
    ["no parameter", "<node nodeId='relay1'/>", "modify/bad-request"],
    ["nothing", "", "modify/bad-request"],
    ["a form beside a parameter",
      `<node nodeId='relay1'/>${ON}<x xmlns='jabber:x:data' type='submit'/>`,
      "cancel/feature-not-implemented"],
  ])("%s", (_what, parameters, answer) => {
    const { world, visitor } = cast();
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
    const { world, visitor } = cast();
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
      `<set ${CONTROL}><node nodeId='relay1'/><boolean name='Output' value='${value}'/></set></iq>`);
    stanza.attributes.to = world.jid;
    world.wire.route(stanza);
    world.settle();
    world.pass(RELAY_DWELL_MS);
  }

  test("is executed once, and answered as before", () => {
    const { world, visitor } = cast();
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
    const { world, visitor } = cast();
    again(world, "7", true);
    again(world, "7", false);
    expect(visitor.hears()).toEqual(["done", "done"]);
    expect(world.relays.relay1!.on).toBe(false);
    again(world, "7", true);
    expect(world.relays.relay1!.on).toBe(true);
  });

  test("after a while it is another request, too", () => {
    const { world } = cast();
    again(world, "7", true);
    world.friend("other@ex.org/o").switch("relay1", false);
    world.pass(REPEAT_MS + 1000);
    again(world, "7", true);
    expect(world.relays.relay1!.on).toBe(true);
  });

  test("by somebody else it is that one's own", () => {
    const { world } = cast();
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
  const { world, visitor, authority } = cast();
  authority.decide("<canControlResponse xmlns='urn:xmpp:iot:provisioning' jid='visitor@ex.org' " +
    "result='true'><node nodeId='relay2'/></canControlResponse>", "canControl");
  visitor.set(`<node nodeId='relay1'/><node nodeId='relay2'/>${ON}`);
  expect(visitor.hears()).toEqual(["done node relay2"]);
  expect([world.relays.relay1!.on, world.relays.relay2!.on]).toEqual([false, true]);
});

describe("T 10.18: the provisioning server hangs, and everybody asks", () => {
  test("friends whose grants are known are served all the same", () => {
    const { world, visitor, authority } = cast();
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
  expect(catalogue.report("abuse")).toBe("");
});
