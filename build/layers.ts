/**
 * The layers gate: which file may import which (ARCHITECTURE, rules 1 to 3), and the house rules
 * of style.ts, over all sources. `layers.json` lists the exceptions, each with its reason; an
 * exception that nothing needs any more is a complaint itself.
 */
import { readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { isMain, list, readJson, ROOT } from "./project.js";
import { common, firmware, parseSource } from "./style.js";
import { place, walk } from "./tree.js";
import type { Node } from "./tree.js";

/** A byte's way through the device; imports point left. */
export const ORDER = ["xml", "store", "stream", "router", "access", "pairing", "rendezvous",
  "thing"];

/** Files directly in firmware/: importable by all, and able to import all. */
const SHARED = ["firmware/config.ts", "firmware/fault.ts"];
const COMPOSITION = ["firmware/device.ts", "firmware/routes.ts"];
const CONTRACT = "hal/hal.ts";
const FOLDERS = ["firmware", "hal", "boards", "authority", "demo", "build", "flash", "commission",
  "test"];

export interface Finding {
  file: string;
  line: number;
  rule: string;
  detail: string;
}

/** file → rule → why this file may. */
export type Exceptions = Record<string, Record<string, string>>;

interface Import {
  from: string;
  target: string;
  names: string[];
  isType: boolean;
  start: number;
}

interface Source {
  path: string;
  text: string;
  program: Node;
  imports: Import[];
}

export function check(files: Record<string, string>, exceptions: Exceptions = {}): Finding[] {
  const findings: Finding[] = [];
  const sources = Object.keys(files).sort().map((path) => read(path, files[path]));
  for (const source of sources) judge(source, sources, findings);
  cycles(sources.filter((each) => each.path.startsWith("firmware/")), findings);
  return except(findings, exceptions);
}

function read(path: string, text: string): Source {
  const program = parseSource(text);
  const imports: Import[] = [];
  for (const node of program.body as Node[]) {
    if (!node.source) continue;
    const target = resolve(path, node.source.value);
    const names = (node.specifiers ?? []).filter((each: Node) => each.importKind !== "type")
      .map((each: Node) => each.imported?.name ?? each.local?.name ?? "*") as string[];
    const isType = node.importKind === "type" || (node.specifiers?.length > 0 && !names.length);
    imports.push({ from: node.source.value, target, names, isType, start: node.start });
  }
  return { path, text, program, imports };
}

function resolve(path: string, from: string): string {
  if (!from.startsWith(".")) return from;
  return posix.normalize(posix.join(posix.dirname(path), from)).replace(/\.js$/, ".ts");
}

function judge(source: Source, sources: Source[], findings: Finding[]): void {
  const { path, text, program } = source;
  const add = (rule: string, start: number, detail = ""): void => {
    findings.push({ file: path, line: place(text, start).line, rule, detail });
  };
  if (path.startsWith("test/")) return names(path, add);
  common(path, text, program, add);
  if (!path.startsWith("firmware/")) return;
  firmware(path, program, add);
  for (const each of source.imports) direction(path, each, sources, add);
  construction(source, sources, add);
}

type Add = (rule: string, start: number, detail?: string) => void;

/** Tests may be as long as what they tell; their names follow the same rule. */
function names(path: string, add: Add): void {
  common(path, "", parseSource(""), add);
}

function direction(path: string, each: Import, sources: Source[], add: Add): void {
  const { target, start } = each;
  if (each.from.startsWith(".") && !each.from.endsWith(".js")) add("import ending", start);
  if (target === CONTRACT) {
    const contract = sources.find((source) => source.path === CONTRACT);
    const enums = contract ? constEnums(contract.program) : [];
    for (const name of each.isType ? [] : each.names) {
      if (!enums.includes(name)) add("import of a value from the HAL", start, name);
    }
    return;
  }
  if (!target.startsWith("firmware/")) return add("import from outside", start, each.from);
  if (COMPOSITION.includes(path) || SHARED.includes(target)) return;
  if (SHARED.includes(path) || COMPOSITION.includes(target)) {
    return add("import to the right", start, each.from);
  }
  const own = ORDER.indexOf(path.split("/")[1]);
  const other = ORDER.indexOf(target.split("/")[1]);
  if (own < 0) return add("folder without a place", start, path.split("/")[1]);
  if (other < 0 || other > own) add("import to the right", start, each.from);
}

function constEnums(program: Node): string[] {
  return (program.body as Node[]).map((each) => (each.declaration ?? each) as Node)
    .filter((each) => each.type === "TSEnumDeclaration" && each.const).map((each) => each.id.name);
}

/** Parts are joined in one place, so that the wiring can be read there. */
function construction(source: Source, sources: Source[], add: Add): void {
  if (source.path === "firmware/device.ts") return;
  const parts = new Set<string>();
  for (const each of sources.filter((other) => other.path.startsWith("firmware/"))) {
    walk(each.program, (node) => {
      if (node.type === "ClassDeclaration") parts.add(node.id.name);
    });
  }
  walk(source.program, (node) => {
    if (node.type === "NewExpression" && parts.has(node.callee.name)) {
      add("construction outside device.ts", node.start, node.callee.name);
    }
  });
}

/** Types count: what cannot be understood without the other belongs into one file. */
function cycles(sources: Source[], findings: Finding[]): void {
  const byPath = new Map(sources.map((each) => [each.path, each]));
  const done = new Set<string>();
  const visit = (path: string, way: string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      const detail = [...way.slice(at), path].join(" → ");
      findings.push({ file: path, line: 1, rule: "cycle", detail });
    }
    if (at >= 0 || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
}

function except(findings: Finding[], exceptions: Exceptions): Finding[] {
  const used = new Set<string>();
  const left = findings.filter(({ file, rule }) => {
    if (!exceptions[file]?.[rule]) return true;
    used.add(`${file} ${rule}`);
    return false;
  });
  for (const [file, rules] of Object.entries(exceptions)) {
    for (const rule of Object.keys(rules)) {
      if (used.has(`${file} ${rule}`)) continue;
      left.push({ file, line: 1, rule: "exception without need", detail: rule });
    }
  }
  return left;
}

/** The sources as they stand, but for declarations of others, and samples for tests. */
function load(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const folder of FOLDERS) {
    for (const file of list(join(ROOT, folder), ".ts")) {
      const path = relative(ROOT, file).replace(/\\/g, "/");
      if (path.includes("/sample/") || path.endsWith(".d.ts")) continue;
      files[path] = readFileSync(file, "utf8");
    }
  }
  return files;
}

function main(): void {
  const files = load();
  const found = check(files, readJson<Exceptions>(join(ROOT, "build/layers.json")));
  for (const { file, line, rule, detail } of found) {
    console.error(`${file}:${line}: ${rule}${detail ? `: ${detail}` : ""}`);
  }
  console.log(`layers: ${Object.keys(files).length} files, ${found.length} complaints`);
  if (found.length > 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) main();
