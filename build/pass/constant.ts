/**
 * Constants at their place of use, where that is rare: a name holds two JsVars, a regular
 * expression nine to thirteen, a list of ten words over twenty, for as long as the board is on.
 * And values of fields that are shared: `null`, `false`, `true` and "" cost a JsVar for each field
 * that they are written into, a reference to a global one costs none.
 */
import { apply } from "../edit.js";
import type { Edit } from "../edit.js";
import type { Scope } from "../scope.js";
import { isFunction, parseScript, plainName, walk } from "../tree.js";
import type { Node } from "../tree.js";
import { markOf } from "./mark.js";
import type { Profile } from "./order.js";
import { divide, join } from "./part.js";
import type { Part, Script } from "./part.js";
import { WORDS } from "./word.js";

/** What a constant that is written more than once may add. */
const GROWTH_BYTES = 150;
/** What may be asked of a list that is made anew each time. */
const READING = ["filter", "indexOf", "join", "length", "map", "some"];

/** Rare is what no hot function does. */
function isRare(code: string, path: readonly Node[], profile: Profile): boolean {
  const outer = path.find(isFunction);
  return !outer || !profile[markOf(code, outer)];
}

/** Constants that only rare code uses are written there. */
export function settle(code: string, profile: Profile): string {
  for (let before = code; ; before = code) {
    const script = divide(before);
    const settlers = script.parts.filter((each) => isSettler(script, each, profile));
    // One that stands in another waits for the next turn.
    const parts = settlers.filter((part) => !settlers.some(({ node }) =>
      part.uses.some(({ start }) => start >= node.start && start < node.end)));
    if (parts.length === 0) return before;
    code = join(script, script.parts.filter((each) => !parts.includes(each)),
      parts.flatMap((part) => written(before, part)));
  }
}

function written(code: string, { node: { init }, uses }: Part): Edit[] {
  const text = code.slice(init.start, init.end);
  return uses.map(({ name, start }) => ({ start, end: start + name.length,
    text: init.type === "Literal" || init.type === "ArrayExpression" ? text : `(${text})` }));
}

function isSettler(script: Script, part: Part, profile: Profile): boolean {
  const { code } = script;
  const init = part.kind === "value" ? part.node.init as Node : null;
  if (!init || part.uses.length === 0 || !isConstant(init, script)) return false;
  const growth = (init.end - init.start) * (part.uses.length - 1);
  if (growth > GROWTH_BYTES) return false;
  // A pattern that is made anew costs 21,000 instructions, a resident one ten JsVars.
  const isAnywhere = init.regex && part.uses.length === 1;
  return part.uses.every(({ path, scope, start }) => (isAnywhere || isRare(code, path, profile))
    && !isWritten(path, start) && !isHidden(names(init), scope) && !path[path.length - 1]!.shorthand
    && (init.type !== "ArrayExpression" || isRead(path, start)));
}

function names(init: Node): Set<string> {
  const found = new Set<string>();
  walk(init, (node) => node.type === "Identifier" && found.add(node.name));
  return found;
}

/** Whether a local has one of these names: minified, they are used again wherever they can be. */
function isHidden(wanted: ReadonlySet<string>, from: Scope): boolean {
  for (let scope = from; scope.parent; scope = scope.parent) {
    if (scope.declarations.some((each) => wanted.has(each.name))) return true;
  }
  return false;
}

function isConstant(node: Node, script: Script): boolean {
  switch (node.type) {
    case "Literal":
      return true;
    case "Identifier": {
      const part = script.parts.find((each) => each.name === node.name);
      return part?.kind === "value" && part.node.init && isConstant(part.node.init, script);
    }
    case "BinaryExpression":
      return node.operator === "+" && isConstant(node.left, script)
        && isConstant(node.right, script);
    case "ArrayExpression":
      return node.elements.length > 0
        && node.elements.every((each: Node | null) => each && isConstant(each, script));
  }
  return false;
}

/** `x = …`, `x++`, `for (x of …)`. */
function isWritten(path: readonly Node[], start: number): boolean {
  const user = path[path.length - 1]!;
  return (user.left?.start === start && user.type !== "BinaryExpression"
    && user.type !== "LogicalExpression") || user.type === "UpdateExpression";
}

/** `list[i]`, `list.join()`, or the list of a loop. */
function isRead(path: readonly Node[], start: number): boolean {
  const user = path[path.length - 1]!;
  if (user.type === "ForOfStatement") return user.right.start === start;
  if (user.type !== "MemberExpression" || user.object.start !== start) return false;
  const isReading = user.computed || READING.includes(plainName(user.property, false));
  return isReading && !isWritten([path[path.length - 2]!], user.start);
}

/** In rare code, constructors above all, fields refer to shared values. */
export function share(code: string, profile: Profile, { shared } = WORDS): string {
  const edits: Edit[] = [];
  const used = new Set<string>();
  const program = parseScript(code);
  walk(program, (node, parents) => {
    if (node.type !== "AssignmentExpression" || node.operator !== "=") return;
    if (node.left.type !== "MemberExpression" || !parents.some(isFunction)) return;
    if (!isRare(code, parents, profile)) return;
    const { start, end } = node.right as Node;
    const value = code.slice(start, end);
    const name = Object.keys(shared).find((each) => shared[each] === value);
    if (!name) return;
    used.add(name);
    edits.push({ start, end, text: name });
  });
  if (used.size === 0) return code;
  return `let ${[...used].map((name) => `${name}=${shared[name]}`).join()};${apply(code, edits)}`;
}
