/**
 * Espruino for Linux: flash is a file, randomness the system's, and the pins are an object that
 * can be reached from the console.
 */
import type { AnalogIn, DigitalIn, DigitalOut, Flash, Hal, Ticker } from "../hal.js";
import { EngineClock } from "./clock.js";
import { EngineCrypto } from "./crypto.js";
import { Driver } from "./driver.js";
import { HashRandom, linuxEntropy } from "./random.js";
import { EngineNetwork } from "./socket.js";
import { Supervisor } from "./supervisor.js";

const PAGE_BYTES = 4096;
const PAGES = 16;
const BLANK_BYTES = 256;
const PRESS_MS = 200;

/** What a person types at the console: `board.press(200)`, `board.relay1`, `board.set(...)`. */
export class ConsoleBoard implements DigitalIn {
  [pin: string]: unknown;
  /** What the sensors measure, by the names of their fields. */
  readonly values: { [name: string]: number } = {};
  isDown = false;

  read(): boolean {
    return this.isDown;
  }

  press(ms: number): void {
    this.isDown = true;
    setTimeout(release, ms || PRESS_MS, this);
  }

  set(name: string, value: number): void {
    this.values[name] = value;
  }
}

function release(board: ConsoleBoard): void {
  board.isDown = false;
}

/** A pin that is a field of the board, and a line on the console whenever it changes. */
export class ConsoleOut implements DigitalOut {
  constructor(private readonly board: ConsoleBoard, private readonly name: string) {
    board[name] = false;
  }

  write(isOn: boolean): void {
    if (this.board[this.name] === isOn) return;
    this.board[this.name] = isOn;
    print(this.name + (isOn ? " on" : " off"));
  }
}

export class ConsoleAnalog implements AnalogIn {
  constructor(
    private readonly board: ConsoleBoard,
    private readonly name: string,
    value: number,
  ) {
    board.set(name, value);
  }

  read(): number {
    return this.board.values[this.name]!;
  }
}

/** Every write goes to the file before it returns, so SIGKILL is a power cut. */
export class FileFlash implements Flash {
  readonly pageBytes = PAGE_BYTES;
  readonly pages = PAGES;
  private readonly file: RawFile;

  constructor(path: string) {
    const found = require("fs").statSync(path);
    if (!found || found.size < PAGES * PAGE_BYTES) create(path);
    this.file = E.openFile(path, "r+");
  }

  read(page: number, offset: number, count: number): string {
    this.seek(page, offset, count);
    return this.file.read(count) || "";
  }

  /** Bits can only be cleared. */
  write(page: number, offset: number, bytes: string): boolean {
    if ((offset | bytes.length) & 3) throw new Error("unaligned flash write");
    this.seek(page, offset, bytes.length);
    const before = E.toUint8Array(this.file.read(bytes.length) || "");
    const after = new Uint8Array(E.toUint8Array(bytes));
    E.mapInPlace(after, after, (octet, i) => octet & before[i]!);
    this.seek(page, offset, bytes.length);
    return this.file.write(E.toString(after)) === bytes.length;
  }

  erase(page: number): boolean {
    this.seek(page, 0, PAGE_BYTES);
    return erase(this.file);
  }

  private seek(page: number, offset: number, count: number): void {
    if (!(page >= 0 && page < PAGES && offset >= 0 && offset + count <= PAGE_BYTES)) {
      throw new Error("outside of the flash");
    }
    this.file.seek(page * PAGE_BYTES + offset);
  }
}

/** A file that is too short is one whose making was cut off: nothing was in it yet. */
function create(path: string): void {
  const file = E.openFile(path, "w");
  for (let page = 0; page < PAGES; page++) erase(file);
  file.close();
}

/** In pieces: a whole page would be 340 JsVars that a chip's own erasing does not take. */
function erase(file: RawFile): boolean {
  const blank = "\xff".repeat(BLANK_BYTES);
  let isDone = true;
  for (let at = 0; at < PAGE_BYTES; at += BLANK_BYTES) {
    isDone = file.write(blank) === BLANK_BYTES && isDone;
  }
  return isDone;
}

export class LinuxHal implements Hal {
  readonly clock = new EngineClock();
  readonly crypto = new EngineCrypto();
  /** A minute of sums for one block (REQUIREMENTS D5): no RSA here. */
  readonly identity = null;
  readonly flash = new FileFlash("thing.flash");
  readonly random: HashRandom;
  readonly network: EngineNetwork;
  private readonly driver: Driver;

  constructor(readonly led: DigitalOut, readonly button: DigitalIn) {
    this.random = new HashRandom(this.crypto, linuxEntropy);
    this.driver = new Driver(this.clock);
    this.network = new EngineNetwork(this.driver, this.random, null);
  }

  restart(why: string): void {
    print("restart: " + why);
    quit();
  }

  start(tickers: Ticker[]): void {
    const supervisor = new Supervisor(this.driver, this.network, null,
      (why) => this.restart(why));
    this.driver.start([supervisor as Ticker].concat(tickers));
  }
}
