/**
 * After terser: where a function says `this` often, a local of one letter stands for it, which
 * saves three octets for each. Arrow functions inside keep the meaning, ordinary ones have a
 * `this` of their own.
 */
import { apply } from "./edit.js";
import type { Edit } from "./edit.js";
import { children, parseScript } from "./tree.js";
import type { Node } from "./tree.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";
const THIS = "this";

export function aliasThis(code: string): string {
  const edits: Edit[] = [];
  const visit = (node: Node): void => {
    if (node.type === "FunctionExpression" || node.type === "FunctionDeclaration") {
      edits.push(...aliasIn(node));
    }
    for (const child of children(node)) visit(child);
  };
  visit(parseScript(code));
  return apply(code, edits);
}

function aliasIn(node: Node): Edit[] {
  const uses: Node[] = [];
  const names = new Set<string>();
  collect(node.params, node.body, uses, names);
  const first = (node.body.body as Node[])[0];
  const joins = first?.type === "VariableDeclaration" && first.kind === "let";
  const letter = [...LETTERS].find((each) => !names.has(each));
  const cost = joins ? `a=${THIS},`.length : `let a=${THIS};`.length;
  if (!letter || uses.length * (THIS.length - 1) <= cost) return [];
  const start = joins ? first.start + "let".length : (node.body.start as number) + 1;
  const end = joins ? first.declarations[0].start : start;
  const text = joins ? ` ${letter}=${THIS},` : `let ${letter}=${THIS};`;
  return [
    { start, end, text },
    ...uses.map((use) => ({ start: use.start, end: use.end, text: letter })),
  ];
}

/**
 * Every `this` of one function, and every name that is used or declared anywhere inside it. A
 * parameter's default comes before the local: its `this` stays.
 */
function collect(params: Node[], body: Node, uses: Node[], names: Set<string>): void {
  const visit = (node: Node, isOwn: boolean): void => {
    if (node.type === "Identifier") names.add(node.name);
    if (node.type === "ThisExpression" && isOwn) uses.push(node);
    const isInner = node.type === "FunctionExpression" || node.type === "FunctionDeclaration";
    for (const child of children(node)) visit(child, isOwn && !isInner);
  };
  for (const param of params) visit(param, false);
  visit(body, true);
}
