/**
 * `npm run device`: one virtual board in the foreground (VIRTUAL-BOARD).
 */
import { createDesktop } from "../../boards/desktop.js";
import { Device } from "../../firmware/device.js";
import { Board } from "./board.js";
import { Control } from "./control.js";
import { createFlash, openFlash } from "./flash.js";
import type { HostFlash } from "./flash.js";
import type { VirtualNode } from "./gpio.js";
import { Misuse, parseOptions } from "./option.js";
import type { Options } from "./option.js";
import { settle } from "./setting.js";
import { printable } from "./text.js";

const EXIT_RESTART = 1;
const EXIT_MISUSE = 2;
/** How soon a board ends whose npm was killed; also a bound on how long it would be two. */
const PARENT_CHECK_MS = 20;

const BOARDS: Record<string, () => VirtualNode[]> = { desktop: createDesktop };

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === null) return;
  const createNodes = Object.hasOwn(BOARDS, options.board) ? BOARDS[options.board] : undefined;
  if (createNodes === undefined) {
    const known = Object.keys(BOARDS).join(", ");
    throw new Misuse(`there is no board ${options.board} for this machine, only: ${known}`);
  }
  const flash = options.flash === "" ? createFlash() : orMisuse(() => openFlash(options.flash));
  const board = createBoard(options, flash, createNodes());
  const control = options.control === null ? null : await openControl(board, options.control);
  const stop = (): void => void end(board, control);
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // Whoever reads along may go away; the board stays.
  process.stdout.on("error", () => {});
  followParent();
  board.start();
}

function createBoard(options: Options, flash: HostFlash, nodes: VirtualNode[]): Board {
  const settings = settle(options, flash);
  return new Board({
    nodes, flash, ca: options.ca, identity: options.identity, log,
    createFirmware: (hal, pins) => new Device(hal, pins, settings),
    restart: () => process.exit(EXIT_RESTART),
  });
}

async function openControl(board: Board, at: { host: string; port: number }): Promise<Control> {
  const control = new Control(board);
  try {
    console.log(`control ${await control.listen(at.host, at.port)}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "EADDRINUSE" ? "the port is in use" : (error as Error).message;
    throw new Misuse(`--control ${at.host}:${at.port} cannot be used: ${why}`);
  }
  return control;
}

let isEnding = false;

/** A terminal's Ctrl-C arrives twice, from the terminal and through npm. */
async function end(board: Board, control: Control | null): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  control?.close();
  await board.stop();
  process.exit(0);
}

/** npm passes SIGTERM on, but SIGKILL ends it alone: then power is cut here too. */
function followParent(): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, PARENT_CHECK_MS).unref();
}

function log(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 23)} ${printable(line)}`);
}

function orMisuse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof Misuse)) throw error;
  console.error(`device: ${printable(error.message)}`);
  process.exit(EXIT_MISUSE);
});
