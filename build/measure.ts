/**
 * What the firmware costs on the interpreter itself, beside its budget (build/budget.json).
 *
 *   npm run measure             ESPRUINO names a build of Espruino for Linux; ESPRUINO32 one with
 *                               JsVars of 14 octets, as the chip's are: JsVars are counted there
 *   npm run measure -- --write  puts the figures into BENCHMARKS.md and build/measured.json
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env } from "node:process";
import { Board } from "./measure/board.js";
import { load } from "./measure/bundle.js";
import { hasValgrind } from "./measure/callgrind.js";
import { type Arriving, arriving, type Memory, memory } from "./measure/memory.js";
import { type Figure, type Measured, lines, markdown } from "./measure/table.js";
import { type Time, time } from "./measure/time.js";
import { isMain, readJson, ROOT } from "./project.js";

const BENCHMARKS = join(ROOT, "BENCHMARKS.md");
const MEASURED = join(ROOT, "build/measured.json");
const HEADING = "## The firmware on the interpreter";

interface Budget {
  measured: Record<string, number>;
}

function memoryFigures(found: Memory): Figure[] {
  return [
    { key: "rest", value: found.rest,
      what: "JsVars at rest: online, one provisioning server, one friend, 20 cached decisions" },
    { key: "peak", value: found.peak,
      what: `JsVars at the peak of a stanza of ${found.largestBytes} octets and of a read-out`
        + " of three nodes" },
    { key: "depth", value: found.depth, what: `call depth (${found.deepest.join(" > ")})` },
  ];
}

function arrivingFigures(found: Arriving): Figure[] {
  return [
    { key: "waiting", value: found.idle,
      what: "JsVars of a board without an account, which waits for somebody to let it in" },
    { key: "arriving", value: found.peak,
      what: `the same at its highest, until it is home (${found.top.join(" > ")})` },
    { key: "returned", value: found.after - found.again,
      what: `JsVars more when it has an account (${found.after}) than after a restart with it` },
  ];
}

function timeFigures(found: Time): Figure[] {
  return [
    { key: "readout", value: found.few / found.reference,
      what: `a cached read-out (${found.few} instructions) against a script that finds three`
        + ` attributes and writes a ready-made answer (${found.reference})` },
    { key: "many", value: found.many / found.few,
      what: `the same with 200 cached decisions (${found.many}) against 10` },
    { key: "tick", value: found.tick, what: "instructions for one tick of an idle board" },
  ];
}

/** What the interpreter says of itself. */
async function version(interpreter: string): Promise<string> {
  const board = new Board(interpreter);
  try {
    // Without a timer there is nothing to wait for, and it ends.
    await board.store({ ".boot0": "setTimeout(function(){},1e6)" });
    const run = board.powerOn();
    await run.until(/\n>/);
    const found = `Espruino ${await run.value("process.env.VERSION")}, JsVars of ${
      await run.value("process.memory().blocksize")} octets`;
    await run.kill();
    return found;
  } finally {
    board.remove();
  }
}

async function measure(interpreter: string, narrow: string): Promise<Measured> {
  const bundle = await load();
  const figures: Figure[] = [];
  const builds: string[] = [];
  if (narrow) {
    builds.push(await version(narrow));
    figures.push(...memoryFigures(await memory(narrow, bundle)));
    figures.push(...arrivingFigures(await arriving(narrow, bundle)));
  } else console.log("skipped: JsVars, as ESPRUINO32 is not set (a build with the chip's JsVars)");
  if (hasValgrind()) {
    builds.push(await version(interpreter));
    figures.push(...timeFigures(await time(interpreter, bundle)));
  } else console.log("skipped: instructions, as there is no valgrind");
  return {
    date: new Date().toISOString().slice(0, 10), builds, bytes: bundle.bytes, figures,
  };
}

/** Replaces the section of that heading, or adds it. */
export function replaceSection(text: string, section: string): string {
  const start = text.indexOf(HEADING);
  if (start < 0) return `${text.trimEnd()}\n\n${section}`.trimStart();
  const next = text.indexOf("\n## ", start);
  const rest = next < 0 ? "" : text.slice(next + 1);
  return `${text.slice(0, start)}${section}${rest ? `\n${rest}` : ""}`;
}

function write(measured: Measured, budget: Record<string, number>): void {
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT });
  const named = { ...measured, commit: String(commit.stdout).trim() };
  const before = existsSync(BENCHMARKS) ? readFileSync(BENCHMARKS, "utf8") : "";
  const section = `${HEADING}\n\n${markdown(named, budget)}`;
  writeFileSync(BENCHMARKS, replaceSection(before, section));
  writeFileSync(MEASURED, `${JSON.stringify(named, null, 2)}\n`);
}

async function main(): Promise<void> {
  const interpreter = env.ESPRUINO ?? "";
  if (!interpreter) {
    console.log("skipped: ESPRUINO is not set (the path of an interpreter)");
    return;
  }
  const budget = readJson<Budget>(join(ROOT, "build/budget.json")).measured;
  const measured = await measure(interpreter, env.ESPRUINO32 ?? "");
  for (const line of lines(measured, budget)) console.log(line);
  if (argv.includes("--write")) write(measured, budget);
  if (measured.figures.some(({ key, value }) => value > (budget[key] ?? Infinity))) {
    process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) await main();
