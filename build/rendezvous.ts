/**
 * Parts: bundles for all boards, which a board loads beside its own when it needs them
 * (hal/espruino/threshold.ts): the rendezvous while it has no account, the invitation while it lets
 * another one in. They are handed the board's objects, so what they call of them must be there
 * under the names of the build, as a method and not as a place in flash.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Their names in Storage and in dist/, and where their entry points are. */
const PARTS = ["rendezvous", "invitation"];
export const PART_FOLDER = "hal/espruino";
/** Where a joiner lets in whoever comes: for tests alone. */
const UNPROVEN = /(^|\/)unproven\.ts$/;

export function partsOf(out: string): string[] {
  return PARTS.filter((name) => existsSync(join(out, PART_FOLDER, `${name}.js`)));
}

/** The names that stand behind no dot of that code, but for its own methods' own `this`. */
export function without(names: Map<string, string>, code: string): Map<string, string> {
  const used = new Set([...code.matchAll(/([\w$]*)\.([\w$]+)/g)]
    .filter(([, object]) => object !== "this").map(([, , name]) => name));
  return new Map([...names].filter(([, short]) => !used.has(short)));
}

/** The gate: no bundle may hold the variant without credentials, in its file or in another. */
export function forbid<T extends { board: string; modules: Record<string, string> }>(one: T): T {
  const found = Object.entries(one.modules)
    .filter(([path, code]) => UNPROVEN.test(path) || /unproven_?proof/i.test(code));
  const files = found.map(([path]) => path).join();
  if (files !== "") throw new Error(`${one.board}: ${files} must be in no bundle`);
  return one;
}
