/**
 * Which function of the sources a minified one was: a comment at the head of its body, which goes
 * wherever the passes carry the text, and is taken away at the very end. terser's source map knows.
 */
import { SourceMap } from "node:module";
import { apply } from "../edit.js";
import type { Edit } from "../edit.js";
import { isFunction, parseScript, plainName, walk } from "../tree.js";
import type { Node } from "../tree.js";

const MARK = /\/\*@[\w$.]*\*\//g;

/**
 * Where a function's body begins: behind its brace, or behind the arrow of an expression, which
 * may begin with a bracket that no node shows.
 */
export function head(code: string, node: Node): number {
  if (node.body.type === "BlockStatement") return node.body.start as number + 1;
  const last = node.params[node.params.length - 1] as Node | undefined;
  return code.indexOf("=>", last ? last.end : node.start) + "=>".length;
}

/** `code` with a mark in every function and method that has a name in `original`. */
export function mark(code: string, map: string, original: string): string {
  if (code.includes("/*@")) throw new Error("a text in the bundle looks like a mark");
  const names = named(original);
  const lines = starts(original);
  const source = new SourceMap(JSON.parse(map));
  const edits: Edit[] = [];
  for (const [place, node] of keys(code)) {
    const { originalLine, originalColumn } = source.findEntry(0, place) as
      { originalLine: number; originalColumn: number };
    const name = names.get(lines[originalLine]! + originalColumn);
    if (name === undefined) throw new Error(`what was ${code.slice(place, place + 40)}?`);
    const at = head(code, node);
    edits.push({ start: at, end: at, text: `/*@${name}*/` });
  }
  return apply(code, edits);
}

/** The name of a marked function; "" for one that never had any. */
export function markOf(code: string, node: Node): string {
  const found = /^\/\*@([\w$.]*)\*\//.exec(code.slice(head(code, node), node.end));
  return found ? found[1]! : "";
}

export function unmark(code: string): string {
  return code.replace(MARK, "");
}

/** Offset of the name → what people call it, for every named function in a text. */
function named(code: string): Map<number, string> {
  const names = new Map<number, string>();
  walk(parseScript(code), (node, parents) => {
    const parent = parents[parents.length - 1];
    const owner = parent?.type === "ClassBody" ? parents[parents.length - 2]!.id : null;
    if (node.type === "MethodDefinition") {
      const name = plain(plainName(node.key, node.computed));
      names.set(node.key.start, `${plain(owner?.name)}.${name}`);
    } else if (node.type === "FunctionDeclaration" || isNamed(node)) {
      names.set(node.id.start, plain(node.id.name));
    }
  });
  return names;
}

/** Behind the sign stands what tells equal names of two modules, or of two classes, apart. */
function plain(name: string): string {
  return name.replace(/\$\w+$/, "");
}

/** `let f = …` at top level. */
function isNamed(node: Node): boolean {
  return node.type === "VariableDeclarator" && node.init && isFunction(node.init);
}

/** Top-level functions and all methods, each with the offset of its name. */
function keys(code: string): [number, Node][] {
  const found: [number, Node][] = [];
  walk(parseScript(code), (node, parents) => {
    if (node.type === "MethodDefinition") found.push([node.key.start, node.value]);
    else if (node.type === "FunctionDeclaration") found.push([node.id.start, node]);
    else if (isNamed(node) && parents.length === 2) found.push([node.id.start, node.init]);
  });
  return found;
}

/** Offsets of the lines of a text. */
function starts(text: string): number[] {
  const found = [0];
  for (const match of text.matchAll(/\n/g)) found.push(match.index + 1);
  return found;
}
