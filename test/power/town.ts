/**
 * `npm run bench:town [BOARDS]`: a town gets its power back at the same second. Every board is a
 * whole device over the wire, in virtual time; each has a friend who at once asks again what
 * it asked before. Counts what one provisioning server for all of them would be asked.
 */
import { argv } from "node:process";
import { AUTHORITY_COMPONENT, World } from "../sim/world.js";
import { createMockHal } from "../../hal/mock/hal.js";

/** What each friend wants to know, again and again. */
const WISHES = ["momentary='true'", "all='true'", "status='true'"];
/** Back-off and jitter included, everybody is there after this. */
const WATCH_MS = 10000;
const STEP_MS = 500;

interface Row {
  questions: number;
  /** The most in one second. */
  peak: number;
  served: number;
  writes: number;
}

/** One board's share; `seconds` collects the questions of all boards by second. */
function restart(keepsFlash: boolean, seconds: number[], row: Row): void {
  const world = new World();
  const visitor = world.friend();
  const authority = world.trusting(AUTHORITY_COMPONENT);
  authority.decide("yes");
  for (const wish of WISHES) visitor.read(wish);
  world.pass(STEP_MS);
  world.cutPower();
  if (!keepsFlash) {
    const { clock, network, random } = world.board;
    Object.assign(world.board, createMockHal({ clock, network, random }));
  }
  authority.hears();
  visitor.hears();
  const { flash } = world.board;
  const before = flash.operations;
  const startMs = world.board.clock.nowMs();
  world.start();
  let known = 0;
  for (const wish of WISHES) visitor.read(wish);
  for (let ms = 0; ms < WATCH_MS; ms += STEP_MS) {
    world.pass(STEP_MS);
    const news = authority.questions.length - known;
    known += news;
    const second = Math.floor((world.board.clock.nowMs() - startMs) / 1000);
    seconds[second] = (seconds[second] ?? 0) + news;
  }
  row.questions += known;
  row.served += visitor.hears().filter((one) => one.startsWith("fields")).length;
  row.writes += flash.operations - before;
}

export function town(boards: number, keepsFlash: boolean): Row {
  const row = { questions: 0, peak: 0, served: 0, writes: 0 };
  const seconds: number[] = [];
  for (let i = 0; i < boards; i++) restart(keepsFlash, seconds, row);
  row.peak = Math.max(...seconds.filter((one) => one !== undefined));
  return row;
}

function main(): void {
  const boards = Number(argv[2] ?? 1000);
  const kinds: [string, boolean][] = [["with the journal", true], ["without", false]];
  console.log(`${boards} boards, ${WISHES.length} read-outs each after the power is back\n`);
  console.log("| | read-outs served | questions to the provisioning server | in the busiest second " +
    "| flash operations of all boards |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, keepsFlash] of kinds) {
    const { served, questions, peak, writes } = town(boards, keepsFlash);
    console.log(`| ${name} | ${served} | ${questions} | ${peak} | ${writes} |`);
  }
}

if (argv[1]?.endsWith("town.ts")) main();
