/** The linux board's bundle as `npm run build` makes it, and what is done to a copy of it. */
import { TICK_MS } from "../../firmware/config.js";
import { build } from "../bundle.js";
import type { Built, Half } from "../bundle.js";
import { partWords, WORDS } from "../pass/word.js";
import { bind } from "../rendezvous.js";
import { forChip, hot, partForChip } from "../storage.js";
import type { Pair } from "../storage.js";
import type { Profile } from "../pass/order.js";
import { Counting } from "./instrument.js";

/** Name in Storage → content. */
export type Files = Record<string, string>;

export interface Bundle extends Built {
  /** Of both files. */
  bytes: number;
  parts: Record<string, Half>;
}

/** Globals: how long the heartbeat waits, and how often it has beaten. */
const PAUSE = "mPause";
export const BEATS = "mBeats";
/** So rare that none happens while something is counted. */
export const NEVER_MS = 900000;
const START_MS = 100;

export async function loadAll(): Promise<Bundle[]> {
  const { built, parts } = await build();
  return built.map((each) => ({ ...each, bytes: each.app.length + each.cold.length, parts }));
}

export async function load(): Promise<Bundle> {
  return (await loadAll()).find(({ board }) => board === "linux")!;
}

/**
 * A prelude for whoever speaks TLS: on Linux that takes its 33 kB from the JsVars (on the chip it
 * does not), in one piece, and the interpreter only gets more than 4,096 when it has none left.
 */
export const ROOM = "(function(){var a=[];while(a.length<9000)a.push(0.5)})();";

/** Evaluated late and at top level, as on the chip; `MEMORY` is a function of a few JsVars. */
export function boot(
  { app, cold }: Pair, prelude = "", parts: Record<string, Pair> = {},
): Files {
  const files: Files = {
    ".boot0": `${prelude}MEMORY=()=>process.memory().usage;`
      + `setTimeout(require("Storage").read("app"),${START_MS})`,
    app,
    [WORDS.cold]: cold,
  };
  for (const [name, part] of Object.entries(parts)) {
    files[name] = part.app;
    files[partWords(name, 0).cold] = part.cold;
  }
  return files;
}

/** Its heartbeat can be stopped from the console by PAUSED. Events still move it. */
export function pausable({ app, cold }: Pair): Files {
  const pattern = new RegExp(`(setTimeout\\([\\w$.]+,)${TICK_MS}\\)`, "g");
  if ((app.match(pattern) ?? []).length !== 1) throw new Error("which timer is the heartbeat?");
  return boot({ app: app.replace(pattern, `$1(${BEATS}++,${PAUSE}))`), cold },
    `${BEATS}=0;${PAUSE}=${TICK_MS};`);
}

export const PAUSED = `${PAUSE}=${NEVER_MS};`;

export interface Copy {
  files: Files;
  counting: Counting;
}

/** A copy that counts, with what is cold in it as in the bundle. */
export function counting({ marked, bond, parts }: Bundle): Copy {
  const counters = new Counting();
  const change = (text: string): string => counters.instrument(text);
  const beside = copies(parts, hot(true), change);
  return { files: counted(forChip(bind(marked, beside), bond, hot(), change), beside, counters),
    counting: counters };
}

/** And one in which everything is cold that can be; the application counts, or the parts. */
export function undecided({ marked, bond, parts }: Bundle, isPart: boolean): Copy {
  const counters = new Counting();
  const change = (text: string): string => counters.instrument(text);
  const beside = copies(parts, {}, isPart ? change : undefined);
  const code = bind(marked, beside);
  const own = isPart ? forChip(code, bond, hot()) : forChip(code, bond, {}, change);
  return { files: counted(own, beside, counters), counting: counters };
}

function copies(
  parts: Record<string, Half>, profile: Profile, change?: (text: string) => string,
): Record<string, Pair> {
  return Object.fromEntries(Object.entries(parts).map(([name, half]) =>
    [name, partForChip(name, half, profile, change)]));
}

function counted(own: Pair, parts: Record<string, Pair>, counters: Counting): Files {
  const files = boot(own, 'eval(require("Storage").read("count"));', parts);
  return { ...files, count: counters.prelude() };
}
