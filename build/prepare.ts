/**
 * Two things that terser does not do and that pay on Espruino. Numbers are written where they are
 * used: a name for one costs two JsVars and a search through all names of the bundle. And `const`
 * becomes `let`, which is shorter and joins its neighbours; that nothing is assigned to a `const`
 * was checked long before.
 */
import { apply } from "./edit.js";
import type { Edit } from "./edit.js";
import { analyse } from "./scope.js";
import { parseScript, walk } from "./tree.js";
import type { Node } from "./tree.js";

export function prepare(code: string): string {
  const program = parseScript(code);
  const edits: Edit[] = [];
  const numbers = new Map<number, string>();
  walk(program, (node) => {
    if (node.type !== "VariableDeclaration" || node.kind !== "const") return;
    edits.push({ start: node.start, end: node.start + "const".length, text: "let" });
    for (const { id, init } of node.declarations as Node[]) {
      if (init && isNumber(init)) numbers.set(id.start, code.slice(init.start, init.end));
    }
  });
  for (const { reference, declaration } of analyse(program).resolved) {
    const value = numbers.get(declaration.start);
    if (value === undefined) continue;
    const { start, name } = reference;
    const isShorthand = reference.path[reference.path.length - 1].shorthand === true;
    edits.push({ start, end: start + name.length, text: isShorthand ? `${name}:${value}` : value });
  }
  return apply(code, edits);
}

/** A negative one would need brackets in some places; there are few. */
function isNumber(node: Node): boolean {
  return node.type === "Literal" && typeof node.value === "number";
}
