/**
 * Writes down what a board does all the time (build/hot.json): how often each function is called
 * in one read-out from the cache, at least 1 for whatever is called at rest. Everything else is
 * cold (pass/cold.ts): a question to the provisioning server, and switching, call some forty more,
 * which is 20 ms where the server's answer takes longer, and would hold 230 JsVars for good. The
 * same for what is loaded beside it (build/hot.part.json). To be run again when the firmware has
 * changed; nothing goes wrong without, it is only slower or larger.
 *
 *   npm run profile    with ESPRUINO, on the interpreter
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { inContext } from "./engines.js";
import { Arrival } from "./measure/arrival.js";
import { Board } from "./measure/board.js";
import type { Run } from "./measure/board.js";
import { loadAll, undecided } from "./measure/bundle.js";
import type { Copy } from "./measure/bundle.js";
import { calls, COUNTS, RESET } from "./measure/instrument.js";
import type { Counting } from "./measure/instrument.js";
import { Story } from "./measure/story.js";
import type { Profile } from "./pass/order.js";
import { WORDS } from "./pass/word.js";
import { isMain, ROOT } from "./project.js";

const READOUTS = 10;
const REST_MS = 4000;
/** A board without a network starts within this time. */
const START_MS = 10000;
/** The rendezvous does its work in ticks; on a chip there is one step of the ladder in each. */
const TICK = "Newcomer.tick";
/** Hot is what is called in one of so many. */
const OFTEN = 50;
const THREE = { nodes: ["sensor", "relay1", "relay2"] };
const ONE = { nodes: ["sensor"] };
const KINDS = 3;

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Function → calls, since they were forgotten. */
async function counted(run: Run, { names }: Counting): Promise<Map<string, number>> {
  await rest(REST_MS);
  return forgotten(run, names);
}

async function forgotten(run: Run, names: string[]): Promise<Map<string, number>> {
  const found = calls(await run.value(COUNTS), names);
  run.type(RESET);
  return found;
}

/** What the linux board does, paired and online, at rest and in the read-outs. */
async function living(
  interpreter: string, { files, counting }: Copy,
): Promise<Map<string, number>> {
  const story = await Story.begin();
  const board = new Board(interpreter);
  board.settle(story.given());
  await board.store(files);
  const run = board.powerOn();
  try {
    await story.pair(run);
    await story.read(THREE);
    await story.read(ONE);
    await counted(run, counting);
    for (let i = 0; i < READOUTS; i++) {
      await story.read(THREE);
      // One that is read, and one that is the same again (firmware/stream/memo.ts).
      await story.read(ONE, 2);
    }
    return await counted(run, counting);
  } finally {
    await run.kill();
    await story.end();
    board.remove();
  }
}

/** What a board does that waits for its network. */
function waiting({ files, counting: { names } }: Copy): Set<string> {
  const later = `setTimeout(function () { ${RESET} }, ${START_MS});\n`
    + `setTimeout(function () { print("= " + ${COUNTS}); }, ${START_MS + REST_MS});\n`;
  const code = `${files["count"]}${files["app"]}\n${later}`;
  const { lines, errors } = inContext(code, files[WORDS.cold]);
  const found = lines.find((line) => line.startsWith("= "));
  if (!found) throw new Error(`no counts: ${errors.join()}`);
  return new Set(calls(found.slice("= ".length), names).keys());
}

/**
 * What the rendezvous does in most of its ticks: while it waits and makes one-time pairs, and while
 * it multiplies for somebody who is here.
 */
async function arriving(
  interpreter: string, { files, counting: { names } }: Copy,
): Promise<Profile> {
  const board = new Board(interpreter);
  const arrival = await Arrival.begin(board);
  await board.store(files);
  const profile: Profile = {};
  const note = (found: Map<string, number>): void => {
    const ticks = found.get(TICK) ?? 0;
    for (const [name, count] of found) {
      if (name.endsWith(")") || count < ticks / OFTEN) continue;
      profile[name] = Math.max(profile[name] ?? 1, Math.round(count / ticks));
    }
  };
  try {
    for (const isNear of [false, true]) {
      arrival.settle(isNear);
      const run = board.powerOn();
      await (isNear ? arrival.proving(run) : arrival.waiting(run));
      await forgotten(run, names);
      await (isNear ? arrival.secured(run) : rest(REST_MS));
      note(await forgotten(run, names));
      await run.kill();
    }
    return Object.fromEntries(Object.entries(profile).sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await arrival.end();
    board.remove();
  }
}

function write(file: string, profile: Profile): void {
  writeFileSync(join(ROOT, "build", file), `${JSON.stringify(profile, null, 1)}\n`);
  console.log(`profile: ${Object.keys(profile).length} functions are hot (${file})`);
}

async function main(): Promise<void> {
  const { ESPRUINO: interpreter = "" } = env;
  if (!interpreter) throw new Error("ESPRUINO is not set (the path of an interpreter)");
  const bundles = await loadAll();
  const linux = bundles.find((each) => each.board === "linux")!;
  const cached = await living(interpreter, undecided(linux, false));
  const called = new Set(cached.keys());
  for (const bundle of bundles) {
    for (const name of waiting(undecided(bundle, false))) called.add(name);
  }
  const profile: Profile = {};
  for (const name of [...called].sort()) {
    // Inner functions go with their outer ones.
    if (name.endsWith(")")) continue;
    profile[name] = Math.max(1, Math.round((cached.get(name) ?? 0) / READOUTS / KINDS));
  }
  write("hot.json", profile);
  write("hot.part.json", await arriving(interpreter, undecided(linux, true)));
}


if (isMain(import.meta.url)) await main();
