/** HOSTILE-TESTS 9: octets that are not XML, too much of it, or not what it looks like. */
import { describe, expect, test } from "vitest";
import { childOf, childrenOf } from "../../../sim/markup.js";
import type { Visitor } from "../../../sim/visitor.js";
import { Witness } from "../../../sim/witness.js";
import { World, catalogue } from "../../../sim/world.js";

/** How octets arrive: whole, one by one, or in odd pieces (T 9.10). */
const CUTS: [string, number[]][] =
  [["whole", []], ["octet by octet", [1]], ["in pieces", [7, 2, 31]]];

interface Cast {
  world: World;
  visitor: Visitor;
  witness: Witness;
}

function cast(fragments: number[]): Cast {
  const world = new World();
  const visitor = world.friend();
  world.trusting().decide("yes");
  world.board.network.conditions.fragments = fragments;
  return { world, visitor, witness: new Witness(world) };
}

/** The device ends the stream with that condition, does nothing else, and comes back. */
function expectClosed(bytes: string, condition: string, fragments: number[]): void {
  const { world, visitor, witness } = cast(fragments);
  const stream = world.wire.stream;
  stream.raw(bytes);
  world.pass(500);
  expect(stream.hasLeft).toBe(true);
  expect(stream.error).toBe(condition);
  expect(stream.received.some((one) => one.attributes.id === "x")).toBe(false);
  expect(witness.changes().filter((one) => one !== "stream")).toEqual([]);
  world.pass(5000);
  expect(world.device.status().online).toBe(true);
  visitor.actor.take();
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
}

function ping(inner: string, attributes = ""): string {
  return `<iq type='get' id='x' from='evil@ex.org/x' ${attributes}><ping xmlns='urn:xmpp:ping'>` +
    `${inner}</ping></iq>`;
}

