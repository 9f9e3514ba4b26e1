/**
 * What a bundle costs: bytes in flash, of what is evaluated at the start (`app`) and of the rare
 * functions (`cold`), and functions, methods and names that are resident, which cost JsVars
 * whatever their length (ARCHITECTURE E9, ENGINE 4). Printed beside the budget and the committed
 * figures; above the budget is a failure.
 *
 *   npm run size             compares dist/ with build/budget.json and build/figures.json, and
 *                            repeats what `npm run measure` found last
 *   npm run size -- --write  makes today's figures the ones to compare with
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { argv } from "node:process";
import { chunk, shrink } from "./bundle.js";
import { type Limits, type Measured, lines } from "./measure/table.js";
import { boards, bundles, coldOf, isMain, parts, readJson, ROOT } from "./project.js";
import { isFunction, parseScript, walk } from "./tree.js";
import type { Node } from "./tree.js";

export interface Figures {
  /** Bytes that are evaluated at the start. */
  app: number;
  /** Bytes of functions that are made when they are called. */
  cold: number;
  total: number;
  /** Every function object there is from the start: functions and methods. */
  functions: number;
  methods: number;
  classes: number;
  /** Made anew, from text, each time the function around them runs. */
  closures: number;
  /** Names in the one scope that everything is looked up in. */
  names: number;
}

export type Table = Record<string, Figures>;

interface Budget {
  why: Record<string, string>;
  limits: Record<string, Partial<Figures>>;
  /** What `npm run measure` finds on the interpreter. */
  measured: Limits;
}

const KINDS: (keyof Figures)[] = ["app", "cold", "total", "functions", "methods", "classes",
  "closures", "names"];

export function measure(app: string, cold = ""): Figures {
  const sizes = [Buffer.byteLength(app), Buffer.byteLength(cold)] as const;
  const figures: Figures = {
    app: sizes[0], cold: sizes[1], total: sizes[0] + sizes[1],
    functions: 0, methods: 0, classes: 0, closures: 0, names: 0,
  };
  const program = parseScript(app);
  walk(program, (node, parents) => {
    if (node.type === "MethodDefinition") figures.methods++;
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") figures.classes++;
    if (!isFunction(node)) return;
    if (parents.some((each) => isFunction(each))) figures.closures++;
    else figures.functions++;
  });
  for (const statement of program.body as Node[]) {
    if (statement.type === "VariableDeclaration") figures.names += statement.declarations.length;
    else if (statement.id) figures.names++;
  }
  return figures;
}

/** A line for each figure: old → new, the budget, and whether it is kept. */
export function compare(
  board: string, now: Figures, before: Partial<Figures>, limits: Partial<Figures>,
): { lines: string[]; isKept: boolean } {
  let isKept = true;
  const lines = KINDS.map((kind) => {
    const limit = limits[kind];
    const isOver = limit !== undefined && now[kind] > limit;
    if (isOver) isKept = false;
    const old = before[kind] === undefined ? "-" : String(before[kind]);
    const budget = limit === undefined ? "" : `of ${limit}${isOver ? "  ABOVE THE BUDGET" : ""}`;
    return `  ${board.padEnd(14)} ${kind.padEnd(10)} ${old.padStart(7)} → ${
      String(now[kind]).padStart(6)}  ${budget}`.trimEnd();
  });
  return { lines, isKept };
}

/**
 * Bytes by folder: each module minified by itself with the build's names. An estimate, since
 * the bundle as a whole is compressed a little better.
 */
export async function folders(board: string): Promise<Map<string, number>> {
  const names = new Map(Object.entries(
    readJson<Record<string, string>>(join(ROOT, "dist/names.json"))));
  const { modules } = await chunk(board);
  const sums = new Map<string, number>();
  for (const [path, code] of Object.entries(modules)) {
    const parts = path.split("/");
    const folder = parts.length > 2 ? parts.slice(0, 2).join("/") : path;
    const small = await shrink(code, names, undefined, false);
    sums.set(folder, (sums.get(folder) ?? 0) + small.trim().length);
  }
  return sums;
}

async function main(): Promise<void> {
  const files = bundles();
  if (files.length === 0 || files.length < boards().length) {
    throw new Error("a bundle is missing in dist/: run `npm run build` first");
  }
  const budget = readJson<Budget>(join(ROOT, "build/budget.json"));
  const figures = join(ROOT, "build/figures.json");
  const before = readJson<Table>(figures);
  const now: Table = {};
  let isKept = true;
  console.log("  board          figure         old →    new  budget");
  for (const file of [...files, ...parts()]) {
    const board = basename(file, ".js");
    const cold = readFileSync(coldOf(file), "utf8");
    now[board] = measure(readFileSync(file, "utf8"), cold);
    const limits = { ...budget.limits["*"], ...budget.limits[board] };
    const result = compare(board, now[board], before[board] ?? {}, limits);
    for (const line of result.lines) console.log(line);
    if (!result.isKept) isKept = false;
  }
  for (const [folder, bytes] of await folders(basename(files[0], ".js"))) {
    console.log(`  ${folder.padEnd(25)} about ${String(bytes).padStart(6)} bytes`);
  }
  const measured = join(ROOT, "build/measured.json");
  if (existsSync(measured)) {
    for (const line of lines(readJson<Measured>(measured), budget.measured)) console.log(line);
  }
  if (argv.includes("--write")) writeFileSync(figures, `${JSON.stringify(now, null, 2)}\n`);
  if (!isKept) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main();
