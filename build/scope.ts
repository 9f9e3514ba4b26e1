/**
 * Who declares what, and which use comes before its declaration. Espruino hoists nothing
 * (ENGINE 1, facts 1 and 2; 1.3): a use that runs before its declaration finds an outer variable
 * or none, a `var` in a branch that was not taken does not exist, and closures over a loop's
 * `let` share one variable.
 */
import { children, isFunction, isNode, plainName } from "./tree.js";
import type { Complaint, Node } from "./tree.js";

export interface Declaration {
  name: string;
  kind: string;
  start: number;
  /** The node that must have run for the declaration to exist: a branch, a loop body… */
  branch: Node;
}

export interface Scope {
  node: Node;
  /** The function (or program) that this scope runs in. */
  home: Node;
  parent: Scope | null;
  declarations: Declaration[];
  references: Reference[];
}

export interface Reference {
  name: string;
  start: number;
  scope: Scope;
  /** From the root to the identifier. */
  path: Node[];
}

export interface Analysis {
  scopes: Scope[];
  /** Names nobody declares: the engine's globals. */
  globals: Reference[];
  resolved: { reference: Reference; declaration: Declaration }[];
  complaints: Complaint[];
}

/** A loop head's `let` is in a scope of its own, as are blocks, functions and catch clauses. */
const SCOPED = ["Program", "BlockStatement", "ForStatement", "ForInStatement", "ForOfStatement",
  "CatchClause", "SwitchStatement", "ClassExpression", "FunctionExpression",
  "FunctionDeclaration", "ArrowFunctionExpression"];

/** What may be skipped at run time. */
const BRANCHES = ["IfStatement", "ForStatement", "ForInStatement", "ForOfStatement",
  "WhileStatement", "SwitchCase", "TryStatement", "CatchClause"];

export function analyse(program: Node): Analysis {
  const scopes: Scope[] = [];
  const references: Reference[] = [];
  collect(program, null, [], scopes, references);
  const analysis: Analysis = { scopes, globals: [], resolved: [], complaints: [] };
  for (const reference of references) resolve(reference, analysis);
  return analysis;
}

function collect(
  node: Node, outer: Scope | null, path: Node[], scopes: Scope[], references: Reference[],
): void {
  let scope = outer;
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
    if (outer && node.id) declare(outer, node.id, node.type, path);
  }
  if (SCOPED.includes(node.type)) {
    const home = isFunction(node) || !outer ? node : outer.home;
    scope = { node, home, parent: outer, declarations: [], references: [] };
    scopes.push(scope);
    if ((node.type === "FunctionExpression" || node.type === "ClassExpression") && node.id) {
      declare(scope, node.id, "self", path);
    }
    for (const parameter of node.params ?? []) declareAll(scope, parameter, "parameter", path);
    if (node.type === "CatchClause" && node.param) {
      declareAll(scope, node.param, "parameter", path);
    }
  }
  if (!scope) return;
  if (node.type === "VariableDeclaration") {
    const target = node.kind === "var" ? functionScope(scope) : scope;
    for (const each of node.declarations) declareAll(target, each.id, node.kind, [...path, node]);
  }
  const inner = [...path, node];
  for (const child of children(node)) {
    if (isReference(child, node)) {
      const reference = { name: child.name as string, start: child.start, scope, path: inner };
      scope.references.push(reference);
      references.push(reference);
    } else if (child.type !== "Identifier") {
      collect(child, scope, inner, scopes, references);
    }
  }
}

function functionScope(scope: Scope): Scope {
  let at = scope;
  while (at.node !== at.home && at.parent) at = at.parent;
  return at;
}

function declareAll(scope: Scope, pattern: Node, kind: string, path: Node[]): void {
  if (pattern.type === "Identifier") declare(scope, pattern, kind, path);
  else for (const child of children(pattern)) {
    if (child.type !== "MemberExpression") declareAll(scope, child, kind, path);
  }
}

function declare(scope: Scope, id: Node, kind: string, path: Node[]): void {
  scope.declarations.push({ name: id.name, kind, start: id.start, branch: branchOf(scope, path) });
}

/** The innermost part, inside the scope, that may be skipped; the scope's own node if none. */
function branchOf(scope: Scope, path: Node[]): Node {
  for (let at = path.length - 1; at > 0 && path[at] !== scope.node; at--) {
    const parent = path[at - 1];
    if (path[at].type === "SwitchCase") return path[at];
    if (path[at] === parent.left) return parent;
    if (BRANCHES.includes(parent.type) && !isAlwaysRun(path[at], parent)) return path[at];
  }
  return scope.node;
}

function isAlwaysRun(node: Node, parent: Node): boolean {
  return node === parent.test || node === parent.init || node === parent.discriminant
    || node === parent.right || node === parent.finalizer;
}

function isReference(node: Node, parent: Node): boolean {
  if (node.type !== "Identifier") return false;
  switch (parent.type) {
    case "MemberExpression":
      return node === parent.object || parent.computed;
    case "Property":
      return node === parent.value || parent.computed;
    case "MethodDefinition":
    case "PropertyDefinition":
      return node === parent.value || parent.computed;
    case "VariableDeclarator":
      return node === parent.init;
    case "ClassDeclaration":
    case "ClassExpression":
      return node === parent.superClass;
    case "FunctionDeclaration":
    case "FunctionExpression":
      return false;
    case "ArrowFunctionExpression":
      return node === parent.body;
    case "CatchClause":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return false;
  }
  return isNode(node);
}

function resolve(reference: Reference, analysis: Analysis): void {
  for (let scope: Scope | null = reference.scope; scope; scope = scope.parent) {
    const found = scope.declarations.filter((each) => each.name === reference.name);
    if (found.length === 0) continue;
    analysis.resolved.push({ reference, declaration: found[0] });
    check(reference, scope, found, analysis.complaints);
    return;
  }
  analysis.globals.push(reference);
}

function check(
  reference: Reference, scope: Scope, found: Declaration[], complaints: Complaint[],
): void {
  const detail = reference.name;
  // Inside a function that is called later, order in the text says nothing.
  if (reference.scope.home === scope.home) {
    const before = found.filter((each) => each.start <= reference.start);
    if (before.length === 0) {
      complaints.push({ rule: "use before definition", start: reference.start, detail });
    } else if (!before.some((each) => isCertain(each, reference))) {
      complaints.push({ rule: "var from a branch", start: reference.start, detail });
    }
    return;
  }
  const head = scope.node.init ?? scope.node.left;
  const isLoop = scope.node.type.startsWith("For") && head?.kind !== "var";
  if (isLoop && !isUsedUp(reference, scope)) {
    complaints.push({ rule: "loop variable in a closure", start: reference.start, detail });
  }
}

/** Library calls that run their callback before they return: the variable has not moved on. */
const IMMEDIATE = ["every", "filter", "find", "findIndex", "forEach", "map", "reduce", "replace",
  "some", "sort"];

function isUsedUp(reference: Reference, loop: Scope): boolean {
  const inside = reference.path.slice(reference.path.indexOf(loop.node));
  return inside.every((node, at) => {
    if (!isFunction(node)) return true;
    const call = inside[at - 1];
    return call?.type === "CallExpression" && call.arguments.includes(node)
      && call.callee.type === "MemberExpression"
      && IMMEDIATE.includes(plainName(call.callee.property, call.callee.computed));
  });
}

function isCertain(declaration: Declaration, reference: Reference): boolean {
  return declaration.kind !== "var" || reference.path.includes(declaration.branch);
}
