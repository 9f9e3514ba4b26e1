/**
 * The names that the passes add to a script, and those that terser must give to nothing. A part
 * (rendezvous.ts) is evaluated in the application's own scope, so all its names are of a kind that
 * no application has.
 */
import { apply } from "../edit.js";
import type { Edit } from "../edit.js";
import type { Node } from "../tree.js";
import { divide } from "./part.js";

export interface Words {
  /** What Storage calls the rare functions. */
  cold: string;
  /** The function that makes one of them, and the text that it is made from. */
  loader: string;
  text: string;
  /** The function that makes of a method what it is where it is a number (number.ts). */
  finder: string;
  /** What all its outermost names begin with; "" for those that terser makes. */
  prefix: string;
  /** Values of fields that are shared (constant.ts), by name. */
  shared: Record<string, string>;
}

/** Of the application. */
export const WORDS: Words = {
  cold: "cold", loader: "$", text: "$c", finder: "$m", prefix: "",
  shared: { $u: "null", $f: "!1", $t: "!0", $e: '""' },
};

/** Of a part, of which there are so many before. terser makes no names of three letters. */
export function partWords(part: string, number: number): Words {
  const prefix = `_${String.fromCharCode("a".charCodeAt(0) + number)}`;
  return {
    cold: `${part}.cold`, loader: `${prefix}$`, text: `${prefix}_`, finder: `${prefix}M`, prefix,
    shared: { [`${prefix}N`]: "null", [`${prefix}F`]: "!1", [`${prefix}T`]: "!0",
      [`${prefix}E`]: '""' },
  };
}

/** What a method's `this` is called in flash. */
export const SELF = "_";

/** Of what is found at a place, and of the list of what is thrown away. */
export const TAKEN = ["$o", "$n", SELF, WORDS.loader, WORDS.text, WORDS.finder,
  ...Object.keys(WORDS.shared)];

/** The table in a second file: behind the beginning of a comment, two numbers for each method. */
export const TABLE = { head: "/*", tail: "*/", offset: 5, length: 4 } as const;
/** What a method is: the place of its entry there. A small one fits into the JsVar of its key. */
const ENTRY_MAX = 8191;

export function placeInTable(number: number): number {
  const place = TABLE.head.length + number * (TABLE.offset + TABLE.length);
  if (place > ENTRY_MAX) throw new Error("too many methods are numbers");
  return place;
}

/** The same script, its outermost names those of a part: JsVars of one, as up to four letters. */
export function aside(code: string, { prefix }: Words): string {
  const edits: Edit[] = [];
  const named = divide(code).parts.filter((part) => part.name !== "");
  named.forEach(({ node, uses }, number) => {
    const name = prefix + number.toString(36);
    const id = node.id as Node;
    edits.push({ start: id.start, end: id.end, text: name });
    for (const { start, name: before } of uses) {
      edits.push({ start, end: start + before.length, text: name });
    }
  });
  return apply(code, edits);
}
