/**
 * What a board loads beside its own script when it needs it (hal/espruino/threshold.ts): a bundle
 * for all boards each. It is handed the board's objects, so what it calls of them must be there
 * under the names of the build, as a method or as a number (pass/number.ts).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { numbered, usage } from "./pass/number.js";
import type { User } from "./pass/number.js";
import type { Bond, Pair } from "./storage.js";
import { parseScript } from "./tree.js";

/** Their names in Storage and in dist/, and where their entry points are. Never two at once. */
export const PARTS = ["rendezvous", "invitation"];
export const PART_FOLDER = "hal/espruino";
/** Where a joiner lets in whoever comes: for tests alone. */
const UNPROVEN = /(^|\/)unproven\.ts$/;

export function partsIn(out: string): string[] {
  return PARTS.filter((part) => existsSync(join(out, PART_FOLDER, `${part}.js`)));
}

/** The names that stand behind no dot of that code, but for its own methods' own `this`. */
export function without(names: ReadonlySet<string>, code: string): Set<string> {
  const used = new Set([...code.matchAll(/([\w$]*)\.([\w$]+)/g)]
    .filter(([, object]) => object !== "this").map(([, , name]) => name!));
  return new Set([...names].filter((short) => !used.has(short)));
}

/**
 * What applications and parts must know of each other. What one calls of the other must be found by
 * its name, as a method or as a number.
 */
export function tie(
  names: ReadonlyMap<string, string>, boards: User[], parts: User[],
): { boards: Bond[]; parts: Bond[] } {
  const short = new Set(names.values());
  const taken = owned(boards);
  const ours = alone(short, parts, boards);
  const free = new Set([...ours].filter((name) => !taken.has(name)));
  const bonds = boards.map((board): Bond => ({ ours: alone(short, [board], parts),
    numbers: numbered(short, board, parts), elsewhere: new Set() }));
  const elsewhere = new Set(bonds.flatMap(({ numbers }) => [...numbers]));
  return { boards: bonds,
    parts: parts.map((part) => ({ ours, numbers: numbered(free, part), elsewhere })) };
}

function text(users: User[]): string {
  return users.map(({ code }) => code).join("\n");
}

function owned(users: User[]): Set<string> {
  return new Set(users.flatMap(({ code }) => [...usage(parseScript(code)).owners.keys()]));
}

/**
 * Names of which every call by these scripts is one of their own methods: nobody else calls them,
 * and what else has a method of that name, they only call as `this`.
 */
function alone(names: ReadonlySet<string>, own: User[], others: User[]): Set<string> {
  const theirs = owned(others);
  const inside = without(names, text(own));
  return new Set([...without(names, text(others))]
    .filter((name) => !theirs.has(name) || inside.has(name)));
}

/** What an application compares with the CRC-32 of a part before it evaluates it. */
function sumOf(part: string): RegExp {
  return new RegExp(`\\b${part.toUpperCase()}_SUM\\b`, "g");
}

/** Those very parts: they know each other's properties by the names of one build. */
export function bind(code: string, parts: Record<string, Pair>): string {
  return PARTS.reduce((text, part) =>
    text.replace(sumOf(part), String(crc32(Buffer.from(parts[part]?.app ?? "", "latin1")))), code);
}

/** The gate: no bundle may hold the variant without credentials, in its file or in another. */
export function forbid<T extends { board: string; modules: Record<string, string> }>(one: T): T {
  const found = Object.entries(one.modules)
    .filter(([path, code]) => UNPROVEN.test(path) || /unproven_?proof/i.test(code));
  const files = found.map(([path]) => path).join();
  if (files !== "") throw new Error(`${one.board}: ${files} must be in no bundle`);
  return one;
}
