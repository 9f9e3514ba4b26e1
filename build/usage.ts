/**
 * Which property names meet objects that are not ours, asked of the type checker for each place
 * where one stands. What the checker cannot name (`any`: JSON, a console) counts as foreign. The
 * checker's interface is unstable between versions of TypeScript, which is pinned.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API } from "typescript/unstable/sync";
import { sources } from "./names.js";
import { parse, plainName, walk } from "./tree.js";
import type { Node } from "./tree.js";

/** Of arrays: they keep what they are given, and look at none of its keys. */
const KEEPERS = ["push", "unshift", "splice", "concat", "indexOf"];

interface Place {
  name: string;
  start: number;
}

export function foreignNames(root: string): Set<string> {
  const api = new API({ cwd: root });
  try {
    const config = join(root, "tsconfig.espruino.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProjects()[0];
    const names = new Set<string>();
    for (const file of sources(root)) {
      const { members, callees } = places(readFileSync(file, "utf8"));
      const isForeign = (spots: Place[]): boolean[] => spots.length === 0 ? []
        : project.checker.getSymbolAtPosition(file, spots.map((each) => each.start))
          .map((symbol, at) => {
            if (symbol && symbol.name !== spots[at].name) {
              throw new Error(`${file}: ${spots[at].name} is not where the checker looks`);
            }
            const declarations = symbol?.declarations ?? [];
            return declarations.length === 0
              || declarations.some((each) => each.path.endsWith(".d.ts"));
          });
      isForeign(members).forEach((is, at) => is && names.add(members[at].name));
      const functions = isForeign(callees.map((each) => each.callee));
      functions.forEach((is, at) => is && callees[at].keys.forEach((key) => names.add(key)));
    }
    return names;
  } finally {
    api.close();
  }
}

/** Members that are read or written, and the keys that go straight into a function's hands. */
function places(text: string): { members: Place[]; callees: { callee: Place; keys: string[] }[] } {
  const members: Place[] = [];
  const callees: { callee: Place; keys: string[] }[] = [];
  walk(parse(text, "ts"), (node) => {
    if (node.type === "MemberExpression" && !node.computed) members.push(spot(node.property));
    if (node.type !== "CallExpression" && node.type !== "NewExpression") return;
    const callee = (node.callee.property ?? node.callee) as Node;
    if (callee.type !== "Identifier" || KEEPERS.includes(callee.name)) return;
    const keys = node.arguments.flatMap((each: Node) => keysOf(each)) as string[];
    if (keys.length > 0) callees.push({ callee: spot(callee), keys });
  });
  return { members, callees };
}

function spot(identifier: Node): Place {
  return { name: identifier.name, start: identifier.start };
}

/** All keys of a literal, those of literals in it too. */
function keysOf(argument: Node): string[] {
  if (argument.type !== "ObjectExpression" && argument.type !== "ArrayExpression") return [];
  const names: string[] = [];
  walk(argument, (node) => {
    if (node.type === "Property") names.push(plainName(node.key, node.computed));
  });
  return names;
}
