/**
 * The access point of a chip that is not there: opened beside the station, on its channel; closed
 * for sure, whatever the interpreter does; and given up where the board needs what it costs.
 */
import Module from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chip } from "./chip.js";

const NETWORK = "XPR1-A04B-0C1D";

let chip: Chip;
let station: any;
let accessPoint: any;
const server = { isDeaf: false };
let nowMs = 0;

async function hal(file: string): Promise<any> {
  return import(join(import.meta.dirname, "../../../../hal/espruino", `${file}.ts`));
}

function tick(seconds: number): void {
  for (const endMs = nowMs + seconds * 1000; nowMs < endMs; nowMs += 500) station.tick(nowMs);
}

beforeEach(async () => {
  chip = new Chip();
  for (const [name, value] of Object.entries(chip.globals())) vi.stubGlobal(name, value);
  vi.spyOn(Module as any, "_load").mockImplementation((name) => chip.module(name as string));
  const { Station } = await hal("wifi");
  const { ChipAccessPoint } = await hal("accesspoint");
  nowMs = 0;
  server.isDeaf = false;
  station = new Station("home", "passphrase");
  accessPoint = new ChipAccessPoint(station, server);
  tick(3);
  chip.status = "connected";
  chip.ip = "192.0.2.7";
  tick(3);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("it is opened beside the station, without a passphrase, on the station's channel", () => {
  expect([station.isUp, chip.hasAccessPoint]).toEqual([true, false]);
  accessPoint.open(NETWORK);
  expect(chip.opened).toEqual([`${NETWORK} open 6`]);
  tick(60);
  expect([chip.hasAccessPoint, chip.opened.length, accessPoint.isLost()]).toEqual([true, 1, false]);
  expect([station.isUp, chip.joins.length]).toEqual([true, 1]);
});

test("it is opened again where it did not open", () => {
  accessPoint.open(NETWORK);
  chip.hasAccessPoint = false;
  tick(2);
  expect(chip.opened.length).toBe(2);
  expect(chip.hasAccessPoint).toBe(true);
});

test("it is closed at once, and again until it is seen closed", () => {
  accessPoint.open(NETWORK);
  tick(5);
  chip.stubborn = 3;
  accessPoint.close();
  expect(chip.hasAccessPoint).toBe(true);
  tick(5);
  expect([chip.hasAccessPoint, station.isUp, chip.opened.length]).toEqual([false, true, 1]);
});

test("one that the interpreter opens by itself is closed, with no network, too", async () => {
  const { Station } = await hal("wifi");
  chip.hasAccessPoint = true;
  chip.joins = [];
  station = new Station("", "");
  tick(2);
  expect([chip.hasAccessPoint, chip.joins]).toEqual([false, []]);
});

test("a board that loses its own network closes it, or it would never be back", () => {
  accessPoint.open(NETWORK);
  tick(5);
  chip.status = "BEACON_TIMEOUT";
  tick(1);
  expect([accessPoint.isLost(), chip.hasAccessPoint]).toEqual([true, false]);
  tick(3);
  expect([chip.joins.length, chip.vain]).toEqual([2, 0]);
  chip.status = "connected";
  tick(60);
  // Whoever wants it again must say so.
  expect([station.isUp, chip.hasAccessPoint, accessPoint.isLost()]).toEqual([true, false, true]);
});

test("one that cannot be closed keeps the board off its network for a quarter of a minute", () => {
  accessPoint.open(NETWORK);
  tick(5);
  chip.stubborn = Infinity;
  chip.status = "BEACON_TIMEOUT";
  const before = nowMs;
  while (chip.joins.length < 2 && nowMs < before + 60000) tick(0.5);
  expect(nowMs - before).toBeLessThan(18000);
});

test("it goes when memory is needed: JsVars, or the chip's own", () => {
  for (const starve of [() => { chip.freeJsVars = 249; }, () => { chip.freeHeap = 12287; }]) {
    chip.freeJsVars = 250;
    chip.freeHeap = 12288;
    accessPoint.open(NETWORK);
    tick(5);
    expect([accessPoint.isLost(), chip.hasAccessPoint]).toEqual([false, true]);
    starve();
    tick(2);
    expect([accessPoint.isLost(), chip.hasAccessPoint]).toEqual([true, false]);
  }
});

test("without its port it is lost from the start", () => {
  accessPoint.open(NETWORK);
  server.isDeaf = true;
  expect(accessPoint.isLost()).toBe(true);
});

test("another network, or none, takes it along", () => {
  accessPoint.open(NETWORK);
  tick(5);
  station.move("", "");
  tick(2);
  expect([accessPoint.isLost(), chip.hasAccessPoint, chip.joins.length]).toEqual([true, false, 1]);
});
