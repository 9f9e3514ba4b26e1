/**
 * What the PAKE costs on the interpreter that ESPRUINO32 (or ESPRUINO) names, in instructions that
 * valgrind counts, beside what RENDEZVOUS.md estimated for a chip.
 *
 *   npm run bench:pake
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { x25519 } from "@noble/curves/ed25519.js";
import { rollup } from "rollup";
import { minify } from "terser";
import { compile } from "./bundle.js";
import { Run } from "./measure/board.js";
import { hasValgrind } from "./measure/callgrind.js";
import { isMain, ROOT } from "./project.js";

/** RENDEZVOUS 2.4: multiplication and step, on an ARM build without a floating-point unit. */
const ESTIMATE = 1.99e9;
const STEP_ESTIMATE = 6.8e6;
/**
 * An interpreter built by its Makefile has assertions, which a chip's has not: the very code that
 * RENDEZVOUS estimated with 6.80 M a step counts 9.93 M there (2026-11-22, -m32 -Og).
 */
const ASSERTIONS = 9.93 / 6.8;
/** RENDEZVOUS 2.4: instructions in a millisecond, with the flash at QIO/80 and at DIO/40 MHz. */
const RATES = [120e3, 65e3];
export const STEP_MS_MAX = 150;
const ALL = 1000;
const SOME = [20, 60] as const;

export interface Cost {
  multiplication: number;
  step: number;
  steps: number;
}

export async function cost(interpreter: string): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "pake-"));
  try {
    const code = await script(folder);
    const counted: Counted[] = [];
    for (const steps of [0, ...SOME, ALL]) {
      counted.push(await count(interpreter, folder, `var STEPS=${steps};\n${code}`));
    }
    const [none, few, more, all] = counted as [Counted, Counted, Counted, Counted];
    const [steps, result] = all.said.split(" ") as [string, string];
    const expected = x25519.scalarMult(Buffer.from("numbers here are exact or no one"),
      Buffer.from("a point as it may come from them"));
    if (!Buffer.from(result, "base64").equals(Buffer.from(expected))) throw new Error("wrong");
    return {
      multiplication: all.instructions - none.instructions, steps: Number(steps),
      step: (more.instructions - few.instructions) / (SOME[1] - SOME[0]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Counted {
  instructions: number;
  said: string;
}

async function script(folder: string): Promise<string> {
  const out = join(folder, "out");
  compile(ROOT, out);
  const bundle = await rollup({
    input: join(ROOT, "build/measure/pake.js"),
    plugins: [{
      name: "compiled",
      resolveId: (id) => (id.startsWith("firmware/") ? join(out, id) : null),
    }],
  });
  const { output: [{ code }] } = await bundle.generate({ format: "es" });
  await bundle.close();
  const how = { ecma: 5, compress: false, mangle: { toplevel: true } } as const;
  return (await minify(code, { ...how, format: { ascii_only: true } })).code ?? "";
}

/** From the start of the process to its end, which comes by itself. */
async function count(interpreter: string, folder: string, code: string): Promise<Counted> {
  writeFileSync(join(folder, "run.js"), code);
  const watcher = ["valgrind", "--tool=callgrind", "--callgrind-out-file=callgrind.out"];
  const run = new Run([...watcher, interpreter], folder, ["run.js"]);
  await run.ended;
  const instructions = Number(/Collected : (\d+)/.exec(run.text)?.[1]);
  const said = /counted (.*?)\r?\n/.exec(run.text)?.[1];
  if (!instructions || said === undefined) throw new Error(run.text);
  return { instructions, said };
}

/** The table, and whether a step stays within its time. */
export function report(
  { multiplication, step, steps }: Cost,
): { lines: string[]; isKept: boolean } {
  const ms = RATES.map((rate) => Math.round(step / ASSERTIONS / rate));
  const seconds = RATES.map((rate) => Math.round(multiplication / ASSERTIONS / rate / 1000));
  const millions = (count: number): string => `${(count / 1e6).toFixed(1)} M`.padStart(9);
  return {
    lines: [
      `  counted with assertions, which cost a factor of ${ASSERTIONS.toFixed(2)}; a chip has none`,
      `  one multiplication (${steps} steps) ${millions(multiplication)}  estimated ${
        millions(ESTIMATE)}  on a chip ${seconds[0]} s, with slow flash ${seconds[1]} s`,
      `  one step                       ${millions(step)}  estimated ${
        millions(STEP_ESTIMATE)}  on a chip ${ms[0]} ms, with slow flash ${ms[1]} ms, of ${
        STEP_MS_MAX} ms`,
    ],
    isKept: Math.max(...ms) <= STEP_MS_MAX,
  };
}

async function main(): Promise<void> {
  const interpreter = env["ESPRUINO32"] ?? env["ESPRUINO"];
  if (!interpreter || !hasValgrind()) {
    return console.log("bench:pake needs ESPRUINO32 or ESPRUINO, and valgrind: nothing measured");
  }
  const { lines, isKept } = report(await cost(interpreter));
  for (const line of lines) console.log(line);
  if (!isKept) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main();
