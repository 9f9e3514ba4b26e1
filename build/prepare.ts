/**
 * What terser does not do and what pays on Espruino. Numbers are written where they are used: a
 * name for one costs two JsVars and a search through all names of the bundle. `const` becomes
 * `let`, which is shorter and joins its neighbours; that nothing is assigned to a `const` was
 * checked long before. Functions of the outermost scope become arrows, which are shorter and cost
 * the same. `substring` becomes `slice` where that means the same.
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
  for (const node of topFunctions(program)) arrow(node, edits);
  walk(program, (node) => shortenCall(node, edits));
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

/** Those of the outermost scope without a `this` or `arguments` of their own. */
function topFunctions(program: Node): Node[] {
  const [first] = program.body as Node[];
  const outer = first?.type === "ExpressionStatement" ? first.expression.callee?.body : undefined;
  return ((outer ?? program).body as Node[]).filter((node) => {
    if (node.type !== "FunctionDeclaration") return false;
    let isPlain = !node.async && !node.generator;
    walk(node, (inner) => {
      if (inner.type === "ThisExpression") isPlain = false;
      if (inner.type === "Identifier" && inner.name === "arguments") isPlain = false;
    });
    return isPlain;
  });
}

function arrow(node: Node, edits: Edit[]): void {
  const { id, body } = node;
  edits.push({ start: node.start, end: id.end, text: `let ${id.name}=` });
  edits.push({ start: body.start, end: body.start, text: "=>" });
  edits.push({ start: node.end, end: node.end, text: ";" });
}

/**
 * `x.substring(0, 4)` → `x.slice(0, 4)`; only `substring` swaps a start that is beyond its end.
 * (`x[i]` for `x.charAt(i)` throws where i is -1.)
 */
function shortenCall(node: Node, edits: Edit[]): void {
  const isCall = node.type === "CallExpression" && node.callee.type === "MemberExpression" &&
    !node.callee.computed;
  if (isCall && node.callee.property.name === "substring") {
    const { start, end } = node.callee.property;
    const given = node.arguments as Node[];
    const isSwapped = given.length > 1 && given[0]!.value > given[1]!.value;
    const isSafe = given.every((each) => isNumber(each)) && !isSwapped;
    if (isSafe) edits.push({ start, end, text: "slice" });
  }
}
