/**
 * Short names for properties: a key of up to four characters costs one JsVar where a longer one
 * costs two or three (ENGINE 4). A name is shortened only when our own sources declare it and no
 * foreign object meets it: wherever it stands, the type checker knows whose it is (usage.ts). It
 * also stays when `reserved.json` says so (and why), and when it is quoted anywhere: quoting is
 * how a source says "this name is data".
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { METHODS } from "./absent.js";
import { analyse } from "./scope.js";
import { list, readJson, ROOT } from "./project.js";
import { parse, plainName, walk } from "./tree.js";
import type { Node } from "./tree.js";

/** The types that JavaScript's and Espruino's own objects have: names that somebody knows. */
const LIBRARIES = [
  // TypeScript 7 is a native program; its libraries lie beside it, in a package per platform.
  join(ROOT, `node_modules/@typescript/typescript-${platform}-${arch}/lib/lib.es5.d.ts`),
  join(ROOT, "node_modules/@types/espruino/index.d.ts"),
];

const DECLARING = ["TSPropertySignature", "TSMethodSignature", "PropertyDefinition",
  "MethodDefinition", "TSAbstractMethodDefinition", "TSAbstractPropertyDefinition"];

const FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";
const WORDS = ["as", "do", "if", "in", "is", "of", "on", "get", "set", "new", "for", "var", "let",
  "try"];

export interface Reserved {
  /** name → why it must stay. */
  keep: Record<string, string>;
}

/** Members of the classes, interfaces and literal types that a source declares. */
export function declared(text: string): Set<string> {
  const names = new Set<string>();
  walk(parse(text, "ts"), (node) => {
    if (DECLARING.includes(node.type)) names.add(plainName(node.key, node.computed));
    if (node.type === "TSParameterProperty") names.add(parameterName(node));
  });
  names.delete("");
  names.delete("constructor");
  return names;
}

function parameterName(property: Node): string {
  return (property.parameter.left ?? property.parameter).name as string;
}

/** Every name that an object of a foreign library may carry, from its declarations. */
export function foreign(text: string): Set<string> {
  const names = new Set<string>();
  walk(parse(text, "dts"), (node) => {
    if (DECLARING.includes(node.type)) {
      names.add(node.key.type === "Literal" ? String(node.key.value) : plainName(node.key, false));
    }
    if (node.type === "TSDeclareFunction" || node.type === "VariableDeclarator") {
      names.add(node.id?.name ?? "");
    }
  });
  return names;
}

/** Names that must stay as they are, whatever our sources declare, by decree. */
export function reserved(): Set<string> {
  const { keep } = readJson<Reserved>(join(ROOT, "build/reserved.json"));
  return new Set([...WORDS, ...Object.keys(keep)]);
}

/** Names that a library knows: ours may be the same, but a short one should not be. */
export function known(root = ROOT): Set<string> {
  const names = new Set<string>();
  // Declarations beside our sources say what they use of the interpreter.
  const beside = list(join(root, "hal/espruino"), ".d.ts");
  for (const file of [...LIBRARIES, ...beside]) {
    for (const name of foreign(readFileSync(file, "utf8"))) names.add(name);
  }
  return names;
}

/** How one piece of compiled code uses property names. */
export interface Use {
  /** name → how often it stands unquoted. */
  plain: Map<string, number>;
  quoted: Set<string>;
  /** Members of globals, where the object cannot be ours. */
  ofGlobals: Set<string>;
}

export function use(code: string): Use {
  const found: Use = { plain: new Map(), quoted: new Set(), ofGlobals: new Set() };
  const program = parse(code, "js");
  const globals = new Set(analyse(program).globals.map((each) => each.start));
  walk(program, (node) => {
    const isMember = node.type === "MemberExpression";
    const isKeyed = node.type === "Property" || node.type === "MethodDefinition";
    if (!isMember && !isKeyed) return;
    const key = (isMember ? node.property : node.key) as Node;
    const name = plainName(key, node.computed);
    if (name) found.plain.set(name, (found.plain.get(name) ?? 0) + 1);
    else if (typeof key.value === "string") found.quoted.add(key.value);
    if (isMember && globals.has(node.object.start)) found.ofGlobals.add(name);
  });
  return found;
}

/** The sources whose declarations count. */
export function sources(root = ROOT): string[] {
  return [...list(join(root, "firmware"), ".ts"), join(root, "hal/hal.ts"),
    ...list(join(root, "hal/espruino"), ".ts"), ...list(join(root, "boards"), ".ts")]
    .filter((file) => !file.endsWith(".d.ts"));
}

/**
 * Long name → short name, the most frequent first; the same for every board of one build. `kept`
 * stay, and `taken` are not given to anything, because somebody would mistake them.
 */
export function shorten(
  codes: string[], own: Set<string>, kept: Set<string>, taken: Set<string> = METHODS,
): Map<string, string> {
  const counts = new Map<string, number>();
  const untouchable = new Set(kept);
  for (const code of codes) {
    const { plain, quoted, ofGlobals } = use(code);
    for (const name of [...quoted, ...ofGlobals]) untouchable.add(name);
    for (const [name, count] of plain) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const names = [...counts.keys()].filter((name) => own.has(name) && !untouchable.has(name));
  names.sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  for (const name of counts.keys()) if (!names.includes(name)) untouchable.add(name);
  const short = new Map<string, string>();
  let serial = 0;
  for (const name of names) {
    let next = spell(serial++);
    while (untouchable.has(next) || taken.has(next)) next = spell(serial++);
    short.set(name, next);
  }
  return short;
}

/** Names that are neither ours nor known: shortening could break them, keeping could waste. */
export function unknown(codes: string[], own: Set<string>, kept: Set<string>): string[] {
  const names = new Set<string>();
  for (const code of codes) {
    const { plain, ofGlobals } = use(code);
    for (const name of plain.keys()) {
      if (!own.has(name) && !kept.has(name) && !ofGlobals.has(name)) names.add(name);
    }
  }
  return [...names].sort();
}

function spell(serial: number): string {
  const digit = FIRST[serial % FIRST.length];
  return serial < FIRST.length ? digit : spell(Math.floor(serial / FIRST.length) - 1) + digit;
}
