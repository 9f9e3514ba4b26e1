/**
 * A board on a cable: found, brought to listen, asked what it is, restarted.
 */
import { openLine, Trouble, type Line } from "./line.js";
import { HALT, Repl } from "./repl.js";
import { list, room, type Room } from "./storage.js";

/** `reset()` starts the interpreter's own state anew, and prints a banner. */
const RESET_WAIT_MS = 3000;
/** A chip is back within two seconds. */
const REBOOT_MS = 15000;
/** After a reset by the wire: the chip's loader, the interpreter, and then somebody listens. */
const BREAKS_AFTER_RESET = 10;
const BREAKS_AT_FIRST = 4;
const BREAKS_PATIENT = 20;

/** What the interpreter says of itself. */
export interface Facts {
  version: string;
  board: string;
  /** The chip's address on Wi-Fi, on a chip. */
  serial: string;
  modules: string[];
  /** JsVars in all, with nothing running. */
  jsVars: number;
  /** Bluetooth takes a quarter of the memory; null where there is none. */
  hasBluetooth: boolean | null;
  hasCrc: boolean;
  storage: Room;
  files: string[];
}

export interface Board {
  path: string;
  line: Line;
  repl: Repl;
}

/** Opens the port and gets an answer; the application that may run there goes on. */
export async function attach(path: string, baud?: number): Promise<Board> {
  const line = await openLine(path, baud);
  const repl = new Repl(line);
  try {
    if (await repl.wake(BREAKS_AT_FIRST)) return { path, line, repl };
    // It may be asleep in a `connect`, or its loader may wait for a new interpreter.
    const isReset = await line.reset();
    if (await repl.wake(isReset ? BREAKS_AFTER_RESET : BREAKS_PATIENT)) return { path, line, repl };
    throw new Trouble(silence(path, repl.heard));
  } catch (error) {
    await line.close();
    throw error;
  }
}

/** What a console without an interpreter behind it says tells what is there instead. */
export function silence(path: string, heard: string): string {
  if (/waiting for download|DOWNLOAD_BOOT/i.test(heard)) {
    return `${path}: the chip waits in its loader. Let go of BOOT and press EN (reset)`;
  }
  if (/invalid header|flash read err|ets_main\.c/i.test(heard)) {
    return `${path}: there is no interpreter on this chip. Put one there: --interpreter FOLDER`;
  }
  if (/Brownout/i.test(heard)) {
    return `${path}: the chip gets too little current. Another cable, another USB port`;
  }
  if (/rst:0x|Guru Meditation|Backtrace/i.test(heard)) {
    return `${path}: the interpreter crashes at its start: flash it again, --interpreter FOLDER`;
  }
  return heard === ""
    ? `${path}: nothing answers. Is this the port of the board, and the cable one for data?`
    : `${path}: something talks, but no Espruino answers. Is the speed right (--baud)?`;
}

/** Nothing runs any more, and the memory is as after a start. */
export async function halt({ repl }: Board): Promise<void> {
  await repl.ask(HALT);
  await repl.tell("reset()");
  // `.boot0` leaves three seconds to whoever wants to stop the application before it starts.
  await repl.wait(/espruino\.com[^]*>/, RESET_WAIT_MS);
  if (!await repl.wake()) throw new Trouble("the board does not come back from reset()");
  await repl.ask(HALT);
}

export async function facts({ repl }: Board): Promise<Facts> {
  const about = await repl.ask<{ v: string; b: string; s: string; m: string; j: number }>(
    "(e=>({v:e.VERSION,b:e.BOARD,s:e.SERIAL||'',m:e.MODULES||'',j:process.memory(false).total}))"
    + "(process.env)");
  return {
    version: about.v, board: about.b, serial: about.s, modules: about.m.split(","),
    jsVars: about.j,
    hasBluetooth: await repl.ask<boolean | null>(
      "typeof ESP32==='undefined'?null:!!ESP32.getState().BLE"),
    hasCrc: await repl.ask<boolean>("!!E.CRC32"),
    storage: await room(repl),
    files: await list(repl),
  };
}

/** Restarts the chip and listens again; whatever it says at its start is in `repl.heard`. */
export async function reboot({ repl }: Board): Promise<void> {
  repl.heard = "";
  await repl.tell("E.reboot()");
  await repl.wait(/espruino\.com[^]*>|thingward:? /, REBOOT_MS);
}
