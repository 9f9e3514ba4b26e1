/** The linux board's bundle as `npm run build` left it, and what is done to a copy of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TICK_MS } from "../../firmware/config.js";
import { readJson, ROOT } from "../project.js";
import { sources } from "../names.js";
import { parse, walk } from "../tree.js";
import { type Instrumented, type Meaning, instrument, methodsOf } from "./instrument.js";

/** Name in Storage → content. */
export type Files = Record<string, string>;

export interface Bundle extends Meaning {
  code: string;
}

/** Globals: how long the heartbeat waits, and how often it has beaten. */
const PAUSE = "mPause";
export const BEATS = "mBeats";
/** So rare that none happens while something is counted. */
export const NEVER_MS = 900000;
const START_MS = 100;

export function load(): Bundle {
  const file = join(ROOT, "dist/linux.js");
  if (!existsSync(file)) throw new Error("no bundle in dist/: run `npm run build` first");
  const names = readJson<Record<string, string>>(join(ROOT, "dist/names.json"));
  const long = new Map(Object.entries(names).map(([name, short]) => [short, name]));
  return { code: readFileSync(file, "latin1"), long, classes: classes() };
}

/** The classes of our sources by what they can do. */
function classes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of sources()) {
    walk(parse(readFileSync(file, "utf8"), "ts"), (node) => {
      if (node.type !== "ClassDeclaration") return;
      found.set(methodsOf(node).sort().join(" "), node.id.name as string);
    });
  }
  return found;
}

/** Evaluated late and at top level, as on the chip; `MEMORY` is a function of a few JsVars. */
export function boot(app: string, prelude = ""): Files {
  return {
    ".boot0": `${prelude}MEMORY=()=>process.memory().usage;`
      + `setTimeout(require("Storage").read("app"),${START_MS})`,
    app,
  };
}

/** Its heartbeat can be stopped from the console by PAUSED. Events still move it. */
export function pausable(code: string): Files {
  const pattern = new RegExp(`(setTimeout\\([\\w$.]+,)${TICK_MS}\\)`, "g");
  if ((code.match(pattern) ?? []).length !== 1) throw new Error("which timer is the heartbeat?");
  return boot(code.replace(pattern, `$1(${BEATS}++,${PAUSE}))`),
    `${BEATS}=0;${PAUSE}=${TICK_MS};`);
}

export const PAUSED = `${PAUSE}=${NEVER_MS};`;

export function counting(bundle: Bundle): { files: Files; instrumented: Instrumented } {
  const instrumented = instrument(bundle.code, bundle);
  const files = boot(instrumented.code, 'eval(require("Storage").read("count"));');
  return { files: { ...files, count: instrumented.prelude }, instrumented };
}
