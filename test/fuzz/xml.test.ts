import { expect, test } from "vitest";
import * as recorder from "../unit/xml/recorder.js";
import { HEADER } from "../vectors/xml/stream.js";
import { Failure, fuzz, judge } from "./xml.fuzz.js";
import { MockRandom } from "../../hal/mock/random.js";

/** Seeds that once failed are kept. */
test.each(["one", "two", "three", "four"])("hostile XML, seed %s", (seed) => {
  fuzz(seed, 600);
});

/** A fuzzer that finds nothing in a broken reader would find nothing anywhere. */
test("a reader that is lenient is found out", () => {
  const random = new MockRandom("canary");
  const lenient = (chunks: Iterable<string>): recorder.Transcript => {
    const seen = recorder.play(chunks);
    return seen.fault ? { ...seen, fault: 0 } : seen;
  };
  expect(judge(`${HEADER}<a x='1' x='2'/>`, random)).toBe("");
  expect(judge(`${HEADER}<a x='1' x='2'/>`, random, lenient)).toContain("accepted: malformed");
  const forgetful = (chunks: Iterable<string>): recorder.Transcript =>
    recorder.play([...chunks].map((chunk) => chunk.trimEnd()));
  expect(() => fuzz("canary", 200, forgetful)).toThrow(Failure);
  expect(() => fuzz("canary", 200)).not.toThrow();
});
