/**
 * The dialect gate: reads each bundle in `dist/` as it will be uploaded and objects to everything
 * that Espruino does not parse, does not have, or does differently (ARCHITECTURE E1 to E5,
 * ENGINE 1.2 to 1.4 and 1.9). `npm run dialect [FILE…]`; every rule is tested by a file that
 * must be caught.
 */
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { loader } from "./pass/link.js";
import { partWords, WORDS } from "./pass/word.js";
import { bundles, coldOf, isMain, parts } from "./project.js";
import { PARTS } from "./rendezvous.js";
import { idioms } from "./idiom.js";
import { analyse } from "./scope.js";
import { GLOBALS } from "./absent.js";
import { describe, parseScript, plainName, walk } from "./tree.js";
import type { Complaint, Node } from "./tree.js";

/** Node types that are wrong wherever they stand. */
const FORBIDDEN: Record<string, string> = {
  ObjectPattern: "destructuring",
  ArrayPattern: "destructuring",
  AssignmentPattern: "default value",
  RestElement: "rest parameter",
  SpreadElement: "spread",
  ChainExpression: "optional chaining",
  LabeledStatement: "label",
  AwaitExpression: "async",
  YieldExpression: "generator",
  PrivateIdentifier: "private name",
  PropertyDefinition: "class field",
  StaticBlock: "class field",
  Super: "super",
  MetaProperty: "new.target",
  TaggedTemplateExpression: "tagged template",
  ImportExpression: "import",
  WithStatement: "with",
  DebuggerStatement: "debugger",
};

/** Operators that the parser of Espruino does not know. */
const OPERATORS: Record<string, string> = {
  "**": "exponent",
  "**=": "exponent",
  "??=": "logical assignment",
  "||=": "logical assignment",
  "&&=": "logical assignment",
};

/** `of` is no identifier there, and a global `ssl` belongs to the engine's TLS. */
const TAKEN = ["of", "ssl"];

/** All objections to a script, in the order of the text. */
export function objections(text: string): Complaint[] {
  const complaints: Complaint[] = textual(text);
  const program = parseScript(text);
  walk(program, (node, parents) => {
    const add = (rule: string, detail = ""): void => {
      complaints.push({ rule, start: node.start, detail });
    };
    syntax(node, add);
    idioms(node, parents, text, add);
  });
  const scopes = analyse(program);
  for (const { name, start } of scopes.globals) {
    if (GLOBALS.has(name)) complaints.push({ rule: "missing global", start, detail: name });
    if (name === "arguments") complaints.push({ rule: "arguments", start, detail: "" });
  }
  for (const { declarations } of scopes.scopes) {
    for (const { name, start } of declarations) {
      if (TAKEN.includes(name)) complaints.push({ rule: `the name ${name}`, start, detail: "" });
    }
  }
  complaints.push(...scopes.complaints);
  return complaints.sort((a, b) => a.start - b.start || a.rule.localeCompare(b.rule));
}

type Add = (rule: string, detail?: string) => void;

function syntax(node: Node, add: Add): void {
  const rule = FORBIDDEN[node.type] ?? OPERATORS[node.operator as string];
  if (rule) add(rule);
  if (node.async || (node.type === "ForOfStatement" && node.await)) add("async");
  if (node.generator) add("generator");
  if (node.type === "Literal" && "bigint" in node && node.bigint) add("bigint");
  if (node.type === "ClassDeclaration" || node.type === "ClassExpression") {
    if (node.superClass) add("extends");
    if (node.type === "ClassExpression" && node.id) add("named class expression");
  }
  if (node.type === "MethodDefinition" && plainName(node.key, node.computed) === "delete") {
    add("method named delete");
  }
  const isKeyed = node.type === "Property" || node.type === "MethodDefinition";
  if (isKeyed && node.computed) add("computed key");
  if (node.type === "SwitchStatement") {
    const at = node.cases.findIndex((each: Node) => each.test === null);
    if (at >= 0 && at < node.cases.length - 1) add("default not last");
  }
}

/** What can be seen without a tree. A character beyond ASCII counts as two on the chip. */
function textual(text: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const match of text.matchAll(/[^\x00-\x7f]+/g)) {
    complaints.push({ rule: "not ASCII", start: match.index, detail: "" });
  }
  return complaints;
}

/** What a rare method is (pass/number.ts): there, fields are the prototype's. */
const NUMBER = /^[\w$]+=\d+;/;

/** Complaints about a file, printed; how many there were. */
function judge(file: string): number {
  // The one `eval` there is: what it is given is in the second file, which is read here as well.
  const text = [WORDS, ...PARTS.map(partWords)]
    .reduce((left, words) => left.replace(loader(words), ""), readFileSync(file, "utf8"));
  const found = objections(text).filter(({ rule, start }) =>
    rule !== "class field" || !NUMBER.test(text.slice(start)));
  for (const complaint of found) console.error(describe(file, text, complaint));
  return found.length;
}

function main(): void {
  const files = argv.length > 2 ? argv.slice(2)
    : [...bundles(), ...parts()].flatMap((bundle) => [bundle, coldOf(bundle)]);
  if (files.length === 0) throw new Error("no bundle in dist/: run `npm run build` first");
  let count = 0;
  for (const file of files) count += judge(file);
  console.log(`dialect: ${files.length} files, ${count} complaints`);
  if (count > 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) main();
