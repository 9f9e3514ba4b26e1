/**
 * Methods of one name that several classes have, and of which nobody can say at a call whose it is:
 * those that are rare are numbers, which say where they are in flash (cold.ts). As a field of a
 * prototype that is one JsVar, where a method takes four and one for each parameter. Whoever calls
 * one looks first what it is, so what is called all the time is called as ever.
 */
import { isFunction, parseScript, plainName, walk } from "../tree.js";
import type { Node } from "../tree.js";
import { markOf } from "./mark.js";
import type { Profile } from "./order.js";

/** How a script uses property names. */
export interface Usage {
  /** Name → its methods. */
  owners: Map<string, Node[]>;
  /** Name → its calls, `o.name(…)`. */
  calls: Map<string, Node[]>;
  /** Call → the outermost function around it; none where it is called at the start. */
  around: Map<Node, Node | undefined>;
  /** Names that are more than that: values, fields, keys, getters. */
  values: Set<string>;
}

/** A script, and how often its functions are called in what it mostly does. */
export interface User {
  code: string;
  profile: Profile;
}

/** Calls of hot functions, in a read-out or in a tick, that may look what they call first. */
const LOOKS_MAX = 2;

export function usage(program: Node): Usage {
  const found: Usage =
    { owners: new Map(), calls: new Map(), around: new Map(), values: new Set() };
  const { owners, calls, around, values } = found;
  const add = (to: Map<string, Node[]>, name: string, node: Node): void => {
    to.set(name, [...to.get(name) ?? [], node]);
  };
  walk(program, (node, parents) => {
    const parent = parents[parents.length - 1];
    if (node.type === "MethodDefinition") {
      const name = plainName(node.key, node.computed);
      add(owners, name, node);
      const isOuter = parents[parents.length - 2]!.type === "ClassDeclaration"
        && !parents.some(isFunction);
      if (node.kind !== "method" || node.static || !isOuter) values.add(name);
    } else if (node.type === "Property") values.add(plainName(node.key, node.computed));
    else if (node.type === "MemberExpression" && !node.computed) {
      const name = node.property.name as string;
      if (parent?.type !== "CallExpression" || parent.callee !== node) values.add(name);
      else {
        add(calls, name, parent);
        around.set(parent, parents.find(isFunction));
      }
    }
  });
  return found;
}

/**
 * The names of which rare methods in the first script can be numbers. Nobody but these scripts may
 * call what has one of the `names`.
 */
export function numbered(names: ReadonlySet<string>, own: User, others: User[] = []): Set<string> {
  const all = [own, ...others].map((user) => ({ ...user, ...usage(parseScript(user.code)) }));
  const isFit = (name: string): boolean => all.every(({ code, profile, ...uses }) => {
    const looks = (uses.calls.get(name) ?? []).reduce((sum, call) => {
      const outer = uses.around.get(call);
      return sum + (outer ? profile[markOf(code, outer)] ?? 0 : 0);
    }, 0);
    return !uses.values.has(name) && looks <= LOOKS_MAX;
  });
  const rare = all[0]!.owners;
  return new Set([...rare].filter(([name, methods]) => names.has(name)
    && methods.some((method) => isRare(own, method)) && isFit(name)).map(([name]) => name));
}

export function isRare({ code, profile }: User, method: Node): boolean {
  return !profile[markOf(code, method.value as Node)];
}
