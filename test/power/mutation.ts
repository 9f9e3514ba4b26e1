/**
 * `npm run test:mutation [EVERY]`: takes each check of firmware/store away, one at a time, in a
 * copy of the sources, and shows that the tests notice. Prints those that nobody misses.
 * EVERY 10 tries every tenth only.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const STORE = "firmware/store";
const COPIED = ["firmware", "hal", "test/power", "test/sim", "test/unit/store", "test/unit/access",
  "package.json", "tsconfig.json", "vitest.config.ts"];
const UNITS = ["test/unit/store", "test/unit/access/cache.test.ts"];
/** A mutant that runs in circles is noticed, too. */
const PATIENCE_MS = 60000;

export interface Mutant {
  file: string;
  line: number;
  what: string;
  text: string;
}

/** Every `if` and every operand of a decision the other way, every statement and loop left out. */
export function mutants(file: string, text: string): Mutant[] {
  const found: Mutant[] = [];
  const lines = text.split("\n");
  const add = (index: number, what: string, line: string): void => {
    const changed = [...lines];
    changed[index] = line;
    found.push({ file, line: index + 1, what, text: changed.join("\n") });
  };
  lines.forEach((line, index) => {
    if (/^\s*(\*|\/\*|\/\/|import|export (const )?enum)/.test(line)) return;
    const test = /^(.*\bif )(\(.*\))( (?:\{|\S.*;))$/.exec(line);
    if (test) {
      const [condition, rest] = balance(test[2]! + test[3]!);
      add(index, "negates", `${test[1]}(!${condition})${rest}`);
    }
    for (const [from, to] of [[" && ", " || "], [" || ", " && "], [" < ", " <= "],
      [" <= ", " < "], [" > ", " >= "], [" >= ", " > "]] as const) {
      const at = line.indexOf(from);
      if (at >= 0) add(index, `${from.trim()} to ${to.trim()}`, line.replace(from, to));
    }
    if (/^\s+(this\.|pages\.|[a-z]+ [-+]?= )[^{}]*;$/.test(line) && isStatement(lines, index)) {
      add(index, "drops", "");
    }
    if (/return (true|false);/.test(line)) {
      add(index, "returns the other", line.replace(/return (true|false);/,
        (_, word: string) => `return ${word === "true" ? "false" : "true"};`));
    }
  });
  return found;
}

/** Not the body of an `if` of the line before, nor the rest of an expression. */
function isStatement(lines: string[], index: number): boolean {
  return /[;{}]\s*(\/\/.*)?$|^\s*\/\/|\*\/$/.test(lines[index - 1]!);
}

/** The bracket at the start, and what follows it. */
function balance(text: string): [string, string] {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return [text.slice(0, at + 1), text.slice(at + 1)];
  }
  return [text, ""];
}

export function all(): Mutant[] {
  return readdirSync(join(ROOT, STORE)).sort().flatMap((name) =>
    mutants(join(STORE, name), readFileSync(join(ROOT, STORE, name), "utf8")));
}

/** A copy of what the tests need, to be spoiled. */
export function copy(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const one of COPIED) cpSync(join(ROOT, one), join(folder, one), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

/** Which test notices it; "" is a survivor. */
export function noticed(mutant: Mutant, folder: string): string {
  const path = join(folder, mutant.file);
  const sound = readFileSync(path, "utf8");
  writeFileSync(path, mutant.text);
  try {
    if (!passes(folder, ["--import", "tsx", "test/power/quick.ts"])) return "power cuts";
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--reporter=dot"];
    return passes(folder, [...vitest, ...UNITS]) ? "" : "units";
  } finally {
    writeFileSync(path, sound);
  }
}

function passes(folder: string, args: string[]): boolean {
  return spawnSync(execPath, args, { cwd: folder, timeout: PATIENCE_MS }).status === 0;
}

function main(): void {
  const every = Number(argv[2] ?? 1);
  const folder = join(ROOT, "out/mutation");
  copy(folder);
  const chosen = all().filter((_, index) => index % every === 0);
  const sums: Record<string, number> = {};
  for (const mutant of chosen) {
    const by = noticed(mutant, folder);
    sums[by || "nobody"] = (sums[by || "nobody"] ?? 0) + 1;
    if (by !== "") continue;
    const line = mutant.text.split("\n")[mutant.line - 1]!.trim();
    console.log(`survives: ${mutant.file}:${mutant.line} ${mutant.what}: ${line}`);
  }
  rmSync(folder, { recursive: true });
  const parts = Object.entries(sums).map(([by, count]) => `${count} by ${by}`);
  console.log(`${chosen.length} mutants, noticed: ${parts.join(", ")}`);
}

if (argv[1] === fileURLToPath(import.meta.url)) main();
