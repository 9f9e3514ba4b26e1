/**
 * A function that is rarely called is no function but a place in flash: `$(offset,length)` makes
 * it when it is called, and it is gone when it returns. At rest it holds no JsVar, where one that
 * is resident holds four and one for each parameter.
 *
 * Cold is whatever the profile does not name, if every use of it can be found: a function that is
 * only ever called; a method whose name, among ours, nobody else has.
 */
import type { Edit } from "../edit.js";
import { plainName, walk } from "../tree.js";
import type { Node } from "../tree.js";
import { markOf } from "./mark.js";
import type { Profile } from "./order.js";
import { divide, join, slice } from "./part.js";
import type { Part, Script } from "./part.js";

export interface Split {
  /** What is evaluated at the start; calls of piece n look like `$(1000000000 + n)`. */
  app: string;
  /** Each an expression that is a function. */
  pieces: string[];
}

interface Piece {
  /** What is taken out of the script. */
  node: Node;
  code: Node;
  calls: Node[];
}

/** Beyond every number that a bundle holds. */
export const PLACE = 1000000000;
const LOADER = "$";

/** `ours` are the property names that no foreign object has. */
export function split(code: string, profile: Profile, ours: ReadonlySet<string>): Split {
  const script = divide(code);
  if (new RegExp(`\\b${String(PLACE).slice(0, 6)}\\d{4}\\b`).test(code)) {
    throw new Error("a number in the bundle looks like a place");
  }
  const isCold = (node: Node): boolean => !profile[markOf(code, node)];
  const parts = script.parts.filter((part) => part.code && isCold(part.code) && isOnlyCalled(part));
  const pieces = [
    ...parts.map((part): Piece =>
      ({ node: part.node, code: part.code!, calls: part.uses.map((use) => callOf(use.path)) })),
    ...methods(script, ours).filter((piece) => isCold(piece.code)),
  ];
  const calls = pieces.flatMap(({ calls: own, code: target }, number) =>
    own.map((call) => ({ call, target, number })));
  // Of calls that begin at the same place the outer one is written first.
  calls.sort((a, b) => b.call.end - a.call.end);
  const edits = [
    ...pieces.map(({ node }): Edit => ({ start: node.start, end: node.end, text: "" })),
    ...calls.flatMap(({ call, target, number }) => redirect(code, call, target, number)),
  ];
  return {
    app: join(script, script.parts.filter((part) => !parts.includes(part)), edits),
    pieces: pieces.map(({ code: node }) => `(${expression(code, node, edits)})`),
  };
}

function isOnlyCalled(part: Part): boolean {
  return part.uses.every(({ path, start }) => {
    const call = callOf(path);
    return call.type === "CallExpression" && call.callee.start === start
      && call.callee.type === "Identifier";
  });
}

function callOf(path: Node[]): Node {
  return path[path.length - 1]!;
}

/** Those of which every call can be found by the name. */
function methods({ program }: Script, ours: ReadonlySet<string>): Piece[] {
  const owners = new Map<string, Node[]>();
  const calls = new Map<string, Node[]>();
  const isValue = new Set<string>();
  walk(program, (node, parents) => {
    const parent = parents[parents.length - 1];
    if (node.type === "MethodDefinition") {
      const name = plainName(node.key, node.computed);
      owners.set(name, [...owners.get(name) ?? [], node]);
      if (node.kind !== "method" || node.static) isValue.add(name);
    } else if (node.type === "Property") isValue.add(plainName(node.key, node.computed));
    else if (node.type === "MemberExpression" && !node.computed) {
      const name = node.property.name as string;
      const isCall = parent?.type === "CallExpression" && parent.callee === node;
      if (isCall) calls.set(name, [...calls.get(name) ?? [], parent]);
      else isValue.add(name);
    }
  });
  return [...owners].flatMap(([name, [node, second]]) =>
    second || isValue.has(name) || !ours.has(name) ? []
      : [{ node: node!, code: node!.value as Node, calls: calls.get(name) ?? [] }]);
}

/** `f(x)` → `$(n)(x)`; `o.m(x)` → `$(n).call(o,x)`. */
function redirect(code: string, call: Node, target: Node, number: number): Edit[] {
  const { callee } = call;
  const place = `${LOADER}(${PLACE + number})`;
  if (callee.type === "Identifier") return [{ start: callee.start, end: callee.end, text: place }];
  const isPlain = callee.object.type === "ThisExpression" || callee.object.type === "Identifier";
  if (isPlain && !saysThis(target)) return [{ start: call.start, end: callee.end, text: place }];
  const dot = callee.property.start as number - ".".length;
  const open = callee.end as number + "(".length;
  if (code[dot] !== "." || code[open - 1] !== "(") throw new Error("a call with blanks in it");
  return [
    { start: call.start, end: call.start, text: `${place}.call(` },
    { start: dot, end: open, text: call.arguments.length > 0 ? "," : "" },
  ];
}

function saysThis(node: Node): boolean {
  let says = false;
  walk(node, (inner) => {
    if (inner.type === "ThisExpression") says = true;
  });
  return says;
}

function expression(code: string, node: Node, edits: Edit[]): string {
  const text = slice(code, node, edits);
  if (node.type === "ArrowFunctionExpression") return text;
  const from = node.type === "FunctionDeclaration" ? node.id.end - node.start : text.indexOf("(");
  return `function${text.slice(from)}`;
}
