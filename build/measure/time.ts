/** Instructions for a read-out and for a tick, on the interpreter that `ESPRUINO` names. */
import { Board } from "./board.js";
import type { Run } from "./board.js";
import { BEATS, type Bundle, PAUSED, boot, pausable } from "./bundle.js";
import { each, instructions } from "./callgrind.js";
import { settled } from "./memory.js";
import { reference } from "./reference.js";
import { Story } from "./story.js";

const READOUTS = 10;
/** The script costs a thirtieth, and noise the same. */
const ANSWERS = 20;
const FEW = 10;
const MANY = 200;
/** In one hour a board writes 60 decisions at the most, counted from its start. */
const DECISIONS_PER_START = 50;
const IDLE_MS = 4000;

export interface Time {
  reference: number;
  /** A cached read-out with FEW decisions, and with MANY. */
  few: number;
  many: number;
  tick: number;
}

const REQUEST = { nodes: ["sensor"] };

/** One cached read-out; nothing else happens meanwhile, not even a tick. */
function readout(board: Board, story: Story): Promise<number> {
  return each(board, READOUTS, async (run, count) => {
    await online(run, story);
    // After a new stream the gate holds what is asked, which needs the heartbeat.
    await story.read(REQUEST);
    run.type(PAUSED);
    await settled();
    await story.read(REQUEST, 1 + count);
  });
}

async function online(run: Run, story: Story): Promise<void> {
  await run.until(/online /);
  await story.present();
}

/** One tick of a board that nobody asks anything; its share of the report is counted with it. */
async function tick(board: Board, story: Story): Promise<number> {
  const idle = async (ms: number): Promise<{ count: number; beats: number }> => {
    let beats = 0;
    const count = await instructions(board, async (run) => {
      await online(run, story);
      await settled();
      const before = await run.number(BEATS);
      await new Promise((resolve) => setTimeout(resolve, ms));
      run.type(PAUSED);
      beats = await run.number(BEATS) - before;
    });
    return { count, beats };
  };
  const short = await idle(IDLE_MS);
  const long = await idle(2 * IDLE_MS);
  return Math.round((long.count - short.count) / (long.beats - short.beats));
}

/** Natively, in several starts. */
async function fill(board: Board, story: Story): Promise<void> {
  for (let done = FEW; done < MANY; done += DECISIONS_PER_START) {
    const run = board.powerOn();
    await online(run, story);
    await story.decide(Math.min(DECISIONS_PER_START, MANY - done), `m${done}_`);
    await run.kill();
    await story.absent();
  }
}

export async function time(interpreter: string, bundle: Bundle): Promise<Time> {
  const story = await Story.begin();
  const board = new Board(interpreter);
  board.settle(story.given());
  try {
    await board.store(boot(bundle));
    const run = board.powerOn();
    await story.pair(run);
    await story.read(REQUEST);
    const heard = story.asked();
    await story.decide(FEW - 2, "f");
    await run.kill();
    await story.absent();
    const least = await reference(interpreter, heard, ANSWERS);
    await board.store(pausable(bundle));
    const idle = await tick(board, story);
    const few = await readout(board, story);
    await board.store(boot(bundle));
    await fill(board, story);
    await board.store(pausable(bundle));
    const many = await readout(board, story);
    return { reference: least, few, many, tick: idle };
  } finally {
    await story.end();
    board.remove();
  }
}
