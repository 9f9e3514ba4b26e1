import { readFileSync } from "node:fs";
import { Element } from "@xmpp/xml";
import { describe, expect, test } from "vitest";
import { parseQuestion, printAnswer } from "../../../authority/provisioning.js";
import type { Answer, Question } from "../../../authority/decision.js";
import { LIST_MAX, NAME_CHARACTERS_MAX } from "../../../authority/rule.js";
import { StreamParser } from "../../../demo/server/parser.js";

const DEVICE = "device@example.org";
const NS = "urn:xmpp:iot:provisioning";

function element(text: string): Element {
  let found: Element | null = null;
  const parser = new StreamParser({ onHeader: () => undefined, onEnd: () => undefined,
    onElement: (one) => { found = one; } }, Infinity);
  parser.write(Buffer.from(`<stream>${text}</stream>`));
  return found!;
}

const example = (name: string): Element =>
  element(readFileSync(new URL(`../../vectors/examples/${name}.ok.xml`, import.meta.url), "utf8"));

const ask = (text: string): Question | string | null => parseQuestion(element(text), DEVICE);
const answer = (content: Partial<Answer>): Answer =>
  ({ result: true, isRuled: true, secondaryTrust: false, types: [], ...content });

describe("the specification's examples", () => {
  test.each([
    ["0324-10-1", { kind: "friend", peer: "client1@example.org" }],
    ["0324-09-11", { kind: "read", peer: "master@example.org", types: ["momentary"], nodes: [] }],
    ["0324-15-11", { kind: "read", nodes: [{ nodeId: "Device02" }, { nodeId: "Device03" }] }],
    ["0324-17-11", { kind: "control", parameters: ["Output"], nodes: [] }],
  ])("%s is understood", (name, expected) => {
    expect(parseQuestion(example(name), DEVICE)).toMatchObject({ ...expected, device: DEVICE });
  });

  test.each([
    ["0324-10-1", "0324-10-11", answer({})],
    ["0324-11-1", "0324-11-11", answer({ result: false })],
    ["0324-14-11", "0324-14-21", answer({ result: false, types: ["momentary"] })],
    ["0324-15-11", "0324-15-21",
      answer({ types: ["momentary"], nodes: [{ nodeId: "Device02" }] })],
    ["0324-16-11", "0324-16-21", answer({ types: ["momentary"], names: ["Energy", "Power"] })],
    ["0324-17-11", "0324-17-21", answer({ result: false })],
    ["0324-18-11", "0324-18-21",
      answer({ nodes: [{ nodeId: "DigitalOutput2" }, { nodeId: "DigitalOutput3" }] })],
  ])("%s is answered by %s", (asked, answered, content) => {
    const request = example(asked);
    const question = parseQuestion(request, DEVICE) as Question;
    const printed = printAnswer(question, request.attrs["jid"]!, content);
    expect(plain(element(printed.toString()))).toEqual(plain(example(answered)));
  });
});

test("secondary trust is said only when it is given", () => {
  const question = ask(`<isFriend xmlns='${NS}' jid='a@b'/>`) as Question;
  expect(printAnswer(question, "a@b/c", answer({ secondaryTrust: true })).attrs)
    .toMatchObject({ jid: "a@b/c", result: "true", secondaryTrustAllowed: "true" });
  expect(printAnswer(question, "a@b", answer({})).attrs["secondaryTrustAllowed"]).toBeUndefined();
});

test("JIDs lose resource and case; booleans are XML Schema's; no type is momentary", () => {
  expect(ask(`<isFriend xmlns='${NS}' jid='A@B.org/c'/>`)).toMatchObject({ peer: "a@b.org" });
  expect(ask(`<canRead xmlns='${NS}' jid='a@b' peak=' 1 ' status='0' all='false'/>`))
    .toMatchObject({ types: ["peak"] });
  expect(ask(`<canRead xmlns='${NS}' jid='a@b'/>`)).toMatchObject({ types: ["momentary"] });
});

test.each([
  `<isFriend xmlns='${NS}'/>`, `<isFriend xmlns='${NS}' jid='@'/>`,
  `<canRead xmlns='${NS}' jid='a@b'><node/></canRead>`,
  `<canRead xmlns='${NS}' jid='a@b'><field name=''/></canRead>`,
  `<canRead xmlns='${NS}' jid='a@b' momentary='yes'/>`,
  `<canControl xmlns='${NS}' jid='a@b'><parameter/></canControl>`,
  `<canRead xmlns='${NS}' jid='a@b'>${"<node nodeId='a'/>".repeat(LIST_MAX + 1)}</canRead>`,
  `<canRead xmlns='${NS}' jid='a@b'>${
    Array.from({ length: LIST_MAX + 1 }, (_, n) => `<field name='${n}'/>`).join("")}</canRead>`,
])("%.60s is malformed", (text) => {
  expect(typeof ask(text)).toBe("string");
});

test("as many nodes, fields and characters as there may be are a question", () => {
  const many = Array.from({ length: LIST_MAX }, (_, n) => `<node nodeId='${n}'/><field name='${n}'/>`);
  expect(ask(`<canRead xmlns='${NS}' jid='a@b'>${many.join("")}</canRead>`))
    .toMatchObject({ nodes: expect.objectContaining({ length: LIST_MAX }),
      fields: expect.objectContaining({ length: LIST_MAX }) });
  const named = (length: number) =>
    ask(`<canRead xmlns='${NS}' jid='a@b'><field name='${"x".repeat(length)}'/></canRead>`);
  expect(named(NAME_CHARACTERS_MAX)).toMatchObject({ kind: "read" });
  expect(typeof named(NAME_CHARACTERS_MAX + 1)).toBe("string");
});

test("what is no question is none", () => {
  expect(ask(`<getToken xmlns='${NS}'/>`)).toBeNull();
  expect(ask("<isFriend xmlns='urn:other' jid='a@b'/>")).toBeNull();
});

interface Plain {
  name: string;
  attrs: Record<string, string | undefined>;
  children: Plain[];
}

function plain(one: Element): Plain {
  return { name: one.getName(), attrs: { ...one.attrs },
    children: one.getChildElements().map(plain) };
}
