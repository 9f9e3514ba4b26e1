/**
 * House rules that can be judged one file at a time: sizes, names, and what firmware must not
 * touch because the HAL does (ARCHITECTURE, "Names and house style").
 */
import { isFunction, parse, place, plainName, walk } from "./tree.js";
import type { Node } from "./tree.js";

export const FILE_LINES_MAX = 250;
export const FUNCTION_LINES_MAX = 60;
export const COLUMNS_MAX = 100;
export const FIELDS_MAX = 8;
export const METHODS_MAX = 10;

export type Add = (rule: string, start: number, detail?: string) => void;

const VAGUE = ["index", "util", "utils", "helper", "helpers", "type", "types", "common", "manager",
  "misc", "lib", "shared"];

/** Timers, clocks and chance come from the HAL; modules are imported. */
const BANNED = ["Math.random", "Date.now"];
const BANNED_CALLS = ["setTimeout", "setInterval", "setImmediate", "require"];

/** What is wrong on Espruino for more than one octet at the end of a text. */
const SEARCHES = ["indexOf", "lastIndexOf", "includes", "replace"];
/** The one file that looks for more, and knows how. */
const SEARCHER = "firmware/xml/list.ts";

/** Every file of the project. */
export function common(path: string, text: string, program: Node, add: Add): void {
  name(path, add);
  const lines = text.split("\n");
  const count = text.endsWith("\n") ? lines.length - 1 : lines.length;
  if (count > FILE_LINES_MAX) add("file too long", 0, `${count} lines`);
  let offset = 0;
  for (const line of lines) {
    if (line.length > COLUMNS_MAX) add("line too long", offset, `${line.length} columns`);
    // In two pieces, so that this file may be judged by itself.
    const mark = new RegExp("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b").exec(line);
    if (mark) add("unfinished", offset + mark.index, mark[0]);
    offset += line.length + 1;
  }
  walk(program, (node) => {
    if (isFunction(node)) {
      const size = place(text, node.end).line - place(text, node.start).line + 1;
      if (size > FUNCTION_LINES_MAX) add("function too long", node.start, `${size} lines`);
    }
    if (node.type === "ExportDefaultDeclaration") add("default export", node.start);
  });
}

/** One lower-case English noun; a board may have two, a test says what it tests. */
function name(path: string, add: Add): void {
  const parts = path.split("/");
  const file = parts.pop()!;
  const stem = file.replace(/(\.(test|fuzz|scene|power))?\.ts$/, "");
  const shape = parts[0] === "boards" ? /^[a-z0-9]+(-[a-z0-9]+)*$/ : /^[a-z][a-z0-9]*$/;
  for (const part of [...parts, stem]) {
    const rule = part === stem ? shape : /^[a-z][a-z0-9]*$/;
    if (!rule.test(part) || VAGUE.includes(part)) add("file name", 0, part);
  }
}

/** Firmware only. */
export function firmware(path: string, program: Node, add: Add): void {
  for (const statement of program.body as Node[]) {
    const node = (statement.declaration ?? statement) as Node;
    if (node.type === "VariableDeclaration" && node.kind !== "const") {
      add("state in a module", node.start, node.kind);
    }
  }
  walk(program, (node) => {
    if (node.type === "TSEnumDeclaration" && !node.const) add("enum that is not const", node.start);
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") shape(node, add);
    if (node.type === "MemberExpression" && node.object.type === "Identifier") {
      const member = `${node.object.name}.${plainName(node.property, node.computed)}`;
      if (BANNED.includes(member)) add("banned", node.start, member);
    }
    if (node.type === "Identifier" && BANNED_CALLS.includes(node.name)) {
      add("banned", node.start, node.name);
    }
    if (node.type === "NewExpression" && node.callee.name === "Date"
      && node.arguments.length === 0) {
      add("banned", node.start, "new Date()");
    }
    markup(path, node, add);
    search(path, node, add);
  });
}

function shape(node: Node, add: Add): void {
  if (node.superClass) add("extends", node.start);
  let fields = 0;
  let methods = 0;
  for (const member of node.body.body as Node[]) {
    if (member.type === "PropertyDefinition") fields++;
    if (member.type !== "MethodDefinition") continue;
    if (member.kind !== "constructor") methods++;
    else fields += member.value.params
      .filter((each: Node) => each.type === "TSParameterProperty").length;
  }
  const owner = node.id?.name ?? "class";
  if (fields > FIELDS_MAX) add("too many fields", node.start, `${owner} has ${fields}`);
  if (methods > METHODS_MAX) add("too many methods", node.start, `${owner} has ${methods}`);
}

/** Only the printer writes tags; its neighbours in xml/ may name the marks they look for. */
function markup(path: string, node: Node, add: Add): void {
  if (path === "firmware/xml/print.ts") return;
  const tag = path.startsWith("firmware/xml/") ? /<[A-Za-z]/ : /<[A-Za-z/?!]|^<$/;
  const text = node.type === "TemplateElement" ? node.value.cooked as string
    : node.type === "Literal" && typeof node.value === "string" ? node.value : "";
  if (tag.test(text)) add("markup in a string", node.start, text.slice(0, 20));
}

/**
 * COMPAT: Espruino (2v29) finds "yb" in "xxy". Lists of constants have names in upper case and
 * hold whole words; what a variable holds is beyond a look at one file.
 */
function search(path: string, node: Node, add: Add): void {
  if (path === SEARCHER || node.type !== "CallExpression") return;
  const { callee } = node;
  const what = node.arguments[0] as Node | undefined;
  if (callee.type !== "MemberExpression" || !what) return;
  if (!SEARCHES.includes(plainName(callee.property, callee.computed))) return;
  if (callee.object.type === "Identifier" && /^[A-Z][A-Z0-9_]*$/.test(callee.object.name)) return;
  const isLong = what.type === "Literal" && typeof what.value === "string" && what.value.length > 1;
  if (isLong || what.type === "TemplateLiteral" || what.type === "BinaryExpression") {
    add("search for more than one octet", node.start, callee.property.name);
  }
}

export function parseSource(text: string): Node {
  return parse(text, "ts");
}
