import { describe, expect, test } from "vitest";
import { STANZA_BYTES_MAX, TAG_BYTES_MAX } from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import { HUGE, LIMITS, SWOLLEN } from "../../vectors/xml/limit.js";
import { HEADER, HEADER_EVENT } from "../../vectors/xml/stream.js";
import { Recorder, firstDifference, play, sameOutcome } from "./recorder.js";
import type { Transcript } from "./recorder.js";

const NEXT = "<next id='1'><x/></next>";
const NEXT_EVENT = 'element {jabber:client}next[id=1]""({jabber:client}x[]""())';
/** All that may be held: a tree, the namespaces in force, what waits, and the header. */
const HELD_MAX = 3 * STANZA_BYTES_MAX;

function chunks(xml: string, length: number): string[] {
  const all: string[] = [];
  for (let at = 0; at < xml.length; at += length) all.push(xml.slice(at, at + length));
  return all;
}

function skipped(seen: Transcript): void {
  expect(seen.fault).toBe(Fault.None);
  expect(seen.events[0]).toBe(HEADER_EVENT);
  expect(seen.events[1]).toMatch(/^oversized \{jabber:client\}m\[.*\]""\(\)$/);
  expect(seen.events.slice(2)).toEqual([NEXT_EVENT]);
}

/** Octets of all strings that the reader holds; an element shares its parent's namespace. */
function weigh(value: unknown, seen: Set<unknown>, ns = ""): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || seen.has(value)) return 0;
  seen.add(value);
  const own = (value as { ns?: string }).ns;
  let sum = own !== undefined && own === ns ? -own.length : 0;
  for (const part of Object.values(value)) sum += weigh(part, seen, own ?? ns);
  return sum;
}

/** The most that is ever held, looked at after each chunk. */
function heaviest(xml: Iterable<string>): number {
  const recorder = new Recorder();
  let most = 0;
  for (const chunk of xml) {
    expect(recorder.assembler.tokenizer.push(chunk)).toBe(Fault.None);
    most = Math.max(most, weigh(recorder.assembler, new Set([recorder])));
  }
  return most;
}

