/**
 * Takes the checks of a source away, one at a time: each operand of each condition is always true
 * or always false, each boundary is moved by one, `and` becomes `or`, each statement is left out,
 * each boolean is the other one. What is changed is found in the syntax tree, so a condition may
 * go over several lines.
 */
import { parseAst } from "rolldown/parseAst";

export interface Mutant {
  file: string;
  line: number;
  /** The whole line in which it begins, without its indentation. */
  text: string;
  /** What was there, what is there now. */
  what: string;
  start: number;
  end: number;
  by: string;
}

/** Turns that no loop of the store, and none of its tests, ever comes to. */
const TURNS_MAX = 2000;
const TEST_TURNS_MAX = 20000;

type Node = { [key: string]: unknown; type: string; start: number; end: number };

const BOUNDARIES: Record<string, string> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const COMPARISONS = new Set(["===", "!==", ...Object.keys(BOUNDARIES)]);
const LOOPS = new Set(["ForStatement", "WhileStatement", "DoWhileStatement", "ForOfStatement",
  "ForInStatement"]);
const TESTED = new Set(["IfStatement", "ConditionalExpression", ...LOOPS]);

/** All nodes, the outer ones first. */
function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one && typeof (one as Node).type === "string") yield* walk(one as Node);
    }
  }
}

class Finder {
  readonly found: Mutant[] = [];
  private readonly lines: string[];
  private readonly seen = new Set<string>();

  constructor(private readonly file: string, private readonly text: string) {
    this.lines = text.split("\n");
  }

  run(): Mutant[] {
    for (const node of walk(parse(this.file, this.text))) this.visit(node);
    return this.found.sort((a, b) => a.start - b.start);
  }

  private visit(node: Node): void {
    if (TESTED.has(node.type) && node["test"]) this.constant(node["test"] as Node);
    if (node.type === "LogicalExpression") this.logical(node);
    if (node.type === "BinaryExpression" && COMPARISONS.has(node["operator"] as string)) {
      this.constant(node);
      const operator = node["operator"] as string;
      if (BOUNDARIES[operator]) this.operator(node, operator, BOUNDARIES[operator]!);
    }
    if (node.type === "Literal" && typeof node["value"] === "boolean") {
      this.add(node, String(!node["value"]));
    }
    if (/^(ExpressionStatement|BreakStatement|ContinueStatement)$/.test(node.type) ||
      (node.type === "ReturnStatement" && !node["argument"])) this.add(node, ";");
  }

  private logical(node: Node): void {
    this.constant(node["left"] as Node);
    this.constant(node["right"] as Node);
    const operator = node["operator"] as string;
    this.operator(node, operator, operator === "&&" ? "||" : "&&");
  }

  /** An operand is taken apart where it is itself one of several; that comes by itself. */
  private constant(node: Node): void {
    if (node.type === "LogicalExpression" || node.type === "Literal") return;
    if (node.type === "ParenthesizedExpression") return this.constant(node["expression"] as Node);
    this.add(node, "true");
    this.add(node, "false");
  }

  private operator(node: Node, from: string, to: string): void {
    const left = node["left"] as Node;
    const start = this.text.indexOf(from, left.end);
    this.add({ ...node, start, end: start + from.length }, to);
  }

  private add(node: Node, by: string): void {
    const { file, text } = this;
    const { start, end } = node;
    const key = `${start} ${end} ${by}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const line = text.slice(0, start).split("\n").length;
    const was = text.slice(start, end).replace(/\s+/g, " ");
    const what = by === ";" ? `without ${was}` : `${was} → ${by}`;
    this.found.push({ file, line, text: this.lines[line - 1]!.trim(), what, start, end, by });
  }
}

function parse(file: string, text: string): Node {
  return parseAst(text, { lang: "ts" }, file) as unknown as Node;
}

export function mutants(file: string, text: string): Mutant[] {
  return new Finder(file, text).run();
}

/** The source with that change, and with loops that throw rather than run for ever. */
export function spoiled(file: string, text: string, mutant: Mutant | null): string {
  const edits: [number, number, string][] = [];
  const most = file.startsWith("test/") ? TEST_TURNS_MAX : TURNS_MAX;
  let count = 0;
  for (const node of walk(parse(file, text))) {
    if (!LOOPS.has(node.type)) continue;
    const name = `turns${count++}`;
    const body = node["body"] as Node;
    edits.push([node.start, node.start, `{ let ${name} = 0; `],
      [body.start, body.start,
        `{ if (++${name} > ${most}) throw new Error("runs in circles"); `],
      [body.end, body.end, " }"], [node.end, node.end, " }"]);
  }
  if (mutant && mutant.file === file) {
    // A space more, as an operator may stand between two words.
    edits.push([mutant.start, mutant.end, ` ${mutant.by} `]);
  }
  // From the end; at one place what comes later in the list stands later in the text.
  const ordered = edits.map((one, index) => ({ one, index }))
    .sort((a, b) => b.one[0] - a.one[0] || b.index - a.index);
  return ordered.reduce((made, { one: [start, end, by] }) =>
    made.slice(0, start) + by + made.slice(end), text);
}
