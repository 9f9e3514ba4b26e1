/**
 * Syntax trees for the gates: parsing TypeScript, declarations and bundles, and walking what
 * comes out. One parser for all three, so that a gate reads source and bundle in the same way.
 */
import { parseAst } from "rolldown/parseAst";

/** An ESTree node (with the TypeScript extensions); fields differ by `type`. */
export interface Node {
  type: string;
  start: number;
  end: number;
  // Typing every field of ESTree would be longer than the gates that read them.
  [field: string]: any;
}

/** Something a gate objects to, at an offset into the text it read. */
export interface Complaint {
  rule: string;
  start: number;
  detail: string;
}

export type Language = "js" | "ts" | "dts";

export function parse(text: string, language: Language): Node {
  return parseAst(text, { lang: language, sourceType: "module" }) as unknown as Node;
}

/** Bundles are scripts: they may name things that modules may not (`arguments`, sloppy `this`). */
export function parseScript(text: string): Node {
  return parseAst(text, { lang: "js", sourceType: "script" }) as unknown as Node;
}

/** Calls `enter` for each node, parents first; `parents` is the way down to it, root first. */
export function walk(root: Node, enter: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = [];
  const visit = (node: Node): void => {
    enter(node, parents);
    parents.push(node);
    for (const child of children(node)) visit(child);
    parents.pop();
  };
  visit(root);
}

/** The direct children in source order. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const field of Object.keys(node)) {
    const value: unknown = node[field];
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found.sort((a, b) => a.start - b.start);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function isFunction(node: Node): boolean {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression"
    || node.type === "ArrowFunctionExpression";
}

/** The plain name of a property, key or member: "" when it is computed or private. */
export function plainName(key: Node | null | undefined, computed: boolean): string {
  if (!key || computed) return "";
  return key.type === "Identifier" ? key.name as string : "";
}

/** 1-based line and column of an offset, as editors count. */
export function place(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** One complaint as a line for people, with a few characters of what it is about. */
export function describe(file: string, text: string, complaint: Complaint): string {
  const { line, column } = place(text, complaint.start);
  const excerpt = text.slice(complaint.start, complaint.start + 40).split("\n")[0];
  const detail = complaint.detail ? ` (${complaint.detail})` : "";
  return `${file}:${line}:${column}: ${complaint.rule}${detail}: ${excerpt}`;
}
