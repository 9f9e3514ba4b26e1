/**
 * The rendezvous: one bundle for all boards, which a board without an account loads beside its
 * own (hal/espruino/threshold.ts). It is handed the board's objects, so what it calls of them must
 * be there under the names of the build, as a method and not as a place in flash.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Its name in Storage and in dist/, and where its entry point is. */
export const PART = "rendezvous";
export const PART_FOLDER = "hal/espruino";
/** Where a joiner lets in whoever comes: for tests alone. */
const UNPROVEN = /(^|\/)unproven\.ts$/;

export function hasPart(out: string): boolean {
  return existsSync(join(out, PART_FOLDER, `${PART}.js`));
}

/** The names that stand behind no dot of that code, but for its own methods' own `this`. */
export function without(names: Map<string, string>, code: string): Map<string, string> {
  const used = new Set([...code.matchAll(/([\w$]*)\.([\w$]+)/g)]
    .filter(([, object]) => object !== "this").map(([, , name]) => name));
  return new Map([...names].filter(([, short]) => !used.has(short)));
}

/** The gate: no bundle may hold the variant without credentials. */
export function forbid<T extends { board: string; modules: Record<string, string> }>(one: T): T {
  const found = Object.keys(one.modules).filter((path) => UNPROVEN.test(path));
  if (found.length > 0) throw new Error(`${one.board}: ${found.join()} must be in no bundle`);
  return one;
}
