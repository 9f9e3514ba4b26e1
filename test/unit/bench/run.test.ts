/** The bench runs: figures of a moment, but of the real work. */
import { expect, test } from "vitest";
import { compare, median, rateOf } from "../../bench/median.js";
import { onNode } from "../../bench/parse.js";
import { parsing, serving, show, weighing } from "../../bench/run.js";
import { sizes } from "../../bench/size.js";

test("a median is the middle one, and a spread what lies between the extremes", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  expect(rateOf([90, 100, 120])).toEqual({ perSecond: 100, spread: 0.3 });
  expect(show({ perSecond: 12345.6, spread: 0.051 })).toBe("12,346 ± 3 %");
});

test("contenders take turns, and the first run does not count", () => {
  const turns: string[] = [];
  const work = (name: string) => (): void => void turns.push(name);
  const rates = compare({ one: work("one"), other: work("other") }, 1, 2, 0);
  expect(turns.slice(0, 2)).toEqual(["one", "other"]);
  expect(Object.keys(rates)).toEqual(["one", "other"]);
});

test("every parser makes a tree of every stanza", () => {
  const found = onNode({ runs: 1, runMs: 1 });
  expect(found.map(({ name }) => name)).toEqual(["Thingward", "ltx", "saxes"]);
  for (const { rate } of found) expect(rate!.perSecond).toBeGreaterThan(0);
  expect(parsing(found, [{ name: "ltx", why: "SyntaxError" }])[3]).toMatch(
    /^\| ltx \| [\d,]+ ± 0 % \| SyntaxError \|$/);
});

test("the peers are bundled whole, and ours with them", async () => {
  const found = await sizes();
  expect(found.map(({ name }) => name)).toEqual(["the firmware, made like the peers",
    "xmpp.js (@xmpp/client)", "strophe.js", "stanza.js (stanza)"]);
  // An entry that imports nothing would be some hundred octets.
  for (const { bytes } of found) expect(bytes).toBeGreaterThan(30000);
  expect(weighing(found).length).toBe(6);
});

test("a table of read-outs names both devices", () => {
  const rate = { perSecond: 50, spread: 0 };
  expect(serving([{ name: "npm run device", single: rate, together: rate }])[2])
    .toBe("| npm run device | 50 ± 0 % | 50 ± 0 % |");
});
