/**
 * A board gets its files, one after the other, each verified. `.boot0` is the last: whatever ends
 * this in between leaves a `.boot0` (or none) that finds the application not whole and starts
 * nothing. The journal lies beside Storage and is not touched.
 */
import { facts, halt, reboot, type Board, type Facts } from "./board.js";
import { judge, STRANGE } from "./check.js";
import { STARTS } from "./boot.js";
import { FRESH_STARTS, startsFile } from "./content.js";
import { Trouble } from "./line.js";
import type { Show } from "./show.js";
import {
  compact, isSame, removeFile, room, storedBytes, writeFile, type Files,
} from "./storage.js";

/** `.boot0` says so within a second, and its console answers for three more. */
const STARTED_MS = 15000;
/** The last sixty entries. */
const STARTS_SHOWN_BYTES = 240;

const STARTED = /thingward[^\r\n]*: (starts in|safe mode)[^\r\n]*/;

/** What of these files is not yet on the board as it should be. */
export async function missing(board: Board, files: Files): Promise<string[]> {
  const names: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    if (!await isSame(board.repl, name, content)) names.push(name);
  }
  return names;
}

/** Throws where the firmware could not run; tells what should be known. */
export async function inspect(board: Board, kind: string, show: Show): Promise<Facts> {
  const found = await facts(board);
  const kB = Math.floor(found.storage.freeBytes / 1024);
  show.say("interpreter", `Espruino ${found.version} for ${found.board}, `
    + `${found.jsVars} JsVars, ${kB} kB of Storage free`);
  const { refusals, advice } = judge(found, kind);
  for (const line of advice) show.say("note", line);
  if (refusals.length > 0) throw new Trouble(refusals.join("; "));
  return found;
}

/** Bluetooth off, and nobody else's code: both outlive this. */
export async function prepare(board: Board, found: Facts, show: Show): Promise<void> {
  if (found.hasBluetooth) {
    show.say("bluetooth", "off; the chip restarts");
    board.repl.heard = "";
    await board.repl.tell("ESP32.enableBLE(false)");
    await board.repl.wait(/espruino\.com[^]*>/, STARTED_MS);
    if (!await board.repl.wake()) throw new Trouble("the board did not come back; plug it in anew");
    await halt(board);
  }
  for (const name of STRANGE) {
    if (found.files.includes(name)) await removeFile(board.repl, name);
  }
}

export async function upload(board: Board, files: Files, show: Show): Promise<void> {
  const names = await missing(board, files);
  const needed = names.reduce((sum, name) => sum + storedBytes(files[name]!), 0)
    + storedBytes(startsFile());
  const { freeBytes, trashBytes } = await room(board.repl);
  if (freeBytes < needed) {
    if (freeBytes + trashBytes < needed) throw new Trouble("Storage has no room for it: npm run "
      + "recover -- --erase empties it");
    show.say("tidying up", "a minute at most. Do NOT unplug the board");
    await compact(board.repl);
    await reboot(board);
    if (!await board.repl.wake()) throw new Trouble("the board did not come back; plug it in anew");
    await halt(board);
  }
  for (const [name, content] of Object.entries(files)) {
    if (!names.includes(name)) show.say(name, `${content.length} octets, there already`);
    else await writeFile(board.repl, name, content, (done) => show.bar(name, done, content.length));
  }
  await settle(board);
}

/** What failed before is over: the next start is the first. */
export async function settle({ repl }: Board): Promise<void> {
  const starts = await readStarts(repl);
  if (starts !== null && /s...$/.test(starts)) return;
  await removeFile(repl, STARTS);
  await writeFile(repl, STARTS, startsFile());
  if (!(await readStarts(repl))?.startsWith(FRESH_STARTS)) throw new Trouble("no room to count");
}

/** Entries alone, four octets each; null where there is no such file. */
export async function readStarts(repl: Board["repl"]): Promise<string | null> {
  const read = `require("Storage").read("${STARTS}")`;
  return repl.ask<string | null>(
    `(t=>t===undefined?null:t.split("\\xff")[0].substr(-${STARTS_SHOWN_BYTES}))(${read})`);
}

/** Restarts the board, and waits until `.boot0` has said that the application is whole. */
export async function start(board: Board, show: Show): Promise<void> {
  await reboot(board);
  const said = await board.repl.wait(STARTED, STARTED_MS);
  if (!said) throw new Trouble("the board restarted, and .boot0 said nothing: npm run console");
  if (said[1] === "safe mode") throw new Trouble(`the board is in ${said[0].slice(11)}`);
  show.say("started", said[0]);
}
