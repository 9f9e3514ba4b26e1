/**
 * The XML that the unit tests know, and some that fast-check makes up, in pieces of all sizes:
 * the interpreter must see in it what Node sees.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../../firmware/fault.js";
import { Assembler } from "../../../firmware/xml/assembler.js";
import type { Element } from "../../../firmware/xml/element.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { aStream } from "../../unit/xml/sample.js";
import { HOSTILE } from "../../vectors/xml/hostile.js";
import { HEADER } from "../../vectors/xml/stream.js";
import { VALID } from "../../vectors/xml/valid.js";
import { ESPRUINO, Interpreter } from "./interpreter.js";

const EXAMPLES = join(import.meta.dirname, "../../vectors/examples");
const LIMIT_MS = 300000;
const STREAMS = 50;
/** Octet by octet a long stream is read again and again, which is slow there. */
const SHORT_BYTES = 260;

function streams(): string[] {
  const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith(".xml"))
    .map((name) => HEADER + readFileSync(join(EXAMPLES, name), "latin1").trimEnd());
  const known = [...VALID, ...HOSTILE].map(({ xml }) => xml);
  return [...known, ...examples, ...fc.sample(aStream(), { numRuns: STREAMS, seed: 7 })];
}

function sizes(xml: string): number[] {
  return xml.length <= SHORT_BYTES ? [xml.length, 1, 13] : [xml.length, 101];
}

function show({ ns, name, attributes, text, children }: Element): string {
  return `{${ns}}${name}${attributes}${text}(${(children ?? []).map(show).join("")})`;
}

/** As xml.js does it. */
function play(size: number, xml: string): number {
  let seen = "";
  const assembler = new Assembler({
    onHeader: (header) => (seen += `header ${show(header)}`, Fault.None),
    onElement: (element, oversized) =>
      (seen += `${oversized ? "oversized" : "element"} ${show(element)}`, Fault.None),
    onItem: (stanza, item) => void (seen += `item ${show(stanza)}${show(item)}`),
    onStreamEnd: () => void (seen += "end"),
  });
  let fault: Fault = Fault.None;
  for (let at = 0; at < xml.length && fault === Fault.None; at += size) {
    fault = assembler.tokenizer.push(xml.substring(at, at + size));
  }
  return new HostCrypto().crc32(seen + fault);
}

describe.skipIf(!ESPRUINO)("XML on Espruino", () => {
  let engine: Interpreter;
  beforeAll(() => void (engine = new Interpreter()));
  afterAll(() => engine.remove());

  test("is seen as on Node, however it is cut", async () => {
    const cases = streams().flatMap((xml) => sizes(xml).map((size) => ({ size, xml })));
    const lines = cases.map(({ size, xml }) =>
      `${size} ${Buffer.from(xml, "latin1").toString("base64")}\n`);
    writeFileSync(join(engine.folder, "cases"), lines.join(""));
    const seen = await engine.results("xml.js", { cases: "cases" }, LIMIT_MS);
    const different = cases.filter(({ size, xml }, i) => seen[i] !== play(size, xml));
    expect(different).toEqual([]);
    expect(seen.length).toBe(cases.length);
  }, LIMIT_MS);
});
