/** build/hot.json says what must not be cold. It is recorded, and cannot say what is not so. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build, hot } from "../../../build/bundle.js";
import type { Built } from "../../../build/bundle.js";
import { inContext } from "../../../build/engines.js";
import { ROOT } from "../../../build/project.js";

/**
 * Within this time a board without a network has done once whatever it does; the supervisor notes
 * after a minute that the start was a good one.
 */
const START_MS = 65000;
const REST_MS = 60000;

let built: Built[] = [];
beforeAll(async () => {
  const out = mkdtempSync(join(tmpdir(), "hot-"));
  built = (await build(ROOT, out)).built;
  rmSync(out, { recursive: true });
}, 120000);

test("every name is a function's, so whoever renames one must record anew", () => {
  const names = new Set(built.flatMap(({ marked }) =>
    [...marked.matchAll(/\/\*@([\w.$]+)\*\//g)].map((found) => found[1]!)));
  expect(Object.keys(hot()).filter((name) => !names.has(name))).toEqual([]);
});

test("at rest nothing is read from flash to be called", () => {
  for (const { app, cold, board } of built) {
    const counting = app.replace("=>eval(", "=>(calls++,eval)(");
    expect(counting).not.toBe(app);
    const tail = `setTimeout(function(){calls=0},${START_MS});`
      + `setTimeout(function(){print("calls "+calls)},${START_MS + REST_MS});`;
    const { lines, errors } = inContext(`var calls=0;${counting}${tail}`, cold,
      START_MS + REST_MS + 1);
    expect([board, errors, lines.at(-1)]).toEqual([board, [], "calls 0"]);
  }
});
