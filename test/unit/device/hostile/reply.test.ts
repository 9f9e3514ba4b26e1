/** HOSTILE-TESTS 1: answers that answer nothing, and answers by others. */
import { describe, expect, test } from "vitest";
import type { Authority } from "../../../sim/authority.js";
import { childrenOf, parse } from "../../../sim/markup.js";
import type { Node } from "../../../sim/markup.js";
import type { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, World, catalogue } from "../../../sim/world.js";
import { PROVISIONING } from "./cast.js";

const YES = `<canReadResponse ${PROVISIONING} jid='visitor@ex.org' result='true'/>`;
const NO = `<canReadResponse ${PROVISIONING} jid='visitor@ex.org' result='false'/>`;
const DENIED = ["wait/remote-server-timeout"];

interface Cast {
  world: World;
  authority: Authority;
  visitor: Visitor;
  question: Node;
  id: string;
}

/** A friend has asked to read, and the provisioning server thinks. */
function asked(): Cast {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting(AUTHORITY_ACCOUNT);
  authority.decide("silent");
  visitor.read();
  const question = authority.questions[0]!;
  return { world, authority, visitor, question, id: question.attributes.id! };
}

/** As the server would deliver it, were it from there. */
function forge(cast: Cast, from: string, payload: string, type = "result"): void {
  const stanza = parse(`<iq type='${type}' id='${cast.id}'>${payload}</iq>`);
  if (from) stanza.attributes.from = from;
  stanza.attributes.to = cast.world.jid;
  cast.world.wire.stream.send(stanza);
  cast.world.settle();
}

describe("an answer counts only from the exact JID that was asked", () => {
  test.each([
    ["T 1.1", "a stranger", "evil@ex.org/x"],
    ["T 1.2", "another resource", "authority@ex.org/other"],
    ["T 1.2", "the bare JID", "authority@ex.org"],
    ["T 1.2", "the server's domain", "ex.org"],
    ["T 1.2", "the device's own account", "dev@ex.org"],
    ["T 1.2", "nobody (the own server)", ""],
    ["T 1.2", "a look-alike (Cyrillic a)", "\u0430uthority@ex.org/home"],
  ])("%s: not from %s", (_id, _who, from) => {
    const cast = asked();
    const witness = new Witness(cast.world);
    cast.world.ledger.forget();
    for (const payload of [YES, NO, ""]) forge(cast, from, payload);
    forge(cast, from, "<error type='cancel'/>", "error");
    expect(cast.visitor.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
    cast.authority.reply(cast.question, "no");
    cast.world.settle();
    expect(cast.visitor.hears()).toEqual(["cancel/forbidden"]);
  });

  test("T 1.1: the case of the domain and of the account is no difference", () => {
    const cast = asked();
    forge(cast, "Authority@EX.org/home", YES);
    expect(cast.visitor.hears()[0]).toBe("accepted");
  });
});

test("T 1.3: ids cannot be guessed: long, different, and no counters", () => {
  const cast = asked();
  const ids = new Set(cast.world.wire.stream.received.filter((one) => one.name === "iq")
    .map((one) => one.attributes.id!));
  for (let i = 0; i < 5; i++) {
    cast.visitor.read(`status='true' serviceToken='T${i}'`);
    cast.authority.decide("no");
  }
  for (const one of cast.authority.questions) ids.add(one.attributes.id!);
  expect(ids.size).toBeGreaterThanOrEqual(8);
  // 96 bits in base64 are 16 characters.
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9+/]{16,}$/);
});

test("T 1.3: a stranger's 10000 answers change nothing", () => {
  const cast = asked();
  const witness = new Witness(cast.world);
  for (let i = 1; i <= 10000; i++) {
    cast.world.wire.stream.raw(`<iq type='result' id='${i}' from='evil@ex.org/x'>${YES}</iq>`);
    if (i % 4 === 0) cast.world.settle();
  }
  cast.world.settle();
  expect(cast.visitor.hears()).toEqual([]);
  expect(cast.world.device.status().online).toBe(true);
  cast.world.ledger.forget();
  expect(witness.changes()).toEqual([]);
});

