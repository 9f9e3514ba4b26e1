/**
 * Constructs that Espruino accepts and gets wrong (ENGINE 1.3, 1.4), seen on one node at a time.
 */
import { METHODS, STATICS } from "./absent.js";
import { captures, objection } from "./pattern.js";
import { children, isFunction, plainName, walk } from "./tree.js";
import type { Node } from "./tree.js";

type Add = (rule: string, detail?: string) => void;

export function idioms(node: Node, parents: readonly Node[], text: string, add: Add): void {
  switch (node.type) {
    case "Literal":
      return literal(node, text, add);
    case "TemplateElement":
      if (isWide(node.value.cooked ?? "")) add("character above FF");
      return;
    case "MemberExpression":
      return member(node, parents, add);
    case "CallExpression":
      return call(node, text, add);
    case "AssignmentExpression":
      if (isLength(node.left)) add("assignment to length");
      return;
    case "UpdateExpression":
      if (isLength(node.argument)) add("assignment to length");
      if (node.prefix) prefixed(node, text, add);
      return;
    case "BinaryExpression":
      if (node.operator === "instanceof" && /Error$/.test(node.right.name ?? "")) {
        add("instanceof Error");
      }
      return;
    case "ArrowFunctionExpression":
      if (hasThis(node) && isSkippable(node, parents)) add("arrow with this, where it is skipped");
      break;
    case "ForInStatement":
      return deletions(node, add);
    case "ReturnStatement":
      // The newline ends the statement here, on Espruino it does not.
      if (!node.argument && /^return\s*\n\s*[^};\s]/.test(text.slice(node.start))) {
        add("newline after return");
      }
      return;
    case "ExpressionStatement":
      if (node.expression.type === "MemberExpression") add("getter as a statement");
      return;
  }
  if (isFunction(node)) trailing(node, text, add);
}

function hasThis(node: Node): boolean {
  return children(node).some((child) => child.type === "ThisExpression"
    || (child.type !== "FunctionExpression" && hasThis(child)));
}

/**
 * Outside of a block the engine reads what it does not execute, and an arrow there would be bound
 * to a `this` that is none: it asserts, or writes where nothing is.
 */
function isSkippable(node: Node, parents: readonly Node[]): boolean {
  let inner = node;
  for (const outer of [...parents].reverse()) {
    if (isFunction(outer) || outer.type === "BlockStatement") return false;
    if (outer.type === "LogicalExpression" && outer.right === inner) return true;
    if (/^(Conditional|If)/.test(outer.type) && outer.test !== inner) return true;
    if (/^(For|While)/.test(outer.type) && outer.body === inner) return true;
    inner = outer;
  }
  return false;
}

function literal(node: Node, text: string, add: Add): void {
  if (typeof node.value === "string") {
    if (isWide(node.value)) add("character above FF");
    // Espruino keeps the backslash.
    if (/\\\r?\n/.test(text.slice(node.start, node.end))) add("line continuation");
  }
  if (!node.regex) return;
  const why = objection(node.regex.pattern, node.regex.flags);
  if (why) add("pattern", why);
  // The lexer takes the slash for a division.
  if (/\)\s*$/.test(text.slice(Math.max(0, node.start - 80), node.start))) {
    add("pattern after )");
  }
}

function isWide(value: string): boolean {
  return /[^\x00-\xff]/.test(value);
}

function isLength(target: Node): boolean {
  return target.type === "MemberExpression" && plainName(target.property, target.computed)
    === "length";
}

function member(node: Node, parents: readonly Node[], add: Add): void {
  const name = plainName(node.property, node.computed);
  const owner = node.object.type === "Identifier" ? `${node.object.name}.${name}` : "";
  if (STATICS.has(owner)) add("missing function", owner);
  const parent = parents[parents.length - 1];
  // A field may well be called so.
  if (METHODS.has(name) && parent?.callee === node) add("missing method", name);
  const isBorrowed = parent?.type === "MemberExpression" && parent.object === node
    && node.object.type === "MemberExpression"
    && plainName(node.object.property, node.object.computed) === "prototype"
    && ["call", "apply", "bind"].includes(plainName(parent.property, parent.computed));
  // `Array.prototype.slice` is undefined there; this one works.
  if (isBorrowed && name !== "hasOwnProperty") add("method of a prototype", name);
}

function call(node: Node, text: string, add: Add): void {
  const callee = node.callee;
  if (callee.type !== "MemberExpression") return;
  const name = plainName(callee.property, callee.computed);
  const [first, second] = node.arguments as Node[];
  if (name === "lastIndexOf" && typeof first?.value !== "string") {
    add("missing method", "lastIndexOf on an array");
  }
  if (name === "split") {
    if (second) add("limit of split");
    if (first?.regex && captures(first.regex.pattern)) add("pattern", "split by a group");
  }
  if (name === "replace" && typeof second?.value === "string" && second.value.includes("$&")) {
    add("replacement with $&");
  }
  if (callee.object.name === "JSON" && second) {
    const isNothing = second.type === "Literal" && second.value === null;
    if (!isNothing) add("reviver or replacer");
  }
  if (name === "forEach" && first && isFunction(first)) mutations(callee, first, text, add);
}

/** The walk follows the live list; JavaScript's stops at the length it began with. */
function mutations(callee: Node, callback: Node, text: string, add: Add): void {
  const list = text.slice(callee.object.start, callee.object.end);
  walk(callback, (node) => {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
    const target = text.slice(node.callee.object.start, node.callee.object.end);
    const name = plainName(node.callee.property, node.callee.computed);
    if (target === list && ["push", "pop", "shift", "unshift", "splice"].includes(name)) {
      add("change inside forEach", name);
    }
  });
}

/** The loop ends with the first deletion. */
function deletions(loop: Node, add: Add): void {
  walk(loop.body, (node) => {
    if (node.type === "UnaryExpression" && node.operator === "delete") {
      add("delete inside for-in");
    }
  });
}

/** `b⏎++c` is read as `b++ c`. */
function prefixed(node: Node, text: string, add: Add): void {
  const before = text.slice(0, node.start).replace(/\s*$/, "");
  const gap = text.slice(before.length, node.start);
  if (gap.includes("\n") && /[\w\])"'`]$/.test(before)) add(`${node.operator} after a newline`);
}

function trailing(node: Node, text: string, add: Add): void {
  const last = node.params[node.params.length - 1] as Node | undefined;
  if (last && /^\s*,/.test(text.slice(last.end, node.body.start))) add("comma after parameters");
}