describe.each(CUTS)("T 9.1, 9.2: what XMPP forbids ends the stream (%s)", (_how, fragments) => {
  test.each([
    ["T 9.1", "a DTD", "<!DOCTYPE x>"],
    ["T 9.1", "a DTD with entities", "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"],
    ["T 9.1", "an external entity", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"],
    ["T 9.1", "an entity declaration", "<!ENTITY a 'b'>"],
    ["T 9.2", "a processing instruction", "<?php echo 1?>"],
    ["T 9.2", "a second XML declaration", "<?xml version='1.0'?>"],
    ["T 9.2", "a comment", "<!-- hidden -->"],
    ["T 9.2", "a comment inside a stanza", ping("<!-- hidden -->")],
    ["T 9.2", "an instruction inside a stanza", ping("<?x y?>")],
  ])("%s: %s", (_id, _what, xml) => {
    expectClosed(xml + ping(""), "restricted-xml", fragments);
  });
});

describe.each(CUTS)("T 9.1, 9.5 to 9.7: not well-formed ends it (%s)", (_how, fragments) => {
  test.each([
    ["T 9.1", "an unknown entity", ping("&foo;")],
    ["T 9.1", "an unknown entity in an attribute", ping("", "a='&foo;'")],
    ["T 9.5", "an attribute twice", ping("", "a='1' a='2'")],
    ["T 9.5", "an attribute twice, by namespace",
      ping("", "xmlns:a='urn:x' xmlns:b='urn:x' a:c='1' b:c='2'")],
    ["T 9.5", "an unbound prefix of an element", ping("<a:b/>")],
    ["T 9.5", "an unbound prefix of an attribute", ping("", "a:b='c'")],
    ["T 9.5", "tags that do not match", ping("<a></b>")],
    ["T 9.5", "an end without a start", "</iq>" + ping("")],
    ["T 9.5", "]]> in text", ping("a]]>b")],
    ["T 9.5", "< in an attribute", ping("", "a='<'")],
    ["T 9.5", "an attribute without quotes", ping("", "a=b")],
    ["T 9.5", "an attribute without a value", ping("", "a")],
    ["T 9.5", "attributes that touch", ping("", "a='1'b='2'")],
    ["T 9.5", "a name that begins with a digit", ping("<1a/>")],
    ["T 9.5", "an empty name", ping("< a/>")],
    ["T 9.5", "text between stanzas", "hello" + ping("")],
    ["T 9.6", "an octet that is no UTF-8", ping("\xff")],
    ["T 9.6", "a continuation alone", ping("a\x80")],
    ["T 9.6", "an overlong slash", ping("\xc0\xaf")],
    ["T 9.6", "an overlong in three octets", ping("\xe0\x80\xaf")],
    ["T 9.6", "a surrogate", ping("\xed\xa0\x80")],
    ["T 9.6", "beyond U+10FFFF", ping("\xf4\x90\x80\x80")],
    ["T 9.6", "U+FFFF", ping("\xef\xbf\xbf")],
    ["T 9.6", "a sequence cut short", ping("\xe2\x82")],
    ["T 9.6", "invalid in an attribute", ping("", "a='\xff'")],
    ["T 9.6", "a NUL", ping("\x00")],
    ["T 9.6", "a control character", ping("\x01")],
    ["T 9.7", "&#0;", ping("&#0;")],
    ["T 9.7", "&#1;", ping("&#1;")],
    ["T 9.7", "&#xFFFF;", ping("&#xFFFF;")],
    ["T 9.7", "&#x110000;", ping("&#x110000;")],
    ["T 9.7", "&#99999999999;", ping("&#99999999999;")],
    ["T 9.7", "&#xD800;", ping("&#xD800;")],
    ["T 9.7", "&#;", ping("&#;")],
    ["T 9.7", "&#x;", ping("&#x;")],
    ["T 9.7", "&#12a;", ping("&#12a;")],
    ["T 9.7", "& alone", ping("a & b")],
  ])("%s: %s", (_id, _what, xml) => {
    expectClosed(xml, "not-well-formed", fragments);
  });
});

describe.each(CUTS)("what is legal, if odd, is understood (%s)", (_how, fragments) => {
  test.each([
    ["T 9.2", "CDATA as text", ping("<![CDATA[a <b> & c]]>")],
    ["T 9.5", "> in an attribute", ping("", "a='>' b=\">\"")],
    ["T 9.5", "both quotes, blanks and line ends", "<iq\n  type = \"get\"\tid='x' " +
      "from='evil@ex.org/x'><ping  xmlns = 'urn:xmpp:ping' /></iq >"],
    ["T 9.5", "prefixes", "<c:iq xmlns:c='jabber:client' type='get' id='x' from='evil@ex.org/x'>" +
      "<p:ping xmlns:p='urn:xmpp:ping'/></c:iq>"],
    ["T 9.6", "a letter of four octets", ping("\xf0\x9f\x98\x80")],
    ["T 9.7", "references to what is allowed",
      ping("&#x10FFFF;&#9;&#xE9;&amp;&lt;&gt;&apos;&quot;")],
    ["T 9.12", "white space between stanzas", " \n\t ".repeat(100) + ping("")],
  ])("%s: %s", (_id, _what, xml) => {
    const { world, witness } = cast(fragments);
    const stranger = world.stranger();
    world.wire.stream.raw(xml);
    world.pass(200);
    expect(stranger.actor.takeSaid().map((one) => one.attributes))
      .toMatchObject([{ type: "result", id: "x" }]);
    world.ledger.forget();
    expect(witness.changes()).toEqual([]);
  });

  test("T 9.5: the same names in another namespace are other names", () => {
    const { world, witness } = cast(fragments);
    const stranger = world.stranger();
    world.wire.stream.raw("<iq xmlns='urn:x' type='get' id='x' from='evil@ex.org/x'>" +
      "<ping xmlns='urn:xmpp:ping'/></iq>");
    world.wire.stream.raw("<iq type='get' id='y' from='evil@ex.org/x'>" +
      "<ping xmlns='urn:xmpp:pong'/></iq>");
    world.pass(200);
    expect(stranger.actor.takeSaid().map((one) => one.attributes.type)).toEqual(["error"]);
    world.ledger.forget();
    expect(witness.changes()).toEqual([]);
  });
});

describe("T 9.3: a stanza that is too much is skipped, refused, and the stream goes on", () => {
  const payload = (inner: string, attributes = ""): string =>
    `<iq type='get' id='big' from='evil@ex.org/x'><ping xmlns='urn:xmpp:ping' ${attributes}>` +
    `${inner}</ping></iq>`;
  const many = (count: number, make: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => make(i)).join("");
  test.each([
    ["30000 deep", payload("<a>".repeat(30_000) + "</a>".repeat(30_000))],
    ["17 deep", payload("<a>".repeat(14) + "</a>".repeat(14))],
    ["20000 attributes", payload("", many(20_000, (i) => ` a${i}='b'`))],
    ["33 attributes", payload("", many(33, (i) => ` a${i}='b'`))],
    ["an attribute of 255 kB", payload("", `a='${"x".repeat(255_000)}'`)],
    ["an attribute of 255 kB with > in it", payload("", `a='${">".repeat(255_000)}'`)],
    ["a text of 255 kB", payload("x".repeat(255_000))],
    ["a name of 64 kB", payload(`<${"n".repeat(65_536)}/>`)],
    ["a name of 64 kB, at both ends", payload(`<${"n".repeat(65_536)}>x</${"n".repeat(65_536)}>`)],
    ["10000 children", payload("<a/>".repeat(10_000))],
    ["10000 children with text", payload("<a>b</a>".repeat(10_000))],
  ])("%s", (_what, xml) => {
    const { world, visitor, witness } = cast([]);
    const stranger = world.stranger();
    world.wire.stream.raw(xml);
    world.pass(600);
    expect(stranger.hears()).toEqual(["modify/policy-violation"]);
    world.ledger.forget();
    expect(witness.changes()).toEqual([]);
    visitor.read();
    expect(visitor.hears()[0]).toBe("accepted");
  });

  test("a message and a presence that are too much are silence", () => {
    const { world, witness } = cast([]);
    const stranger = world.stranger();
    const big = "x".repeat(100_000);
    world.wire.stream.raw(`<message from='evil@ex.org/x'><body>${big}</body></message>`);
    world.wire.stream.raw(`<presence type='subscribe' from='evil@ex.org'><status>${big}</status>` +
      "</presence>");
    world.pass(600);
    expect(stranger.hears()).toEqual([]);
    expect(witness.changes()).toEqual([]);
  });
});

describe("T 9.4: what never ends is ended", () => {
  test.each([
    ["a text", "<message from='evil@ex.org/x'><body>", "x".repeat(1000)],
    ["children", "<message from='evil@ex.org/x'>", "<a/>".repeat(250)],
    ["depth", "<message from='evil@ex.org/x'>", "<a>".repeat(300)],
    ["<", "", "<".repeat(1000)],
    ["a tag", "<message ", "a".repeat(1000)],
    ["an attribute", "<message a='", "x".repeat(1000)],
    ["an end tag", "</", "x".repeat(1000)],
  ])("%s", (_what, start, more) => {
    const { world } = cast([]);
    const stream = world.wire.stream;
    stream.raw(start);
    for (let i = 0; i < 600 && !stream.hasLeft; i++) {
      stream.raw(more);
      world.pass(2, 1);
    }
    expect(stream.hasLeft).toBe(true);
    world.pass(5000);
    expect(world.device.status().online).toBe(true);
  });
});

test("T 9.11: what goes out is escaped: names, tokens and JIDs of others inject nothing", () => {
  const nasty = "a'\"<b>&amp; \u00e9\u{1F600}]]>--";
  const world = new World();
  const visitor = world.friend("vis&itor@ex.org/<'\">&".replace("&itor", "itor"));
  const authority = world.trusting();
  authority.decide("silent");
  const xml = nasty.replace(/[&<>'"]/g, (one) => `&#${one.charCodeAt(0)};`);
  visitor.read(`momentary='true' serviceToken='${xml}'`,
    `<node nodeId='${xml}'/><field name='${xml}'/>`);
  const question = authority.questions[0]!;
  const canRead = childrenOf(question)[0]!;
  expect(canRead.attributes.serviceToken).toBe(nasty);
  expect(childOf(canRead, "node")!.attributes.nodeId).toBe(nasty);
  expect(childOf(canRead, "field")!.attributes.name).toBe(nasty);
  expect(childrenOf(canRead).length).toBe(2);
  visitor.set(`<node nodeId='${xml}'/><boolean name='${xml}' value='true'/>`);
  const canControl = childrenOf(authority.questions[1]!)[0]!;
  expect(childOf(canControl, "parameter")!.attributes.name).toBe(nasty);
  world.pass(10_000);
  expect(visitor.hears().length).toBe(2);
  expect(world.ledger.problems()).toEqual([]);
});

test("T 9.12: a million blanks cost nothing", () => {
  const { world, visitor, witness } = cast([]);
  for (let i = 0; i < 100; i++) {
    world.wire.stream.raw(" ".repeat(10_000));
    world.pass(10, 1);
  }
  expect(witness.changes()).toEqual([]);
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile XML")).toBe("");
});
