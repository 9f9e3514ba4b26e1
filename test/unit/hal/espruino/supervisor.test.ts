/**
 * The supervisor on a chip that is not there: what it mends, what it restarts for, and above all
 * what it does not restart for.
 */
import Module from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chip } from "./chip.js";

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
/** Not before then, whatever happens. */
const FIRST_MS = 15 * MINUTE;

let chip: Chip;
let restarts: string[];
let driver: { faults: number; isShort: boolean };
let network: { isTried: boolean; isHeard: boolean; drops: string[]; drop: (why: string) => void };
let nowMs: number;
let tick: (ms: number) => void;

async function hal(file: string): Promise<any> {
  return import(join(import.meta.dirname, "../../../../hal/espruino", `${file}.ts`));
}

beforeEach(async () => {
  chip = new Chip();
  for (const [name, value] of Object.entries(chip.globals())) vi.stubGlobal(name, value);
  vi.spyOn(Module as any, "_load").mockImplementation((name) => chip.module(name as string));
  restarts = [];
  driver = { faults: 0, isShort: false };
  network = {
    isTried: false, isHeard: false, drops: [], drop: (why) => void network.drops.push(why),
  };
  const { Supervisor } = await hal("supervisor");
  const { Station } = await hal("wifi");
  const station = new Station("home", "passphrase");
  station.links = network;
  const supervisor = new Supervisor(driver, network, station, (why: string) => restarts.push(why));
  nowMs = 0;
  tick = (ms) => {
    for (const endMs = nowMs + ms; nowMs < endMs && restarts.length === 0; nowMs += 1000) {
      supervisor.tick(nowMs);
      station.tick(nowMs);
    }
  };
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const online = (): void => {
  chip.status = "connected";
  chip.ip = "192.0.2.7";
};

test("a minute of running is noted once, and is a good start", () => {
  online();
  tick(MINUTE);
  expect(chip.notes).toEqual([]);
  tick(10 * HOUR);
  expect(chip.notes).toEqual(["s000"]);
  expect(restarts).toEqual([]);
});

test("without `.boot0` nobody counts, and nothing breaks", () => {
  vi.stubGlobal("boot", undefined);
  driver.isShort = true;
  tick(HOUR);
  expect([chip.notes, restarts]).toEqual([[], ["M"]]);
});

test("the watchdog is kicked as long as somebody ticks", () => {
  tick(MINUTE);
  expect(chip.kicks).toBe(12);
});

test("out of memory is answered by a restart, which waits for the quarter of an hour", () => {
  online();
  tick(2 * MINUTE);
  driver.isShort = true;
  tick(FIRST_MS - 2 * MINUTE);
  expect(restarts).toEqual([]);
  tick(MINUTE);
  expect(restarts).toEqual(["M"]);
  expect(chip.notes).toEqual(["s000", "M000"]);
});

test("after the quarter of an hour a restart is at once, with its hours", () => {
  online();
  tick(26 * HOUR);
  driver.isShort = true;
  tick(10000);
  expect([restarts, chip.notes]).toEqual([["M"], ["s000", "M026"]]);
});

test("want of JsVars, or of the chip's heap, restarts after a minute of it, not before", () => {
  online();
  tick(FIRST_MS);
  chip.freeJsVars = 149;
  tick(55000);
  chip.freeJsVars = 150;
  tick(10000);
  expect(restarts).toEqual([]);
  chip.freeHeap = 8191;
  tick(55000);
  expect(restarts).toEqual([]);
  tick(15000);
  expect(restarts).toEqual(["H"]);
});

test("want of JsVars has its own letter", () => {
  online();
  tick(FIRST_MS);
  chip.freeJsVars = 149;
  tick(2 * MINUTE);
  expect(restarts).toEqual(["L"]);
});

test("some exceptions are bugs, an endless row of them is the end", () => {
  online();
  for (let i = 0; i < 400; i++) {
    driver.faults += 50;
    tick(5000);
  }
  expect(restarts).toEqual([]);
  driver.faults += 51;
  tick(6000);
  expect(restarts).toEqual(["E"]);
});

test("a server that is away for three days restarts nothing", () => {
  online();
  network.isTried = true;
  for (let i = 0; i < 3 * 24 * 4; i++) {
    network.isTried = true;
    tick(15 * MINUTE);
    online();
  }
  expect(restarts).toEqual([]);
});

test("silence where Wi-Fi says that it is up joins it anew, less and less often", () => {
  online();
  const leftMs: number[] = [];
  tick(5000);
  for (let before = 0; nowMs < 5 * HOUR;) {
    network.isTried = true;
    tick(5000);
    if (chip.leaves > before) leftMs.push(nowMs);
    before = chip.leaves;
    online();
  }
  const waits = leftMs.slice(1).map((ms, i) => Math.round((ms - leftMs[i]!) / MINUTE));
  expect(Math.round(leftMs[0]! / MINUTE)).toBe(10);
  expect(waits).toEqual([20, 40, 60, 60, 60]);
  expect(network.drops.length).toBe(leftMs.length);
  expect(chip.joins.length).toBeGreaterThanOrEqual(leftMs.length);
  expect(restarts).toEqual([]);
});

test("where something is heard, or nobody tried, Wi-Fi is left alone", () => {
  online();
  for (let i = 0; i < 60; i++) {
    network.isTried = network.isHeard = true;
    tick(5 * MINUTE);
  }
  network.isTried = network.isHeard = false;
  tick(5 * HOUR);
  expect(chip.leaves).toBe(0);
});

test("a Wi-Fi that is away, or was never joined, restarts nothing", () => {
  tick(2 * 24 * HOUR);
  expect([chip.scans, restarts]).toEqual([0, []]);
  online();
  tick(MINUTE);
  chip.status = "NO_AP_FOUND";
  chip.air = ["neighbour"];
  tick(2 * 24 * HOUR);
  expect(chip.scans).toBeGreaterThan(200);
  expect(restarts).toEqual([]);
});

test("a Wi-Fi that was joined, is lost, and is seen twice is restarted for", () => {
  online();
  tick(HOUR);
  chip.status = "ASSOC_FAIL";
  chip.air = ["neighbour", "home"];
  tick(29 * MINUTE);
  expect(restarts).toEqual([]);
  tick(3 * MINUTE);
  expect([restarts, chip.notes]).toEqual([["W"], ["s000", "W001"]]);
});

test("a Wi-Fi that comes back in time restarts nothing", () => {
  online();
  tick(HOUR);
  chip.status = "ASSOC_FAIL";
  chip.air = ["home"];
  tick(25 * MINUTE);
  online();
  tick(10 * HOUR);
  expect(restarts).toEqual([]);
});

test("an address that is lost ends in a new association", () => {
  online();
  tick(MINUTE);
  chip.ip = "0.0.0.0";
  tick(5000);
  expect([chip.leaves, network.drops]).toEqual([1, ["no Wi-Fi"]]);
});
