/** A sample of `npm run test:mutation`: the tests notice when a check is taken away. */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { all, copy, mutants, noticed } from "./mutation.js";

const SOURCE = `export class Sample {
  check(): boolean {
    if (this.one && !this.other()) return false;
    this.done = 1;
    return true;
  }
}`;

test("conditions are turned round, statements left out, answers swapped", () => {
  const words = mutants("sample.ts", SOURCE).map(({ line, what }) => `${line} ${what}`);
  expect(words).toEqual(["3 negates", "3 && to ||", "3 returns the other", "4 drops",
    "5 returns the other"]);
  const [first] = mutants("sample.ts", SOURCE);
  expect(first!.text.split("\n")[2]).toBe("    if (!(this.one && !this.other())) return false;");
});

test("a mutant of the store is noticed by the power cuts", () => {
  const chosen = all().filter((one) => one.file.endsWith("log.ts") && one.what === "negates");
  expect(chosen.length).toBeGreaterThan(3);
  const folder = mkdtempSync(join(tmpdir(), "thingward-mutant-"));
  copy(folder);
  expect(noticed(chosen[1]!, folder)).toBe("power cuts");
  rmSync(folder, { recursive: true });
});