describe.each(LIMITS)("$name", ({ make, max }) => {
  test("are taken at the limit, however they are cut", () => {
    const xml = HEADER + make(max) + NEXT;
    const seen = play([xml]);
    expect(seen.fault).toBe(Fault.None);
    expect(seen.events[1]).toMatch(/^element \{jabber:client\}m\[/);
    expect(seen.events.slice(2)).toEqual([NEXT_EVENT]);
    expect(firstDifference(xml, 37)).toBe("");
  });

  test("are skipped one above it, and the stream goes on", () => {
    const xml = HEADER + make(max + 1) + NEXT;
    skipped(play([xml]));
    expect(firstDifference(xml, 37)).toBe("");
  });
});

test("a limit is the same at every cut around it", () => {
  const limit = LIMITS.find((one) => one.name === "octets of a tag with > in quotes")!;
  for (const count of [limit.max, limit.max + 1]) {
    const xml = HEADER + limit.make(count) + NEXT;
    const whole = play([xml]);
    const start = HEADER.length + TAG_BYTES_MAX - 20;
    for (let at = start; at < start + 60; at++) {
      expect(sameOutcome(whole, play([xml.slice(0, at), xml.slice(at)]))).toBe(true);
    }
  }
});

describe.each(HUGE)("$name", ({ xml }) => {
  test.each([1 << 30, 1460, 536, 7])("in pieces of %i is skipped", (length) => {
    const seen = play(chunks(HEADER + xml + NEXT, length));
    skipped(seen);
    expect(seen.waited).toBeLessThanOrEqual(STANZA_BYTES_MAX);
  });

  test("is never held", () => {
    expect(heaviest(chunks(HEADER + xml + NEXT, 61))).toBeLessThan(HELD_MAX);
  });
});

describe.each(SWOLLEN)("$name", ({ xml }) => {
  test("is skipped, as it would not fit when it is unfolded", () => {
    expect(xml.length).toBeLessThan(STANZA_BYTES_MAX);
    const seen = play([HEADER + xml + NEXT]);
    expect(seen.fault).toBe(Fault.None);
    expect(seen.events[1]).toMatch(/^oversized/);
    expect(seen.events.slice(2)).toEqual([NEXT_EVENT]);
    expect(heaviest(chunks(HEADER + xml + NEXT, 5))).toBeLessThan(HELD_MAX);
    expect(firstDifference(HEADER + xml + NEXT, 53)).toBe("");
  });
});

test("the id and the sender of what is skipped are kept, so that it can be refused", () => {
  const long = "x".repeat(STANZA_BYTES_MAX);
  const seen = play([`${HEADER}<iq type='set' id='i' from='e@ex.org/x'><q>${long}</q></iq>`]);
  expect(seen.events[1]).toBe(
    'oversized {jabber:client}iq[from=e@ex.org/x id=i type=set]""()');
});

test("a header beyond a limit ends the stream", () => {
  const names = Array.from({ length: 33 }, (_, n) => ` a${n}=''`).join("");
  expect(play([`<stream xmlns='u'${names}>`]).fault).toBe(Fault.Oversized);
  expect(play(`<s:stream xmlns:s='u' a='${"x".repeat(3000)}'><iq/>`))
    .toMatchObject({ fault: Fault.NotWellFormed, events: [] });
});

test("the header's own length is not the first stanza's", () => {
  const header = `<stream xmlns='jabber:client' id='${"x".repeat(1900)}'>`;
  const first = play([`${header}<m>${"x".repeat(STANZA_BYTES_MAX - 3)}</m>`]);
  expect(first.events[1]).toMatch(/^element/);
});

test("what is skipped counts for nothing in the next stanza", () => {
  const [big, full] = ["<m>" + "<b/>".repeat(65) + "</m>", "<m>" + "<b/>".repeat(64) + "</m>"];
  const seen = play([HEADER + big + full + big + full]);
  expect(seen.events.map((event) => event.split(" ")[0]))
    .toEqual(["header", "oversized", "element", "oversized", "element"]);
});

test("CDATA that does not fit where a tag would ends the stream: no server sends any", () => {
  const cdata = (count: number): string =>
    `${HEADER}<m><![CDATA[${"]".repeat(count - "<![CDATA[]]>".length)}]]></m>`;
  for (const cut of [(xml: string) => [xml], (xml: string) => xml]) {
    expect(play(cut(cdata(TAG_BYTES_MAX))).fault).toBe(Fault.None);
    expect(play(cut(cdata(TAG_BYTES_MAX + 1))).fault).toBe(Fault.NotWellFormed);
  }
});

test("CDATA between stanzas is no stanza, however long", () => {
  for (const count of [1, TAG_BYTES_MAX + 1, 3 * TAG_BYTES_MAX]) {
    const xml = `${HEADER}<a/><![CDATA[${"x".repeat(count)}]]><b/>`;
    expect(play([xml]).fault).toBe(Fault.NotWellFormed);
    expect(play(xml).fault).toBe(Fault.NotWellFormed);
  }
});

describe("without end", () => {
  const endless: [string, string, string][] = [
    ["white space between stanzas", "", " \n\t\r"],
    ["a tag", "<m><b ", "x='1' "],
    ["a value", "<m><b x='", "y\"/>"],
    ["a name", "<m><b", "b"],
    ["an end tag", "<m></m", " "],
    ["text", "<m>", "text &amp; text "],
    ["text without an ampersand's end", "<m>&", "amp"],
    ["levels", "<m>", "<b>"],
    ["elements", "<m>", "<b/>"],
    ["the stanza's own tag", "<m ", "x='1' "],
  ];

  test.each(endless)("%s is read in constant memory", (_, start, more) => {
    const recorder = new Recorder();
    const tokenizer = recorder.assembler.tokenizer;
    expect(tokenizer.push(HEADER + start)).toBe(Fault.None);
    const chunk = more.repeat(Math.ceil(1000 / more.length));
    for (let n = 0; n < 300; n++) {
      expect(tokenizer.push(chunk)).toBe(Fault.None);
      expect(tokenizer.waiting()).toBeLessThanOrEqual(STANZA_BYTES_MAX);
      expect(weigh(recorder.assembler, new Set([recorder]))).toBeLessThan(HELD_MAX);
    }
    expect(recorder.events).toHaveLength(1);
  });

  test("a million blanks leave nothing behind", () => {
    const recorder = new Recorder();
    const tokenizer = recorder.assembler.tokenizer;
    tokenizer.push(HEADER);
    const before = weigh(recorder.assembler, new Set([recorder]));
    for (let n = 0; n < 1000; n++) tokenizer.push(" ".repeat(1000));
    expect(tokenizer.waiting()).toBe(0);
    expect(weigh(recorder.assembler, new Set([recorder]))).toBe(before);
    expect(tokenizer.push(NEXT)).toBe(Fault.None);
    expect(recorder.events.at(-1)).toBe(NEXT_EVENT);
  });
});

describe("a roster", () => {
  const item = (n: number): string =>
    `<item jid='f${n}@ex.org' subscription='both'><group>g</group></item>\n`;
  const roster = (inner: string): string =>
    `${HEADER}<iq id='r' type='result'><query xmlns='jabber:iq:roster'>${inner}</query></iq>${NEXT}`;

  test("of 20,000 items is handed on item by item, in constant memory", () => {
    const xml = roster(Array.from({ length: 20000 }, (_, n) => item(n)).join(""));
    const seen = play(chunks(xml, 1460));
    expect(seen.fault).toBe(Fault.None);
    expect(seen.events).toHaveLength(20003);
    expect(seen.events[20000]).toContain("jid=f19999@ex.org");
    expect(seen.events[20001]).toMatch(/^element .*query\[xmlns=jabber:iq:roster\]"\\n"\(\)\)$/);
    expect(seen.events[20002]).toBe(NEXT_EVENT);
    expect(heaviest(chunks(xml.slice(0, 200000), 1460))).toBeLessThan(HELD_MAX);
  });

  test("with an item that is too large ends there, as a stanza that is too large", () => {
    const large = [
      `<item jid='${"x".repeat(TAG_BYTES_MAX)}'/>`,
      `<item jid='a@b'><group>${"x".repeat(STANZA_BYTES_MAX)}</group></item>`,
      `<item jid='a@b'>${"<group/>".repeat(65)}</item>`,
      `<item jid='a@b'>${"<g>".repeat(13)}${"</g>".repeat(13)}</item>`,
      `${"<item jid='a@b'>x</item>".repeat(3)}${"y".repeat(STANZA_BYTES_MAX)}`,
    ];
    for (const one of large) {
      const xml = roster(item(1) + one + item(2));
      const seen = play([xml]);
      expect(seen.fault).toBe(Fault.None);
      expect(seen.events[1]).toContain("jid=f1@ex.org");
      expect(seen.events.at(-2)).toBe('oversized {jabber:client}iq[id=r type=result]""()');
      expect(seen.events.at(-1)).toBe(NEXT_EVENT);
      expect(seen.events.some((event) => event.includes("f2@"))).toBe(false);
      expect(firstDifference(xml, 101)).toBe("");
    }
  });

  test.each([
    ["strangers between the items", "<x xmlns='u'/><item/>", ""],
    ["text between the items", "text text text text <item/>", ""],
    ["a payload for each item", "</query><query xmlns='jabber:iq:roster'><item/>", ""],
    ["payloads before it", "<item/>", "<x/>".repeat(50)],
    ["items within items", "<item><item/></item>", ""],
  ])("does not hide a flood: %s", (_, part, before) => {
    const xml = roster(part.repeat(2000)).replace("<query", `${before}<query`);
    expect(heaviest(chunks(xml, 700))).toBeLessThan(HELD_MAX);
    expect(play(chunks(xml, 700)).events.at(-1)).toBe(NEXT_EVENT);
  });
});
