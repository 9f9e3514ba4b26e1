/**
 * The outermost scope of a minified script, part by part: a name each, or a statement. The passes
 * choose among parts and put them together again.
 */
import { apply } from "../edit.js";
import type { Edit } from "../edit.js";
import { analyse } from "../scope.js";
import type { Reference } from "../scope.js";
import { isFunction, parseScript } from "../tree.js";
import type { Node } from "../tree.js";

export interface Part {
  /** "" for a statement that declares nothing. */
  name: string;
  kind: "class" | "function" | "value" | "statement";
  /** What it can be told by: the declarator, the class, the statement. */
  node: Node;
  /** The function itself. */
  code: Node | null;
  /** Everywhere the name is used. */
  uses: Reference[];
}

export interface Script {
  code: string;
  program: Node;
  parts: Part[];
}

export function divide(code: string): Script {
  const program = parseScript(code);
  const parts: Part[] = [];
  for (const node of program.body as Node[]) {
    if (node.type === "VariableDeclaration") {
      for (const each of node.declarations as Node[]) parts.push(variable(each));
    } else if (node.type === "ClassDeclaration") {
      parts.push({ name: node.id.name, kind: "class", node, code: null, uses: [] });
    } else if (node.type === "FunctionDeclaration") {
      parts.push({ name: node.id.name, kind: "function", node, code: node, uses: [] });
    } else parts.push({ name: "", kind: "statement", node, code: null, uses: [] });
  }
  const byName = new Map(parts.map((part) => [(part.node.id ?? part.node).start, part]));
  for (const { reference, declaration } of analyse(program).resolved) {
    byName.get(declaration.start)?.uses.push(reference);
  }
  return { code, program, parts };
}

function variable(node: Node): Part {
  const code = node.init && isFunction(node.init) ? node.init as Node : null;
  return { name: node.id.name, kind: code ? "function" : "value", node, code, uses: [] };
}

/** Nothing happens when it is evaluated, so it may stand before everything that is not so. */
export function isPure(part: Part): boolean {
  if (part.kind === "class" || part.kind === "function") return true;
  const { init } = part.node;
  const isShort = init?.type === "UnaryExpression" && init.argument.type === "Literal";
  return part.kind === "value" && (init?.type === "Literal" || isShort);
}

/** These parts as a script, their texts changed by the edits that lie inside of them. */
export function join(script: Script, parts: Part[], edits: Edit[]): string {
  let text = "";
  let isOpen = false;
  for (const part of parts) {
    const isVariable = part.node.type === "VariableDeclarator";
    if (isVariable) text += isOpen ? "," : "let ";
    else if (isOpen) text += ";";
    isOpen = isVariable;
    text += slice(script.code, part.node, edits);
    if (part.kind === "statement" && !text.endsWith(";")) text += ";";
  }
  return isOpen ? `${text};` : text;
}

/** The text of a node with the edits in it; what is cut out of it takes its edits along. */
export function slice(code: string, { start, end }: Node, edits: Edit[]): string {
  const inner = edits.filter((each) => each.start >= start && each.start < end && each.end <= end
    && !(each.start === start && each.end === end));
  const cuts = inner.filter((each) => each.isWhole);
  const kept = inner.filter((each) => !cuts.some((cut) =>
    cut !== each && each.start >= cut.start && each.end <= cut.end));
  return apply(code.slice(start, end), kept.map((each) =>
    ({ start: each.start - start, end: each.end - start, text: each.text })));
}
