/**
 * Hot names first: a name costs about 115 instructions for each that was declared before it, and
 * a method likewise within its class. What does nothing when it is evaluated can stand anywhere
 * before what does.
 */
import { isFunction } from "../tree.js";
import type { Node } from "../tree.js";
import { markOf } from "./mark.js";
import { divide, isPure, join } from "./part.js";
import type { Part, Script } from "./part.js";

/** Function of the sources → how often it is called in what the board mostly does. */
export type Profile = Record<string, number>;

/** The same script with the names that are read most often declared first. */
export function order(code: string, profile: Profile): string {
  const script = divide(code);
  const weights = new Map(script.parts.map((part) => [part, weigh(code, part, profile)]));
  const pure = script.parts.filter(isPure)
    .sort((a, b) => weights.get(b)! - weights.get(a)! || a.node.start - b.node.start);
  const rest = script.parts.filter((part) => !isPure(part));
  return join(script, [...pure, ...rest], methods(script, profile));
}

/** How often the name is read. */
function weigh(code: string, part: Part, profile: Profile): number {
  let sum = 0;
  for (const { path } of part.uses) {
    // An inner function is nobody's by name; it runs when the outer one does.
    const outer = path.find((node) => isFunction(node));
    if (outer) sum += profile[markOf(code, outer)] ?? 0;
  }
  return sum;
}

function methods({ code, parts }: Script, profile: Profile): { start: number; end: number;
  text: string }[] {
  return parts.filter((part) => part.kind === "class").flatMap((part) => {
    const members = part.node.body.body as Node[];
    if (members.length < 2) return [];
    const calls = (member: Node): number => profile[markOf(code, member.value)] ?? 0;
    const sorted = [...members].sort((a, b) => calls(b) - calls(a) || a.start - b.start);
    const text = sorted.map((each) => code.slice(each.start, each.end)).join("");
    return [{ start: members[0]!.start, end: members[members.length - 1]!.end, text }];
  });
}
