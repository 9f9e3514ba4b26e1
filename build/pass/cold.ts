/**
 * A function that is rarely called is no function but a place in flash: `$(offset,length)` makes
 * it when it is called, and it is gone when it returns. At rest it holds no JsVar, where one that
 * is resident holds four and one for each parameter.
 *
 * Cold is whatever the profile does not name, if every use of it can be found: a function that is
 * only ever called; a method whose name, among ours, nobody else has; and those that are numbers.
 */
import type { Edit } from "../edit.js";
import { walk } from "../tree.js";
import type { Node } from "../tree.js";
import { markOf } from "./mark.js";
import { isRare, usage } from "./number.js";
import type { Usage } from "./number.js";
import type { Profile } from "./order.js";
import { divide, join, slice } from "./part.js";
import type { Part } from "./part.js";
import { placeInTable, SELF, WORDS } from "./word.js";
import type { Words } from "./word.js";

export interface Split {
  /** What is evaluated at the start; calls of piece n look like `$(1000000000 + n)`. */
  app: string;
  /** Each a statement that is a function. */
  pieces: string[];
  /** Numbers of the pieces that are found by the table in front of them. */
  table: number[];
}

interface Piece {
  /** What is taken out of the script. */
  node: Node;
  code: Node;
  calls: Node[];
  /** What is left in its place. */
  rest?: string;
}

/** What may be cold, and how it is called. */
export interface Choice {
  /** Property names that no foreign object has, and no other script of ours uses. */
  ours: ReadonlySet<string>;
  words?: Words;
  /** Names of methods that are numbers in this script (number.ts), and in another. */
  numbers?: ReadonlySet<string>;
  elsewhere?: ReadonlySet<string>;
  /** Outermost names that the start alone needs: they go by themselves (retire.ts). */
  early?: ReadonlySet<string>;
}

/** Beyond every number that a bundle holds. */
export const PLACE = 1000000000;
/** A function holds the same however long it is: both files have room if the longest stay. */
const LONG_BYTES = 380;
const NONE: ReadonlySet<string> = new Set();

export function split(code: string, profile: Profile, choice: Choice): Split {
  const { ours, words = WORDS, numbers = NONE, elsewhere = NONE, early = NONE } = choice;
  const script = divide(code);
  if (new RegExp(`\\b${String(PLACE).slice(0, 6)}\\d{4}\\b`).test(code)) {
    throw new Error("a number in the bundle looks like a place");
  }
  const isCold = (node: Node): boolean => !profile[markOf(code, node)]
    && node.end - node.start < LONG_BYTES;
  const parts = script.parts.filter((part) => part.code && !early.has(part.name)
    && isCold(part.code) && isOnlyCalled(part));
  const uses = usage(script.program);
  const direct = methods(uses, ours).filter((piece) => isCold(piece.code));
  const plain = new Set(direct.map(({ node }) => node.key.name as string));
  const [found, others] = [numbers, elsewhere].map((names) =>
    [...names].filter((name) => !plain.has(name))) as [string[], string[]];
  const table = found.flatMap((name) => (uses.owners.get(name) ?? [])
    .filter((method) => isRare({ code, profile }, method)));
  const pieces = [
    ...table.map((node, i): Piece => ({ node, code: node.value as Node, calls: [],
      rest: `${node.key.name as string}=${placeInTable(i)};` })),
    ...parts.map((part): Piece =>
      ({ node: part.node, code: part.code!, calls: part.uses.map((use) => callOf(use.path)) })),
    ...direct,
  ];
  const calls = pieces.flatMap(({ calls: own, code: target }, number) => own.map((call) =>
    ({ call, edits: redirect(code, call, target, `${words.loader}(${PLACE + number}`) })));
  for (const [names, finder] of [[found, words.finder], [others, WORDS.finder]] as const) {
    for (const call of names.flatMap((name) => uses.calls.get(name) ?? [])) {
      calls.push({ call, edits: search(code, call, finder) });
    }
  }
  // Of calls that begin at the same place the outer one is written first.
  calls.sort((a, b) => b.call.end - a.call.end);
  const edits = [
    ...pieces.map(({ node, rest = "" }): Edit =>
      ({ start: node.start, end: node.end, text: rest, isWhole: true })),
    ...calls.flatMap((call) => call.edits),
  ];
  return {
    app: join(script, script.parts.filter((part) => !parts.includes(part)), edits),
    pieces: pieces.map(({ code: node }) => expression(code, node, edits)),
    table: table.map((_, i) => i),
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
function methods({ owners, calls, values }: Usage, ours: ReadonlySet<string>): Piece[] {
  return [...owners].flatMap(([name, [node, second]]) =>
    second || values.has(name) || !ours.has(name) ? []
      : [{ node: node!, code: node!.value as Node, calls: calls.get(name) ?? [] }]);
}

/** `f(x)` → `$(n)(x)`; `o.m(x)` → `$(n,o)(x)`. */
function redirect(code: string, call: Node, target: Node, place: string): Edit[] {
  const { callee } = call;
  if (callee.type === "Identifier") {
    return [{ start: callee.start, end: callee.end, text: `${place})` }];
  }
  const isPlain = callee.object.type === "ThisExpression" || callee.object.type === "Identifier";
  if (isPlain && thises(target).length === 0) {
    return [{ start: call.start, end: callee.end, text: `${place})`, isWhole: true }];
  }
  return handOver(code, call, `${place},`, "");
}

/** `o.m(x)` → `$m(o,"m")(x)`: whoever it is, one that has a number or a function. */
function search(code: string, call: Node, finder: string): Edit[] {
  return handOver(code, call, `${finder}(`, `,"${call.callee.property.name as string}"`);
}

function handOver(code: string, { start, callee }: Node, before: string, behind: string): Edit[] {
  const dot = callee.property.start as number - ".".length;
  const open = callee.end as number + "(".length;
  if (code[dot] !== "." || code[open - 1] !== "(") throw new Error("a call with blanks in it");
  return [
    { start, end: start, text: before },
    { start: dot, end: open, text: `${behind})(` },
  ];
}

/** Every `this` that is a function's own. */
function thises(own: Node): Node[] {
  const found: Node[] = [];
  walk(own, (node, parents) => {
    const isInner = [...parents, node].some((each) => each !== own && isOrdinary(each));
    if (node.type === "ThisExpression" && !isInner) found.push(node);
  });
  return found;
}

function isOrdinary({ type }: Node): boolean {
  return type === "FunctionExpression" || type === "FunctionDeclaration";
}

/** A method is an arrow function in flash, whose `this` the loader has for it. */
function expression(code: string, node: Node, edits: Edit[]): string {
  if (node.type === "FunctionDeclaration") {
    return `(function${slice(code, node, edits).slice(node.id.end - node.start)})`;
  }
  if (node.type === "ArrowFunctionExpression") return slice(code, node, edits);
  const { start: open, end: close, body } = node.body as Node;
  const self = thises(node).map(({ start, end }): Edit => ({ start, end, text: SELF }));
  const [only] = body as Node[];
  const value = only?.type === "ReturnStatement" ? only.argument as Node | null : null;
  const isBare = value && !["SequenceExpression", "ObjectExpression"].includes(value.type);
  // The mark stands between brace and `return`.
  const around: Edit[] = value ? [
    { start: open, end: open + 1, text: "=>" },
    { start: only!.start, end: value.start, text: isBare ? "" : "(" },
    { start: value.end, end: close, text: isBare ? "" : ")" },
  ] : [{ start: open, end: open, text: "=>" }];
  return slice(code, node, [...edits, ...self, ...around])
    .replace(/^\(([\w$]+)\)/, "$1");
}
