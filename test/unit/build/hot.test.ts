/** build/hot.json says what must not be cold. It is recorded, and cannot say what is not so. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../../build/bundle.js";
import type { Built, Half } from "../../../build/bundle.js";
import { inContext } from "../../../build/engines.js";
import { ROOT } from "../../../build/project.js";
import { hot, partForChip } from "../../../build/storage.js";

/**
 * Within this time a board without a network has done once whatever it does; the supervisor notes
 * after a minute that the start was a good one.
 */
const START_MS = 65000;
const REST_MS = 60000;

let built: Built[] = [];
let parts: Record<string, Half> = {};
beforeAll(async () => {
  const out = mkdtempSync(join(tmpdir(), "hot-"));
  const everything = await build(ROOT, out);
  built = everything.built;
  parts = everything.parts;
  rmSync(out, { recursive: true });
}, 120000);

test.each([false, true])("every name is a function's, so whoever renames one must record anew: %s",
  (isPart) => {
    const all = isPart ? Object.values(parts) : built;
    const names = new Set(all.flatMap(({ marked }) =>
      [...marked.matchAll(/\/\*@([\w.$]+)\*\//g)].map((found) => found[1]!)));
    expect(names.size).toBeGreaterThan(100);
    expect(Object.keys(hot(isPart)).filter((name) => !names.has(name))).toEqual([]);
  });

test("nothing of the ladder is read from flash to be called", () => {
  const ladder = ["Ladder.step", "Ladder.climb", "Ladder.two", "Ladder.bit", "Ladder.swap",
    "Ladder.invert", "copy", "slice", "CodeProof.work"];
  for (const name of Object.keys(parts)) {
    const texts: string[] = [];
    partForChip(name, parts[name]!, hot(true), (text) => (texts.push(text), text));
    const [resident, ...cold] = texts.map((text) =>
      ladder.filter((each) => text.includes(`/*@${each}*/`)));
    expect([name, resident, cold.flat()]).toEqual([name, ladder, []]);
  }
});

test("at rest nothing is read from flash to be called", () => {
  for (const { app, cold, board } of built) {
    const counting = app.replace("=>eval(", "=>calls++&&0||eval(");
    expect(counting).not.toBe(app);
    const tail = `setTimeout(function(){calls=0},${START_MS});`
      + `setTimeout(function(){print("calls "+calls)},${START_MS + REST_MS});`;
    const { lines, errors } = inContext(`var calls=0;${counting}${tail}`, cold,
      START_MS + REST_MS + 1);
    expect([board, errors, lines.at(-1)]).toEqual([board, [], "calls 0"]);
  }
});
