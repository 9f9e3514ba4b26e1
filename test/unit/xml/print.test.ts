import fc from "fast-check";
import { expect, test } from "vitest";
import {
  EMPTY, attribute, streamEnd, streamHeader, tag, text,
} from "../../../firmware/xml/print.js";
import { NS_STREAM, octets } from "../../vectors/xml/stream.js";
import { opinion, Judgement } from "./oracle.js";
import { play } from "./recorder.js";

/** Without tab and line ends, which XML can say. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;

test("a tag is empty without content", () => {
  expect(tag("a", "", EMPTY)).toBe("<a/>");
  expect(tag("a", attribute("x", "1") + attribute("y", null), text("b"))).toBe("<a x='1'>b</a>");
});

test("an empty value is a value, and null is none", () => {
  expect(attribute("x", "")).toBe(" x=''");
  expect(attribute("x", null)).toBe("");
});

test("an id with tab and line ends comes back as it was: no reader makes blanks of them", () => {
  const id = " a\tb\nc\r\nd ";
  expect(attribute("id", id)).toBe(" id=' a&#9;b&#10;c&#13;&#10;d '");
  const { events } = opinion(streamHeader("ex.org") + tag("iq", attribute("id", id), EMPTY));
  expect(events[1]).toContain(`iq[id=${id}]`);
});

test("nothing that is put into a value or a text gets out of it", () => {
  const aCode = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.constantFrom(..."<>&'\"]/; ").map(
    (character) => character.charCodeAt(0)), fc.integer({ min: 0x80, max: 0x10ffff }));
  const anything = fc.array(aCode.filter((code) => (code & 0x1ff800) !== 0xd800 &&
    code !== 0xfffe && code !== 0xffff), { maxLength: 30 })
    .map((codes) => octets(String.fromCodePoint(...codes)));
  fc.assert(fc.property(anything, anything, (value, content) => {
    const xml = streamHeader("ex.org") + tag("m", attribute("x", value), text(content));
    const seen = play([xml]);
    const other = opinion(xml);
    const clean = (bytes: string): string => bytes.replace(CONTROLS, "");
    expect(seen.events[1]).toBe(
      `element {jabber:client}m[x=${clean(value)}]${JSON.stringify(clean(content))}()`);
    expect(other).toEqual({ events: seen.events, judgement: Judgement.WellFormed });
  }));
});

test("the header asks for a client's stream of that domain", () => {
  const seen = play([streamHeader("a'b")]);
  expect(seen.events[0]).toContain(`header {${NS_STREAM}}stream[`);
  expect(seen.events[0]).toContain("to=a'b version=1.0");
  expect(seen.events[0]).toContain("xmlns=jabber:client");
});

test("the end says what went wrong, if something did", () => {
  expect(streamEnd("")).toBe("</stream:stream>");
  const xml = streamHeader("ex.org") + streamEnd("restricted-xml");
  expect(play([xml]).events.slice(1)).toEqual([
    `element {${NS_STREAM}}error[]""({urn:ietf:params:xml:ns:xmpp-streams}restricted-xml`
      + "[xmlns=urn:ietf:params:xml:ns:xmpp-streams]\"\"())", "end"]);
});
