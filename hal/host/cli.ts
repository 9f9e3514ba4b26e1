/**
 * `npm run device`: one virtual board in the foreground (VIRTUAL-BOARD).
 */
import { createDesktop } from "../../boards/desktop.js";
import type { Identity } from "../../firmware/rendezvous/description.js";
import { type Label, labelTerminal, labelText } from "../../flash/label.js";
import { Air } from "./air.js";
import { Board } from "./board.js";
import { Control } from "./control.js";
import { createFlash, openFlash } from "./flash.js";
import type { HostFlash } from "./flash.js";
import type { VirtualNode } from "./gpio.js";
import { NewDevice } from "./newcomer.js";
import type { Arrival } from "./newcomer.js";
import { Misuse } from "./argument.js";
import { parseOptions } from "./option.js";
import type { Options } from "./option.js";
import { settle } from "./setting.js";
import { sayStage } from "./stage.js";
import { identityOf, keepLabel } from "./sticker.js";
import { HostWireless } from "./wireless.js";
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
  const flash = options.flash === "" ? createFlash() : await openOrMisuse(options.flash);
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
  const arrival = arrive(options);
  return new Board({
    nodes, flash, ca: options.ca, identity: options.identity, log,
    createFirmware: (hal, pins) => new NewDevice(hal, pins, settings, arrival),
    restart: () => process.exit(EXIT_RESTART),
  });
}

/** What it needs to be commissioned. Its label is shown when that begins. */
function arrive(options: Options): Arrival {
  const path = options.flash === "" ? "" : `${options.flash}.label`;
  let label: Label | null = null;
  const identity = (isVacant: boolean): Identity => {
    const { board, code, deviceId } = options;
    label ??= orMisuse(() => keepLabel(path, board, code, deviceId));
    if (isVacant) console.log(`label ${labelText(label)}`);
    if (isVacant && process.stdout.isTTY) console.log(labelTerminal(label, true));
    return identityOf(label);
  };
  const air = options.air === "" ? new Air() : new Air(options.air);
  return {
    identity, air, wireless: new HostWireless({ air, homes: options.networks, log }),
    listener: { onStage: (stage, ssid, why) => log(`joiner ${sayStage(stage, ssid, why)}`) },
  };
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

async function openOrMisuse(path: string): Promise<HostFlash> {
  try {
    return await openFlash(path);
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
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
