/**
 * Instructions of the interpreter, counted by valgrind: those spent in JavaScript that an event
 * or a timer started. The loop around it polls for sockets as long as a run lasts, which says
 * nothing about the firmware. What was done before and besides falls out of the difference
 * between two runs.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Board, Command, Run } from "./board.js";

/** Where the interpreter's loop enters JavaScript; what this function calls is counted with it. */
const ENTRY = /^\s*([\d,]+) .*:jsiExecuteEventCallback \[/m;
const REPORT = "callgrind.out";
const VALGRIND: Command = ["valgrind", "--tool=callgrind", `--callgrind-out-file=${REPORT}`];

export function hasValgrind(): boolean {
  return spawnSync("valgrind", ["--version"]).status === 0;
}

/** From power-on to `quit()`, `work` having been done in between. */
export async function instructions(
  board: Board, work: (run: Run) => Promise<void>,
): Promise<number> {
  const file = join(board.folder, REPORT);
  const run = board.powerOn(VALGRIND);
  try {
    await work(run);
    await run.quit();
    const annotate = ["--inclusive=yes", "--threshold=100", "--auto=no", file];
    const report = spawnSync("callgrind_annotate", annotate, { encoding: "utf8" });
    const found = ENTRY.exec(report.stdout);
    if (!found) throw new Error(`no such function in ${file}: ${ENTRY}\n${report.stderr}`);
    return Number(found[1]!.replaceAll(",", ""));
  } finally {
    await run.kill();
    rmSync(file, { force: true });
  }
}

/** Of one of `count` equal pieces of work: the difference between doing 2 × and 1 × so many. */
export async function each(
  board: Board, count: number, work: (run: Run, count: number) => Promise<void>,
): Promise<number> {
  const once = await instructions(board, (run) => work(run, count));
  const twice = await instructions(board, (run) => work(run, 2 * count));
  return Math.round((twice - once) / count);
}
