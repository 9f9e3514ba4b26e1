/** HOSTILE-TESTS 10.1 to 10.9: read-outs of strangers, and of friends gone wild. */
import { describe, expect, test } from "vitest";
import {
  CALLS_MAX, CALLS_PER_JID_MAX, NAMES_MAX, NAME_BYTES_MAX, TOKENS_BYTES_MAX,
} from "../../../../firmware/config.js";
import { childOf, parse, print } from "../../../sim/markup.js";
import { Witness } from "../../../sim/witness.js";
import { catalogue } from "../../../sim/world.js";
import { cast, ONE, READ_ONE } from "./cast.js";

const SENSORDATA = "xmlns='urn:xmpp:iot:sensordata'";

const CONTROL = "xmlns='urn:xmpp:iot:control'";

const ON = "<boolean name='Output' value='true'/>";

const BUSY = "wait/resource-constraint";

describe("T 10.1: a stranger hears forbidden, whatever it asks", () => {
  const asked: [string, string, string, string][] = [
    ["req", "get", `<req ${SENSORDATA} seqnr='1' momentary='true'>`, "</req>"],
    ["set", "set", `<set ${CONTROL}>`, `${ON}</set>`],
    ["getForm", "get", `<getForm ${CONTROL}>`, "</getForm>"],
    ["cancel", "get", `<cancel ${SENSORDATA} seqnr='1'>`, "</cancel>"],
  ];
  test.each(asked)("%s", (_what, type, open, close) => {
    const { world, authority } = cast("yes");
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
    const { world, authority } = cast("yes");
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
    const { world, visitor, authority } = cast("yes");
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
      const { world, visitor, authority } = cast("yes");
      visitor.ask("get", `<req ${SENSORDATA} seqnr='${seqnr}' momentary='true'/>`);
      expect(visitor.hears()).toEqual(["modify/bad-request"]);
      expect(authority.hears()).toEqual([]);
      expect(world.ledger.problems()).toEqual([]);
    });

  test.each([["+7", "7"], [" 7 ", "7"], ["-3", "-3"], ["007", "7"], ["-0", "0"],
    ["-2147483648", "-2147483648"], ["2147483647", "2147483647"]])(
    "ERRATA N7: '%s' is %s", (lexical, canonical) => {
      const { visitor } = cast("yes");
      visitor.ask("get", `<req ${SENSORDATA} seqnr='${lexical}' momentary='true'/>`);
      for (const one of visitor.actor.takeSaid()) {
        const payload = childOf(one, "accepted") ?? childOf(one, "fields");
        expect(payload!.attributes.seqnr).toBe(canonical);
      }
    });
});

test("T 10.7: all of history between odd ends is a bounded answer", () => {
  const { world, visitor } = cast("yes");
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
    const { world, visitor, authority } = cast("yes");
    visitor.read(`momentary='true' ${attributes}`, inner);
    expect(visitor.hears()).toEqual(["modify/bad-request"]);
    expect(authority.hears()).toEqual([]);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("at their limits they are asked", () => {
    const { visitor, authority } = cast("no");
    visitor.read(`momentary='true' serviceToken='${"t".repeat(TOKENS_BYTES_MAX)}'`);
    const longest = `<field name='${"x".repeat(NAME_BYTES_MAX)}'/>`;
    visitor.read("momentary='true'", nodes(NAMES_MAX) + longest);
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

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile read-outs")).toBe("");
});
