/** The linux board's bundle as `npm run build` makes it, and what is done to a copy of it. */
import { TICK_MS } from "../../firmware/config.js";
import { build, forChip, hot } from "../bundle.js";
import { COLD } from "../pass/link.js";
import { Counting } from "./instrument.js";

/** Name in Storage → content. */
export type Files = Record<string, string>;

/** The two files of a board. */
export interface Parts {
  app: string;
  cold: string;
}

export interface Bundle extends Parts {
  /** Of both. */
  bytes: number;
  marked: string;
  names: Map<string, string>;
}

/** Globals: how long the heartbeat waits, and how often it has beaten. */
const PAUSE = "mPause";
export const BEATS = "mBeats";
/** So rare that none happens while something is counted. */
export const NEVER_MS = 900000;
const START_MS = 100;

export async function load(): Promise<Bundle> {
  const { built, names } = await build();
  const { app, cold, marked } = built.find((each) => each.board === "linux")!;
  return { bytes: app.length + cold.length, app, cold, marked, names };
}

/**
 * A prelude for whoever speaks TLS: on Linux that takes its 33 kB from the JsVars (on the chip it
 * does not), in one piece, and the interpreter only gets more than 4,096 when it has none left.
 */
export const ROOM = "(function(){var a=[];while(a.length<9000)a.push(0.5)})();";

/** Evaluated late and at top level, as on the chip; `MEMORY` is a function of a few JsVars. */
export function boot({ app, cold }: Parts, prelude = ""): Files {
  return {
    ".boot0": `${prelude}MEMORY=()=>process.memory().usage;`
      + `setTimeout(require("Storage").read("app"),${START_MS})`,
    app,
    [COLD]: cold,
  };
}

/** Its heartbeat can be stopped from the console by PAUSED. Events still move it. */
export function pausable({ app, cold }: Parts): Files {
  const pattern = new RegExp(`(setTimeout\\([\\w$.]+,)${TICK_MS}\\)`, "g");
  if ((app.match(pattern) ?? []).length !== 1) throw new Error("which timer is the heartbeat?");
  return boot({ app: app.replace(pattern, `$1(${BEATS}++,${PAUSE}))`), cold },
    `${BEATS}=0;${PAUSE}=${TICK_MS};`);
}

export const PAUSED = `${PAUSE}=${NEVER_MS};`;

export function counting({ marked, names }: Bundle): { files: Files; counting: Counting } {
  const counters = new Counting();
  const parts = forChip(marked, names, hot(), (text) => counters.instrument(text));
  const files = boot(parts, 'eval(require("Storage").read("count"));');
  return { files: { ...files, count: counters.prelude() }, counting: counters };
}
