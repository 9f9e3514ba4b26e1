/** A sample of `npm run test:mutation`: the tests notice when a check is taken away. */
import { expect, test } from "vitest";
import { mutants, spoiled } from "./mutant.js";
import { all, noticed } from "./mutation.js";
import { SAME, proofOf, unused } from "./same.js";

const SOURCE = `export class Sample {
  check(): boolean {
    if (this.one && !this.other()
      || this.count <= 3) return false;
    this.done = 1;
    while (this.left > 0) this.left--;
    return true;
  }
}`;

test("operands, boundaries, connectives, statements and booleans are changed", () => {
  const words = mutants("sample.ts", SOURCE).map(({ line, what }) => `${line} ${what}`);
  expect(words).toEqual([
    "3 this.one → true", "3 this.one → false", "3 && → ||", "3 !this.other() → true",
    "3 !this.other() → false", "4 || → &&", "4 this.count <= 3 → true",
    "4 this.count <= 3 → false", "4 <= → <", "4 false → true", "5 without this.done = 1;",
    "6 this.left > 0 → true", "6 this.left > 0 → false", "6 > → >=", "6 without this.left--;",
    "7 true → false",
  ]);
});

test("one thing is changed, and loops come to an end", () => {
  const [, , , , , , other] = mutants("sample.ts", SOURCE);
  const text = spoiled("sample.ts", SOURCE, other!);
  expect(text).toContain("||  true ) return false;");
  expect(text).toContain("if (++turns0 > 2000)");
  expect(spoiled("other.ts", SOURCE, other!)).not.toContain("||  true )");
});

test("the store as it is passes, and a mutant of it does not", async () => {
  expect(await noticed(null, true, "sound")).toBe("");
  const chosen = all().filter((one) => one.what === "&& → ||");
  expect(chosen.length).toBeGreaterThan(3);
  expect(await noticed(chosen[0]!, true, "spoiled")).not.toBe("");
}, 120000);

test("each proof is of a mutant that there is", () => {
  expect(unused(all())).toEqual([]);
  const proved = all().filter((one) => proofOf(one) !== null);
  expect(proved.length).toBe(SAME.length);
});
