/** The examples of XEP-0323, 0324, 0325 and 0347: loaded, compared, and counted. */
import { readFileSync, readdirSync } from "node:fs";
import { expect } from "vitest";
import { childrenOf, parse, textOf } from "./markup.js";
import type { Node } from "./markup.js";

export const FOLDER = new URL("../vectors/examples/", import.meta.url).pathname;
export const FILES = readdirSync(FOLDER).sort();
export const used = new Set<string>();

/** Not of this device, or not yet: no example may be forgotten silently. */
export const LATER: [RegExp, string][] = [
  [/^0323-06-[2-6]1/, "queued read-outs, history and status values are not known"],
  [/^0323-(06|09)-11/, "queued read-outs are not known"],
  [/^0323-12-21/, "localisation is not known"],
  [/^0324-2[234]-/, "services, users and privileges"],
  [/^0347-/, "registries, and things that look for an owner"],
];

export function load(name: string): Node {
  const file = FILES.find((one) => one.startsWith(`${name}.`));
  if (!file) throw new Error(`no example ${name}`);
  used.add(file);
  return parse(readFileSync(FOLDER + file, "utf8"));
}

/** What does not count: order, layout, language, moments, and the older dialect's "OK". */
function canonical(node: Node): unknown {
  const attributes = { ...node.attributes };
  delete attributes["xml:lang"];
  if (attributes.responseCode === "OK") delete attributes.responseCode;
  if (node.name === "timestamp") attributes.value = "…";
  if (attributes.timestamp !== undefined) attributes.timestamp = "…";
  const children = childrenOf(node).map((child) => JSON.stringify(canonical(child))).sort();
  const text = children.length ? "" : textOf(node).trim();
  return [node.ns, node.name, Object.entries(attributes).sort(), children, text];
}

export function expectSame(actual: Node, example: Node): void {
  expect(canonical(actual)).toEqual(canonical(example));
}

/** Well-formed ones of that list. */
export function strange(): string[] {
  return FILES.filter((name) => !name.includes(".notwellformed.") &&
    LATER.some(([one]) => one.test(name)));
}

/** Those that nobody looked at, and of which nobody said why. */
export function forgotten(): string[] {
  return FILES.filter((name) => !used.has(name) && !LATER.some(([one]) => one.test(name)));
}