describe("T 1.4: the first answer counts, the second is silence", () => {
  test.each([
    ["true then false", YES, NO, "accepted"],
    ["false then true", NO, YES, "cancel/forbidden"],
  ])("%s", (_what, first, second, heard) => {
    const cast = asked();
    forge(cast, AUTHORITY_ACCOUNT, first);
    expect(cast.visitor.hears()[0]).toBe(heard);
    const witness = new Witness(cast.world);
    forge(cast, AUTHORITY_ACCOUNT, second);
    forge(cast, AUTHORITY_ACCOUNT, "<error type='cancel'/>", "error");
    expect(cast.visitor.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
    cast.visitor.read();
    expect(cast.visitor.hears()[0]).toBe(heard);
  });
});

test("T 1.5: after the time-out an answer is silence, and not remembered", () => {
  const cast = asked();
  cast.world.pass(10_000);
  expect(cast.visitor.hears()).toEqual(DENIED);
  const witness = new Witness(cast.world);
  cast.authority.reply(cast.question, "yes");
  cast.world.settle();
  expect(cast.visitor.hears()).toEqual([]);
  expect(cast.world.device.status().entries).toBe(0);
  expect(witness.changes()).toEqual([]);
});

test("T 1.6: the answer to another question is no answer", () => {
  const cast = asked();
  const stranger = cast.world.stranger("new@ex.org/y");
  stranger.befriend();
  const friendship = cast.authority.questions.at(-1)!;
  expect(childrenOf(friendship)[0]!.name).toBe("isFriend");
  cast.authority.reply(friendship,
    `<canReadResponse ${PROVISIONING} jid='new@ex.org' result='true'/>`);
  cast.authority.reply(cast.question,
    `<isFriendResponse ${PROVISIONING} jid='visitor@ex.org' result='true'/>`);
  cast.world.settle();
  expect(stranger.hears()).toEqual([]);
  expect(cast.visitor.hears()).toEqual(DENIED);
  expect(cast.world.device.status().entries).toBe(0);
});

describe("an answer that says nothing denies, and is not remembered", () => {
  test.each([
    ["T 1.7", "another namespace", YES.replace("urn:xmpp:iot:provisioning", "urn:x")],
    ["T 1.7", "two children", YES + YES],
    ["T 1.7", "a yes and something else", YES + "<x xmlns='urn:x'/>"],
    ["T 1.7", "no child", ""],
    ["T 1.7", "only text", "true"],
    ["T 1.8", "an error in a result", "<error type='cancel'><forbidden/></error>"],
    ["T 1.8", "an error of XEP-0324", `<error ${PROVISIONING}>bad</error>`],
  ])("%s: %s", (_id, _what, payload) => {
    const cast = asked();
    forge(cast, AUTHORITY_ACCOUNT, payload);
    expect(cast.visitor.hears()).toEqual(DENIED);
    expect(cast.world.device.status().entries).toBe(0);
    cast.authority.decide("yes");
    cast.visitor.read();
    expect(cast.visitor.hears()[0]).toBe("accepted");
  });
});

describe("T 1.11: an iq that is none", () => {
  const PING = "<ping xmlns='urn:xmpp:ping'/>";
  test.each([
    ["without an id", `<iq type='get'>${PING}</iq>`, []],
    ["without a type", `<iq id='1'>${PING}</iq>`, ["modify/bad-request"]],
    ["of type foo", `<iq id='1' type='foo'>${PING}</iq>`, ["modify/bad-request"]],
    ["with two payloads", `<iq id='1' type='get'>${PING}${PING}</iq>`, ["modify/bad-request"]],
    ["without payload", "<iq id='1' type='set'/>", ["modify/bad-request"]],
    ["a result", `<iq id='1' type='result'>${PING}</iq>`, []],
    ["an error", "<iq id='1' type='error'><error type='cancel'/></iq>", []],
  ])("%s", (_what, xml, heard) => {
    const { world } = asked();
    const stranger = world.stranger();
    const witness = new Witness(world);
    const stanza = parse(xml);
    stanza.attributes.to = world.jid;
    stanza.attributes.from = stranger.actor.jid;
    world.ledger.forget();
    world.wire.route(stanza);
    world.settle();
    expect(stranger.hears()).toEqual(heard);
    if (!stanza.attributes.id) world.ledger.forget();
    expect(witness.changes()).toEqual([]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile answers")).toBe("");
});
