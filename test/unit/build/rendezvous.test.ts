import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { chunk } from "../../../build/bundle.js";
import { bind, forbid, tie, without } from "../../../build/rendezvous.js";
import { report } from "../../../build/pake.js";
import { ROOT, list } from "../../../build/project.js";

test("a bundle with the variant without credentials in it is no bundle", () => {
  const bundle = (file: string) => ({ board: "board", modules: { [file]: "" } });
  expect(() => forbid(bundle("firmware/rendezvous/secret.ts"))).not.toThrow();
  expect(() => forbid(bundle("firmware/rendezvous/unproven.ts"))).toThrow(/unproven/);
  expect(() => forbid(bundle("test/sim/unproven.ts"))).toThrow(/unproven/);
});

test("the build itself refuses it, whatever its file is called", async () => {
  const out = mkdtempSync(join(tmpdir(), "forbidden-"));
  mkdirSync(join(out, "boards"));
  const write = (name: string, code: string): void =>
    writeFileSync(join(out, "boards", `${name}.js`), code);
  write("proof", "export class Proof { secret() { return 1; } }");
  write("unproven", "export class Proof { secret() { return 2; } }");
  write("other", "export class UnprovenProof { secret() { return 3; } }");
  write("fair", 'import { Proof } from "./proof.js"; globalThis.p = new Proof();');
  write("foul", 'import { Proof } from "./unproven.js"; globalThis.p = new Proof();');
  write("hidden", 'import { UnprovenProof } from "./other.js"; globalThis.p = new UnprovenProof();');
  expect((await chunk("fair", out, out)).code).toContain("secret");
  await expect(chunk("foul", out, out)).rejects.toThrow(/foul: .*unproven.* must be in no bundle/);
  await expect(chunk("hidden", out, out)).rejects.toThrow(/hidden: .*other.* must be in no bundle/);
  rmSync(out, { recursive: true });
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
  expect([...without(new Set(["a", "b", "c", "d"]), "x.a(1);y.b;c(2);this.d()")])
    .toEqual(["c", "d"]);
});

test("what a part's object is called by is not taken for the application's own method", () => {
  const user = (code: string) => ({ code, profile: {} });
  const board = user("class A{m(){/*@A.put*/}n(){/*@A.own*/this.n()}}let f=x=>{/*@f*/x.m()};f(new A)");
  const part = user("class B{m(){/*@B.put*/}n(){/*@B.own*/this.n()}}go(new B)");
  const { boards, parts } = tie(new Map([["long", "m"], ["own", "n"]]), [board], [part]);
  expect([[...boards[0]!.ours], [...boards[0]!.numbers]]).toEqual([["n"], ["m", "n"]]);
  expect([...parts[0]!.ours]).toEqual(["n"]);
});

test("an application knows the sums of the very parts that it was built with", () => {
  const part = (app: string) => ({ app, cold: "" });
  const code = "E.CRC32(t)!==RENDEZVOUS_SUM||INVITATION_SUM";
  expect(bind(code, { rendezvous: part("one"), invitation: part("two") }))
    .toBe(`E.CRC32(t)!==${crc32("one")}||${crc32("two")}`);
});

test("a step that a slow chip would feel is told", () => {
  const cost = { multiplication: 3e9, step: 10.7e6, steps: 292 };
  expect(report(cost).isKept).toBe(true);
  expect(report(cost).lines.join("\n")).toContain("61 ms, with slow flash 113 ms, of 150 ms");
  expect(report({ ...cost, step: 15e6 }).isKept).toBe(false);
});
