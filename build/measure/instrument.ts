/**
 * A copy of a bundle that counts: how often each function is called, how deep calls nest, and how
 * many JsVars are in use at the entry and the exit of every call. Only texts in flash grow; what
 * the counters themselves hold is taken off by whoever measures (`own()`).
 */
import { isFunction, parseScript, plainName, walk } from "../tree.js";
import type { Node } from "../tree.js";

/** Names that terser never makes. */
const NAMES = {
  enter: "mEnter", leave: "mLeave", sample: "mSample",
  counts: "mCounts", depth: "mDepth", path: "mPath", deepest: "mDeepest", peak: "mPeak",
  top: "mTop",
};

/** Behind every beginning at the same place: a body may be empty. */
const ENDS = 1000;

export interface Instrumented {
  code: string;
  /** To be evaluated before it. */
  prelude: string;
  /** Function number → what a person calls it. */
  names: string[];
}

interface Edit {
  at: number;
  /** At one place inner functions end before outer ones, and outer ones begin before inner ones. */
  rank: number;
  text: string;
}

/** What minified names meant. */
export interface Meaning {
  /** Short property name → long. */
  long: Map<string, string>;
  /** The methods of a class, sorted and joined by blanks → its name. */
  classes: Map<string, string>;
}

export function instrument(code: string, meaning: Meaning): Instrumented {
  const names: string[] = [];
  const edits: Edit[] = [];
  walk(parseScript(code), (node, parents) => {
    if (!isFunction(node)) return;
    const before = `${NAMES.enter}(${names.length});try{`;
    const after = `}finally{${NAMES.leave}()}`;
    const rank = parents.length;
    names.push(describe(node, parents, meaning));
    if (node.body.type === "BlockStatement") {
      edits.push({ at: node.body.start + 1, rank, text: before });
      edits.push({ at: node.body.end - 1, rank: ENDS - rank, text: after });
    } else {
      edits.push({ at: arrow(code, node), rank, text: `{${before}return ` });
      edits.push({ at: node.end, rank: ENDS - rank, text: `${after}}` });
    }
  });
  return { code: insert(code, edits), prelude: prelude(names.length), names };
}

/** The place behind `=>`: an expression may begin with a bracket that no node shows. */
function arrow(code: string, node: Node): number {
  const last = node.params[node.params.length - 1] as Node | undefined;
  return code.indexOf("=>", last ? last.end : node.start) + 2;
}

function describe(node: Node, parents: readonly Node[], meaning: Meaning): string {
  const parent = parents[parents.length - 1];
  const owner = [...parents].reverse().find((each) => /^Class[DE]/.test(each.type));
  const prefix = owner ? `${className(owner, meaning)}.` : "";
  if (parent?.type === "MethodDefinition") {
    const name = plainName(parent.key, parent.computed);
    return prefix + (meaning.long.get(name) ?? name);
  }
  if (node.id) return node.id.name as string;
  if (parent?.type === "VariableDeclarator" && !owner) return parent.id.name as string;
  return `${prefix}(${node.start})`;
}

/** Classes have lost their names; their methods tell them apart. */
function className(node: Node, { long, classes }: Meaning): string {
  const methods = methodsOf(node).map((name) => long.get(name) ?? name);
  return classes.get(methods.sort().join(" ")) ?? `${node.id?.name ?? "class"}{${methods.join()}}`;
}

export function methodsOf(node: Node): string[] {
  const members = (node.body.body as Node[]).filter((each) => each.type === "MethodDefinition");
  return members.map((each) => plainName(each.key, each.computed));
}

function insert(code: string, edits: Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.at - b.at || a.rank - b.rank)) {
    result += code.slice(at, edit.at) + edit.text;
    at = edit.at;
  }
  return result + code.slice(at);
}

/**
 * A path is a string of characters, one per call, because strings are what costs least; a
 * number per function would be a JsVar each.
 */
function prelude(count: number): string {
  const { enter, leave, sample, counts, depth, path, deepest, peak, top } = NAMES;
  return `
${counts}=new Uint16Array(${count});${depth}=0;${path}="";${deepest}="";${peak}=0;${top}="";
${sample}=function(){var n=process.memory().usage;if(n>${peak}){${peak}=n;${top}=${path};}};
${enter}=function(i){${counts}[i]++;${depth}++;
${path}+=String.fromCharCode(i&255,i>>8);
if(${path}.length>${deepest}.length)${deepest}=${path};${sample}();};
${leave}=function(){${sample}();${depth}--;${path}=${path}.substr(0,${depth}*2);};
`;
}

/** Typed at the console: forgets what was seen. */
export const RESET = `${NAMES.peak}=0;${NAMES.top}=${NAMES.deepest}="";${NAMES.counts}.fill(0);`;
export const PEAK = NAMES.peak;
/** Expressions that give base64: chains of calls, and numbers of calls. */
export const TOP = `btoa(${NAMES.top})`;
export const DEEPEST = `btoa(${NAMES.deepest})`;
export const COUNTS = `btoa(E.toString(${NAMES.counts}.buffer))`;

/** The chain of calls that DEEPEST or TOP gave, outermost first. */
export function chain(base64: string, names: string[]): string[] {
  const bytes = Buffer.from(base64, "base64");
  const found: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) found.push(names[bytes.readUInt16LE(at)]!);
  return found;
}

/** Function name → how often it was called, what was called at all. */
export function calls(base64: string, names: string[]): Map<string, number> {
  const bytes = Buffer.from(base64, "base64");
  const found = new Map<string, number>();
  names.forEach((name, i) => {
    const count = bytes.readUInt16LE(i * 2);
    if (count > 0) found.set(name, count);
  });
  return found;
}
