import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { forbid, without } from "../../../build/rendezvous.js";
import { report } from "../../../build/pake.js";
import { ROOT, list } from "../../../build/project.js";

test("a bundle with the variant without credentials in it is no bundle", () => {
  const bundle = (file: string) => ({ board: "board", modules: { [file]: "" } });
  expect(() => forbid(bundle("firmware/rendezvous/secret.ts"))).not.toThrow();
  expect(() => forbid(bundle("firmware/rendezvous/unproven.ts"))).toThrow(/unproven/);
  expect(() => forbid(bundle("test/sim/unproven.ts"))).toThrow(/unproven/);
});

test("and nothing of the firmware or of a board's HAL has it, under whatever name", () => {
  const files = ["firmware", "hal/espruino", "boards"]
    .flatMap((each) => list(`${ROOT}/${each}`, ".ts"));
  const makers = files.filter((file) =>
    /suite(: Suite)? = Suite\.Unproven|UnprovenProof/.test(readFileSync(file, "utf8")));
  expect(files.length).toBeGreaterThan(60);
  expect(makers).toEqual([]);
});

test("what the rendezvous calls of a board keeps its name in it", () => {
  const names = new Map([["append", "a"], ["value", "b"], ["seek", "c"]]);
  expect([...without(names, "x.a(1);y.b;c(2)").keys()]).toEqual(["seek"]);
});

test("a step that a slow chip would feel is told", () => {
  const cost = { multiplication: 3e9, step: 10.7e6, steps: 292 };
  expect(report(cost).isKept).toBe(true);
  expect(report(cost).lines.join("\n")).toContain("61 ms, with slow flash 113 ms, of 150 ms");
  expect(report({ ...cost, step: 15e6 }).isKept).toBe(false);
});
