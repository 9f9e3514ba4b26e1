/** JsVars and the depth of calls, on an interpreter whose JsVars are those of the chip. */
import { Arrival } from "./arrival.js";
import { Board } from "./board.js";
import { type Bundle, type Files, boot, counting } from "./bundle.js";
import { DEEPEST, PEAK, RESET, TOP, chain } from "./instrument.js";
import type { Run } from "./board.js";
import { Story } from "./story.js";

/** Of these the friendship and the first read-out are two. */
export const DECISIONS = 20;
/** What is on its way has come, and the report has been printed. */
const SETTLE_MS = 1500;

export interface Memory {
  /** Everything that the interpreter holds, its own about 45 JsVars included. */
  rest: number;
  peak: number;
  /** Where it was, outermost first. */
  top: string[];
  depth: number;
  /** The deepest calls by name, outermost first. */
  deepest: string[];
  largestBytes: number;
}

export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Boots a new board, pairs it, lets it decide, and goes on with `then`. */
async function paired<T>(
  interpreter: string, files: Files, then: (run: Run, story: Story) => Promise<T>,
): Promise<T> {
  const story = await Story.begin();
  const board = new Board(interpreter);
  board.settle(story.given());
  await board.store(files);
  const run = board.powerOn();
  try {
    await story.pair(run);
    await story.read({ nodes: ["sensor"] });
    await story.decide(DECISIONS - 2, "f");
    await settled();
    return await then(run, story);
  } finally {
    await run.kill();
    await story.end();
    board.remove();
  }
}

/**
 * The peak is looked for at every entry and exit of a call in the counting copy. What the copy
 * holds more than the bundle is the difference of the two at rest.
 */
export async function memory(interpreter: string, bundle: Bundle): Promise<Memory> {
  const rest = await paired(interpreter, boot(bundle), (run) => run.number("MEMORY()"));
  const { files, counting: { names } } = counting(bundle);
  return paired(interpreter, files, async (run, story) => {
    const own = await run.number("MEMORY()") - rest;
    let depth = 0;
    let deepest: string[] = [];
    const look = async (): Promise<void> => {
      const path = chain(await run.value(DEEPEST), names);
      if (path.length > depth) [depth, deepest] = [path.length, path];
    };
    await look();
    run.type(RESET);
    const largestBytes = await story.largest();
    await story.read({ nodes: ["sensor", "relay1", "relay2"] });
    await story.read({ nodes: ["sensor", "relay1", "relay2"] });
    await settled();
    const peak = await run.number(PEAK) - own;
    const top = chain(await run.value(TOP), names);
    await look();
    return { rest, peak, top, depth, deepest, largestBytes };
  });
}

export interface Arriving {
  /** Waiting for somebody, with one-time pairs under way. */
  idle: number;
  /** From there to the end of it. */
  peak: number;
  top: string[];
  /** With the account that was handed over, and after the next start with it. */
  after: number;
  again: number;
}

/** A board without an account, with the rendezvous beside its application. */
export async function arriving(interpreter: string, bundle: Bundle): Promise<Arriving> {
  const board = new Board(interpreter);
  const arrival = await Arrival.begin(board);
  const on = async <T>(isNear: boolean, then: (run: Run) => Promise<T>): Promise<T> => {
    arrival.settle(isNear);
    const run = board.powerOn();
    try {
      return await then(run);
    } finally {
      await run.kill();
    }
  };
  const idle = (): Promise<number> => on(false, async (run) => {
    await arrival.waiting(run);
    await settled();
    return run.number("MEMORY()");
  });
  try {
    const { files, counting: { names } } = counting(bundle);
    await board.store(files);
    const counted = await idle();
    const [peak, top] = await on(true, async (run) => {
      await arrival.done(run);
      return [await run.number(PEAK), chain(await run.value(TOP), names)] as const;
    });
    board.blank();
    await board.store(boot(bundle, "", bundle.parts));
    const bare = await idle();
    const after = await on(true, async (run) => {
      await arrival.done(run);
      await settled();
      return run.number("MEMORY()");
    });
    const again = await on(true, async (run) => {
      await arrival.online(run);
      await settled();
      return run.number("MEMORY()");
    });
    return { idle: bare, peak: peak - (counted - bare), top, after, again };
  } finally {
    await arrival.end();
    board.remove();
  }
}
