import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "../../../firmware/fault.js";
import { HOSTILE } from "../../vectors/xml/hostile.js";
import { HEADER, HEADER_EVENT } from "../../vectors/xml/stream.js";
import { VALID } from "../../vectors/xml/valid.js";
import { Judgement, opinion } from "./oracle.js";
import { firstDifference, play, sameOutcome } from "./recorder.js";
import { aStream } from "./sample.js";

const EXAMPLES = join(import.meta.dirname, "../../vectors/examples");

/** Well-formed as far as it goes; what follows the stream's end is not looked at. */
function accepted(fault: Fault, events: string[]): boolean {
  return fault === Fault.None || (fault === Fault.StreamError && events.at(-1) === "end");
}

describe("what is XML", () => {
  test.each(VALID)("$name", ({ xml, events }) => {
    const seen = play([xml]);
    expect(accepted(seen.fault, seen.events)).toBe(true);
    if (events) expect(seen.events).toEqual([HEADER_EVENT, ...events]);
    const other = opinion(xml);
    expect(other.judgement).toBe(Judgement.WellFormed);
    expect(seen.events).toEqual(other.events);
    expect(firstDifference(xml)).toBe("");
  });
});

describe("what ends the stream", () => {
  test.each(HOSTILE)("$name", ({ xml, restricted, stricter }) => {
    const seen = play([xml]);
    expect(seen.fault).toBe(restricted ? Fault.RestrictedXml : Fault.NotWellFormed);
    // The other parser waits for the end of an entity; so it gets one.
    if (!stricter) expect(opinion(`${xml};`).judgement).not.toBe(Judgement.WellFormed);
    expect(firstDifference(xml)).toBe("");
  });
});

describe("the examples of XEP-0323, 0324, 0325 and 0347", () => {
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".xml"));

  test("are all there", () => {
    expect(files).toHaveLength(142);
  });

  test.each(files)("%s", (file) => {
    const xml = HEADER + readFileSync(join(EXAMPLES, file), "latin1").trimEnd();
    const seen = play([xml]);
    const other = opinion(xml);
    const isXml = !file.includes("notwellformed");
    expect(seen.fault).toBe(isXml ? Fault.None : Fault.NotWellFormed);
    expect(other.judgement).toBe(isXml ? Judgement.WellFormed : Judgement.Malformed);
    if (isXml) expect(seen.events).toEqual(other.events);
    expect(firstDifference(xml, 1 + Math.floor(xml.length / 300))).toBe("");
  });
});

describe("any stream", () => {
  test("is understood as another parser understands it, however it is cut", () => {
    fc.assert(fc.property(aStream(), fc.array(fc.nat({ max: 60 }), { maxLength: 40 }),
      (xml, lengths) => {
        const other = opinion(xml);
        expect(other.judgement).toBe(Judgement.WellFormed);
        const seen = play([xml]);
        expect(accepted(seen.fault, seen.events)).toBe(true);
        expect(seen.events).toEqual(other.events);
        expect(sameOutcome(seen, play(cut(xml, lengths)))).toBe(true);
        expect(sameOutcome(seen, play(xml))).toBe(true);
      }), { numRuns: 300 });
  });
});

function cut(xml: string, lengths: number[]): string[] {
  const chunks: string[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(xml.slice(at, at + length));
    at += length;
  }
  return [...chunks, xml.slice(at)];
}
