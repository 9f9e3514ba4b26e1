/**
 * A copy of a bundle that counts: how often each function is called, how deep calls nest, and how
 * many JsVars are in use at the entry and the exit of every call. Only texts in flash grow; what
 * the counters themselves hold is taken off by whoever measures (`own()`).
 */
import { head, markOf } from "../pass/mark.js";
import { isFunction, parseScript, walk } from "../tree.js";
import type { Node } from "../tree.js";

/** Names that terser never makes. */
const NAMES = {
  enter: "mEnter", leave: "mLeave", sample: "mSample",
  counts: "mCounts", depth: "mDepth", path: "mPath", deepest: "mDeepest", peak: "mPeak",
  top: "mTop",
};

/** Behind every beginning at the same place: a body may be empty. */
const ENDS = 1000;

/** What it is made of can be several texts, which are numbered together. */
export class Counting {
  /** Function number → what a person calls it. */
  readonly names: string[] = [];

  /** A marked text (pass/mark.ts) with its counters. */
  instrument(code: string): string {
    const edits: Ranked[] = [];
    walk(parseScript(code), (node, parents) => {
      if (!isFunction(node)) return;
      const before = `${NAMES.enter}(${this.names.length});try{`;
      const after = `}finally{${NAMES.leave}()}`;
      const rank = parents.length;
      this.names.push(describe(code, node, parents));
      const at = head(code, node);
      if (node.body.type === "BlockStatement") {
        edits.push({ at, rank, text: before });
        edits.push({ at: node.body.end - 1, rank: ENDS - rank, text: after });
      } else {
        edits.push({ at, rank, text: `{${before}return ` });
        edits.push({ at: node.end, rank: ENDS - rank, text: `${after}}` });
      }
    });
    return insert(code, edits);
  }

  /** To be evaluated before them. */
  prelude(): string {
    return prelude(this.names.length);
  }
}

interface Ranked {
  at: number;
  /** At one place inner functions end before outer ones, and outer ones begin before inner ones. */
  rank: number;
  text: string;
}

/** An inner function is told by the outer one and its place. */
function describe(code: string, node: Node, parents: readonly Node[]): string {
  const own = markOf(code, node);
  if (own) return own;
  const outer = parents.find((each) => isFunction(each));
  return `${outer ? markOf(code, outer) : ""}(${node.start})`;
}

function insert(code: string, edits: Ranked[]): string {
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
