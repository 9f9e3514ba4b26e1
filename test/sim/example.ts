/** The examples of XEP-0323, 0324 and 0325: loaded, compared, and counted. */
import { readFileSync, readdirSync } from "node:fs";
import { expect } from "vitest";
import { childrenOf, parse, textOf } from "./markup.js";
import type { Node } from "./markup.js";

export const FOLDER = new URL("../vectors/examples/", import.meta.url).pathname;
export const FILES = readdirSync(FOLDER).filter((name) => /^032[345]/.test(name)).sort();
export const used = new Set<string>();

/** Not of this device, or not yet: no example may be forgotten silently. */
export const LATER: [RegExp, string][] = [
  [/^0323-04-21/, "failure: a sensor that fails is left out of the fields"],
  [/^0323-06-[2-6]1/, "queued read-outs, history and status values are not known"],
  [/^0323-(06|09)-11/, "queued read-outs are not known"],
  [/^0323-12-21/, "localisation is not known"],
  [/^0324-(04|07|21)-/, "tokens and their challenges"],
  [/^0324-2[234]-/, "services, users and privileges"],
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
  const children = childrenOf(node).map((child) => JSON.stringify(canonical(child))).sort();
  const text = children.length ? "" : textOf(node).trim();
  return [node.ns, node.name, Object.entries(attributes).sort(), children, text];
}

export function expectSame(actual: Node, example: Node): void {
  expect(canonical(actual)).toEqual(canonical(example));
}

/** Those that nobody looked at, and of which nobody said why. */
export function forgotten(): string[] {
  return FILES.filter((name) => !used.has(name) && !LATER.some(([one]) => one.test(name)));
}
