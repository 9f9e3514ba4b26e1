/**
 * Loads each bundle as it will be shipped into engines that have none of Node's globals, and lets
 * it run there: a bare context of Node's own engine with what Espruino lacks taken away (always),
 * and the interpreters that `ESPRUINO` and `JERRY` name (where they do).
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { env } from "node:process";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { GLOBALS, METHODS, STATICS } from "./absent.js";
import { Board } from "./measure/board.js";
import { boot } from "./measure/bundle.js";
import { WORDS } from "./pass/word.js";
import { boards, bundles, coldOf, isMain, ROOT } from "./project.js";
import type { Pair } from "./storage.js";

/** How long the device ticks, offline, in each engine. */
const VIRTUAL_MS = 60000;
/** A real interpreter starts within this time, or it never does. */
const BOOT_MS = 3000;
const LIMIT_MS = 60000;

export interface Run {
  /** What went wrong; empty when nothing did. */
  errors: string[];
  lines: string[];
  /** Timers that fired: a device that set none does nothing. */
  fired: number;
}

const chip = readFileSync(join(ROOT, "build/chip.js"), "utf8");

/** Removes, inside the context, whatever a chip does not have. */
function poverty(kept: string[] = []): string {
  const statics = [...STATICS].map((each) => `try { delete ${each}; } catch (e) {}`);
  const prototypes = ["Array", "String", "Number", "Date", "Object"];
  const methods = prototypes.flatMap((type) => [...METHODS]
    .filter((name) => !name.startsWith("__"))
    .map((name) => `delete ${type}.prototype.${name};`));
  const globals = [...GLOBALS].filter((name) => !kept.includes(name))
    .map((name) => `delete this.${name};`);
  return [...statics, ...methods, ...globals].join("\n");
}

/** `cold` is what Storage holds beside the application. */
export function inContext(code: string, cold = "", ms = VIRTUAL_MS): Run {
  const context = createContext({});
  // The one name that is missing in firmware, and not on the chip.
  runInContext(poverty(cold ? ["eval"] : []), context);
  runInContext(chip, context, { filename: "chip.js" });
  runInContext(`CHIP.storage.${WORDS.cold} = ${JSON.stringify(cold)};`, context);
  const report = `${JSON.stringify(["errors", "lines", "fired"])}`;
  try {
    runInContext(code, context, { filename: "bundle.js", timeout: LIMIT_MS });
    runInContext(`CHIP.run(${ms})`, context, { timeout: LIMIT_MS });
  } catch (error) {
    runInContext(`CHIP.errors.push(${JSON.stringify(String(error))})`, context);
  }
  return JSON.parse(runInContext(`JSON.stringify(CHIP, ${report})`, context) as string) as Run;
}

/** JerryScript prints what CHIP collected as its last line. */
export async function inJerry(
  jerry: string, code: string, cold = "", ms = VIRTUAL_MS,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const file = join(folder, "bundle.js");
  const tail = `CHIP.run(${ms});\nshow(JSON.stringify({ errors: CHIP.errors, lines: CHIP.lines, `
    + "fired: CHIP.fired }));\n";
  // The chip's `print` hides the engine's, which is the only way out.
  writeFileSync(file, `var show = print;\n${chip.replace("function print(", "print = function (")}
CHIP.storage.${WORDS.cold} = ${JSON.stringify(cold)};
${code}\n${tail}`);
  try {
    const { stdout } = await promisify(execFile)(jerry, [file], { timeout: LIMIT_MS });
    return JSON.parse(stdout.trim().split("\n").pop() ?? "") as Run;
  } catch (error) {
    return { errors: [String(error)], lines: [], fired: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The real interpreter runs a script. */
export async function inEspruino(espruino: string, code: string, ms = BOOT_MS): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const file = join(folder, "bundle.js");
  writeFileSync(file, code);
  const run = await watched(espruino, folder, [file], ms);
  rmSync(folder, { recursive: true });
  return run;
}

/** A board with these files in its Storage is switched on. */
async function onEspruino(espruino: string, parts: Pair, ms = BOOT_MS): Promise<Run> {
  const board = new Board(espruino);
  try {
    await board.store(boot(parts));
    return await watched(espruino, board.folder, ["-e", "0"], ms);
  } finally {
    board.remove();
  }
}

/**
 * An interpreter must not see the end of its input (it floods the console then). It goes on for
 * ever by nature, so it is ended after a while, and read.
 */
function watched(espruino: string, cwd: string, args: string[], ms: number): Promise<Run> {
  return new Promise((done) => {
    const child = spawn(espruino, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (bytes) => output += String(bytes));
    child.stderr.on("data", (bytes) => output += String(bytes));
    child.on("error", (error) => output += `Uncaught ${error.message}\n`);
    const timer = setTimeout(() => child.kill("SIGKILL"), ms);
    child.on("close", () => {
      clearTimeout(timer);
      const lines = output.split(/\r?\n/);
      const errors = lines.filter((line) => /Uncaught|Error:|OUT OF MEMORY|ERROR/.test(line));
      done({ errors, lines, fired: 0 });
    });
  });
}

function tell(engine: string, board: string, run: Run, extra: string): boolean {
  const isGood = run.errors.length === 0;
  console.log(`  ${engine.padEnd(10)} ${board.padEnd(14)} ${isGood ? extra : "FAILED"}`);
  for (const error of run.errors.slice(0, 5)) console.error(`    ${error}`);
  return isGood;
}

async function main(): Promise<void> {
  const files = bundles();
  if (files.length < boards().length || files.length === 0) {
    throw new Error("a bundle is missing in dist/: run `npm run build` first");
  }
  let isGood = true;
  for (const file of files) {
    const board = basename(file, ".js");
    const app = readFileSync(file, "utf8");
    const cold = readFileSync(coldOf(file), "latin1");
    const run = inContext(app, cold);
    const fired = `${run.fired} timers in ${VIRTUAL_MS / 1000} virtual seconds`;
    if (!tell("bare", board, run, fired)) isGood = false;
    if (env.JERRY) {
      // It evaluates as well, so Storage is the only thing that it is lent.
      if (!tell("jerry", board, await inJerry(env.JERRY, app, cold), "starts")) isGood = false;
    }
    if (env.ESPRUINO && board === "linux") {
      const real = await onEspruino(env.ESPRUINO, { app, cold });
      if (!tell("espruino", board, real, "starts")) isGood = false;
    }
  }
  if (!env.JERRY) console.log("  skipped: JERRY is not set (the path of a jerry program)");
  if (!env.ESPRUINO) console.log("  skipped: ESPRUINO is not set (the path of an interpreter)");
  if (!isGood) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main();
