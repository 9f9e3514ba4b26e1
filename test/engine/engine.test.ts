import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { beforeAll, describe, expect, test } from "vitest";
import { build } from "../../build/bundle.js";
import { inContext, inEspruino, inJerry } from "../../build/engines.js";

const { ESPRUINO = "", JERRY = "" } = env;
const unit = join(import.meta.dirname, "../unit/build");
const allowed = readFileSync(join(unit, "dialect/allowed.js"), "utf8");

let sample = "";
beforeAll(async () => {
  // In a folder of its own: another test builds the same sample at the same time.
  const out = mkdtempSync(join(tmpdir(), "sample-"));
  sample = (await build(join(unit, "sample"), out)).built[0].code;
  rmSync(out, { recursive: true });
}, 60000);

/** What a script says in the bare context, one printed line after the other. */
function said(code: string): string[] {
  const { lines, errors } = inContext(code);
  expect(errors).toEqual([]);
  return lines.join("\n").split("\n");
}

describe("the bare context", () => {
  test.each(["new Map()", "Symbol('x')", "Promise.resolve()", "Buffer.from('x')", "require('os')",
    "globalThis.setInterval(1)", "setImmediate(print)", "new TextDecoder()", "Array.from([])",
    "Math.imul(1, 2)", "'x'.trimStart()", "[1].at(0)", "Number.isInteger(1)", "new URL('x:')",
    "process.exit()", "process.stdout.write('')"])("does not know %s", (code) => {
    expect(inContext(code).errors).toHaveLength(1);
  });

  test("an error in a timer is found, and time goes on", () => {
    const run = inContext("setTimeout(function () { none(); }, 5);"
      + "setTimeout(function () { print(getTime()); }, 1000);", "", 2000);
    expect(run.errors[0]).toMatch(/none is not defined/);
    expect(run.lines).toEqual(["1"]);
    expect(run.fired).toBe(2);
  });

  test("flash only clears bits until it is erased", () => {
    expect(said("var f = require('Flash');"
      + "f.write('\\xf0', 4096); f.write('\\x3c', 4096); print(f.read(1, 4096)[0]);"
      + "f.erasePage(4096); print(f.read(1, 4096)[0]);")).toEqual(["48", "255"]);
  });
});

describe.skipIf(!ESPRUINO)("Espruino", () => {
  test("runs what the dialect allows, with the same result", async () => {
    const { lines, errors } = await inEspruino(ESPRUINO, allowed, 2000);
    expect(errors).toEqual([]);
    expect(lines.join("\n")).toContain(said(allowed).join("\n"));
  });

  test("runs a bundle with short names, octet for octet", async () => {
    const { lines, errors } = await inEspruino(ESPRUINO, sample, 2000);
    expect(errors).toEqual([]);
    expect(lines.join("\n")).toContain(said(sample).join("\n"));
  });

  test("an error is noticed", async () => {
    expect((await inEspruino(ESPRUINO, "new Map();", 1000)).errors.join()).toMatch(/Map/);
  });
});

describe.skipIf(!JERRY)("JerryScript", () => {
  test("runs what the dialect allows, and a bundle, with the same result", async () => {
    expect((await inJerry(JERRY, allowed)).lines.join("\n")).toBe(said(allowed).join("\n"));
    expect((await inJerry(JERRY, sample)).lines).toEqual(said(sample));
  });

  test("an error is noticed", async () => {
    expect((await inJerry(JERRY, "none();")).errors).toHaveLength(1);
  });
});
