/**
 * Writes down what a board does all the time (build/hot.json): how often each function is called
 * in one read-out from the cache, at least 1 for whatever is called at rest. Everything else is
 * cold (pass/cold.ts): a question to the provisioning server, and switching, call some forty more,
 * which is 20 ms where the server's answer takes longer, and would hold 230 JsVars for good. To be
 * run again when the firmware has changed; nothing goes wrong without, it is only slower or larger.
 *
 *   npm run profile    with ESPRUINO, on the interpreter
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { build, forChip } from "./bundle.js";
import { inContext } from "./engines.js";
import { Board } from "./measure/board.js";
import type { Run } from "./measure/board.js";
import { boot } from "./measure/bundle.js";
import { calls, COUNTS, Counting, RESET } from "./measure/instrument.js";
import { Story } from "./measure/story.js";
import type { Profile } from "./pass/order.js";
import { isMain, ROOT } from "./project.js";

const READOUTS = 10;
const REST_MS = 4000;
/** A board without a network starts within this time. */
const START_MS = 10000;
const THREE = { nodes: ["sensor", "relay1", "relay2"] };
/** Between two of the others: so that requests are read, too, and not only known again. */
const ONE = { nodes: ["sensor"] };

/** A counting copy without any choice of what is hot. */
function counting(marked: string, names: Map<string, string>): {
  parts: { app: string; cold: string }; counters: Counting } {
  const counters = new Counting();
  const parts = forChip(marked, names, {}, (text) => counters.instrument(text));
  return { parts, counters };
}

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Function → calls, since they were forgotten. */
async function counted(run: Run, counters: Counting): Promise<Map<string, number>> {
  await rest(REST_MS);
  const found = calls(await run.value(COUNTS), counters.names);
  run.type(RESET);
  return found;
}

/** What the linux board does, paired and online, at rest and in the read-outs. */
async function living(
  interpreter: string, marked: string, names: Map<string, string>,
): Promise<Map<string, number>> {
  const { parts, counters } = counting(marked, names);
  const story = await Story.begin();
  const board = new Board(interpreter);
  board.settle(story.given());
  const prelude = 'eval(require("Storage").read("count"));';
  await board.store({ ...boot(parts, prelude), count: counters.prelude() });
  const run = board.powerOn();
  try {
    await story.pair(run);
    await story.read(ONE);
    await story.read(THREE);
    await counted(run, counters);
    await story.read(ONE);
    await story.read(THREE, READOUTS - 1);
    return await counted(run, counters);
  } finally {
    await run.kill();
    await story.end();
    board.remove();
  }
}

/** What a board does that waits for its network. */
function waiting(marked: string, names: Map<string, string>): Set<string> {
  const { parts, counters } = counting(marked, names);
  const later = `setTimeout(function () { ${RESET} }, ${START_MS});\n`
    + `setTimeout(function () { print("= " + ${COUNTS}); }, ${START_MS + REST_MS});\n`;
  const { lines, errors } = inContext(`${counters.prelude()}${parts.app}\n${later}`, parts.cold);
  const found = lines.find((line) => line.startsWith("= "));
  if (!found) throw new Error(`no counts: ${errors.join()}`);
  return new Set(calls(found.slice("= ".length), counters.names).keys());
}

async function main(): Promise<void> {
  const { ESPRUINO: interpreter = "" } = env;
  if (!interpreter) throw new Error("ESPRUINO is not set (the path of an interpreter)");
  const { built, names } = await build();
  const linux = built.find((each) => each.board === "linux")!;
  const cached = await living(interpreter, linux.marked, names);
  const called = new Set(cached.keys());
  for (const { marked } of built) for (const name of waiting(marked, names)) called.add(name);
  const profile: Profile = {};
  for (const name of [...called].sort()) {
    // Inner functions go with their outer ones.
    if (name.endsWith(")")) continue;
    profile[name] = Math.max(1, Math.round((cached.get(name) ?? 0) / READOUTS));
  }
  writeFileSync(join(ROOT, "build/hot.json"), `${JSON.stringify(profile, null, 1)}\n`);
  console.log(`profile: ${Object.keys(profile).length} functions are hot`);
}

if (isMain(import.meta.url)) await main();
