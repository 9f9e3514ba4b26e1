/**
 * What only the start needs goes when the board stands: the constructor of whatever there is one
 * of, functions and names that no later code uses. In engines where a class is no property of
 * the global object nothing happens.
 */
import { isFunction } from "../tree.js";
import type { Node } from "../tree.js";
import { divide } from "./part.js";
import type { Part, Script } from "./part.js";

/** Names that nothing uses that can run after the start. */
export function retired(code: string): { classes: string[]; others: string[] } {
  const script = divide(code);
  const left = new Set(script.parts.filter((part) => part.name !== ""));
  for (let isSure = false; !isSure;) {
    isSure = true;
    for (const part of left) {
      const isWhole = part.kind !== "class" || isOnlyCalled(part);
      if (isWhole && part.uses.every(({ path }) => isOfStart(path, script, left))) continue;
      left.delete(part);
      isSure = false;
    }
  }
  const names = (isClass: boolean): string[] => [...left]
    .filter((part) => (part.kind === "class") === isClass).map((part) => part.name);
  return { classes: names(true), others: names(false) };
}

/** A function or a class that is handed to somebody can be called at any time. */
function isOnlyCalled(part: Part): boolean {
  return part.uses.every(({ path, start }) => {
    const user = path[path.length - 1]!;
    const isCall = user.type === "CallExpression" || user.type === "NewExpression";
    return isCall && user.callee.start === start && user.callee.type === "Identifier";
  });
}

/** Whether the code at the end of this path only runs while the script is evaluated. */
function isOfStart(path: Node[], { parts }: Script, left: ReadonlySet<Part>): boolean {
  const around = path.filter(isFunction);
  const [own] = around;
  if (!own) return true;
  if (around.length > 1) return false;
  const parent = path[path.indexOf(own) - 1]!;
  if (parent.type === "CallExpression" && parent.callee === own) return true;
  const isConstructor = parent.type === "MethodDefinition" && parent.kind === "constructor";
  const part = parts.find((each) => isConstructor ? path.includes(each.node) : each.code === own);
  return part !== undefined && left.has(part) && isOnlyCalled(part);
}

/** The last statements of a bundle. `kept` are the names that are still there. */
export function farewell(code: string, kept: ReadonlySet<string>): string {
  const { classes, others } = retired(code);
  const list = (names: string[]): string =>
    `"${names.filter((name) => kept.has(name)).join()}".split(",")`;
  return `${list(classes)}.forEach($o=>{if(global[$o]){`
    + `delete global[$o].prototype.constructor;delete global[$o]}});`
    + `${list(others)}.forEach($o=>{delete global[$o]});`;
}
