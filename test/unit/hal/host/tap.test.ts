import { expect, test } from "vitest";
import { STANZA_CHARS_MAX, Tap } from "../../../../hal/host/tap.js";
import { toWire } from "../../../../hal/host/text.js";

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
  + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const MESSAGE = "<message from='a@b/\u20ac' type='chat'>"
  + "<body>caf\u00e9 &lt; \u{1f4a1}</body></message>";
const IQ = "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";

function createTap() {
  const heard: { dir: string; xml: string; summary: string }[] = [];
  const tap = new Tap((dir, stanza) => heard.push({ dir, ...stanza }));
  return { tap, heard, xml: () => heard.map((one) => one.xml) };
}

test("stanzas come out as they were, whole or split at every octet", () => {
  const wire = toWire(HEADER + " \n" + MESSAGE + IQ + "\r\n" + IQ);
  for (let at = 0; at <= wire.length; at++) {
    const { tap, xml } = createTap();
    tap.push("in", wire.slice(0, at));
    tap.push("in", wire.slice(at));
    expect(xml()).toEqual([MESSAGE, IQ, IQ]);
  }
  const { tap, xml } = createTap();
  for (const octet of wire) tap.push("in", octet);
  expect(xml()).toEqual([MESSAGE, IQ, IQ]);
});

test("each direction is a document of its own", () => {
  const { tap, heard } = createTap();
  tap.push("out", HEADER);
  tap.push("in", HEADER + IQ);
  tap.push("out", MESSAGE);
  expect(heard.map((one) => one.dir)).toEqual(["in", "out"]);
});

test("SASL payloads are left out, and both documents begin again after success", () => {
  const { tap, xml } = createTap();
  const sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
  tap.push("out", `${HEADER}<auth ${sasl} mechanism='SCRAM-SHA-1'>c2VjcmV0</auth>`);
  tap.push("in", `${HEADER}<challenge ${sasl}>c2VjcmV0</challenge>`);
  tap.push("out", `<x:response xmlns:x='urn:ietf:params:xml:ns:xmpp-sasl'>c2VjcmV0</x:response>`);
  tap.push("in", `<success ${sasl}>c2VjcmV0</success>`);
  tap.push("out", HEADER);
  tap.push("in", HEADER + IQ);
  tap.push("out", IQ);
  const names = ["auth", "challenge", "response", "success"].map((name) => `<${name} ${sasl}/>`);
  expect(xml()).toEqual([...names, IQ, IQ]);
  expect(xml().join("")).not.toContain("c2VjcmV0");
});

test("an element with the stream's prefix declares it", () => {
  const { tap, xml } = createTap();
  tap.push("in", `${HEADER}<stream:error><conflict/></stream:error>`);
  const declared = "xmlns:stream='http://etherx.jabber.org/streams'";
  expect(xml()).toEqual([`<stream:error ${declared}><conflict/></stream:error>`]);
});

test.each([
  ["a stream that is not well-formed", "<iq></message>"],
  ["an undeclared prefix", "<a:iq/>"],
])("%s blinds the tap until the next connection", (_what, text) => {
  const { tap, xml } = createTap();
  tap.push("in", HEADER + IQ);
  tap.push("in", text);
  tap.push("in", IQ);
  expect(xml()).toEqual([IQ]);
  tap.reset();
  tap.push("in", HEADER + IQ);
  expect(xml()).toEqual([IQ, IQ]);
});

test.each([
  ["long", "x".repeat(STANZA_CHARS_MAX + 1000)],
  ["deep", "<a>".repeat(30000) + "</a>".repeat(30000)],
  ["long in one value", `<a b='${"x".repeat(2 * STANZA_CHARS_MAX)}'/>`],
])("a stanza that is too %s is left out, and the next is seen", (_what, inner) => {
  const { tap, xml } = createTap();
  const wire = `${HEADER}${IQ}<message><x>${inner}</x></message>${IQ}${MESSAGE}`;
  for (let at = 0; at < wire.length; at += 500) tap.push("in", toWire(wire.slice(at, at + 500)));
  expect(xml()).toEqual([IQ, IQ, MESSAGE]);
});

test("a DTD blinds the tap", () => {
  const { tap, xml } = createTap();
  tap.push("in", `<!DOCTYPE x [<!ENTITY a "b">]>${HEADER}${IQ}`);
  expect(xml()).toEqual([]);
});

test("the summary names what is asked and of whom, and no payload", () => {
  const { tap, heard } = createTap();
  tap.push("in", `${HEADER}<iq type='result' from='p@q' to='d@q/1'><canReadResponse xmlns='u'`
    + " result='true'><node nodeId='n'/></canReadResponse></iq>");
  expect(heard[0]!.summary).toBe("iq result canReadResponse from p@q to d@q/1");
});
