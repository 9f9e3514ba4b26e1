/**
 * What of the Espruino HAL only a chip has. The rest runs on the real interpreter, in
 * test/engine/espruino.
 */
import Module from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chip } from "./chip.js";

const START = 0x310000;
const PAGE_BYTES = 4096;

let chip: Chip;

beforeEach(() => {
  chip = new Chip();
  for (const [name, value] of Object.entries(chip.globals())) vi.stubGlobal(name, value);
  // `require` is no global in Node but a function of each module, which ends here.
  vi.spyOn(Module as any, "_load").mockImplementation((name) => chip.module(name as string));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Not imported by name: its types are those of the chip, where Node's own do not exist. */
async function hal(file: string): Promise<any> {
  return import(join(import.meta.dirname, "../../../../hal/espruino", `${file}.ts`));
}

test("a relay gets its level of rest before it becomes an output", async () => {
  const { PinOut } = await hal("gpio");
  const output = new PinOut("D16", 1);
  expect(chip.done).toEqual(["D16 input", "D16 0", "D16 output"]);
  output.write(true);
  expect(chip.pin("D16").level).toBe(1);
  output.write(false);
  expect(chip.pin("D16").level).toBe(0);
});

test("an output that switches on by 0 rests at 1", async () => {
  const { PinOut } = await hal("gpio");
  const output = new PinOut("D5", 0);
  expect(chip.done).toEqual(["D5 input", "D5 1", "D5 output"]);
  output.write(true);
  expect(chip.pin("D5").level).toBe(0);
});

test("a button is pressed at its level, whichever that is", async () => {
  const { PinIn } = await hal("gpio");
  const low = new PinIn("D0", 0, "input_pullup");
  const high = new PinIn("D4", 1, "input_pulldown");
  expect(chip.pin("D0").mode).toBe("input_pullup");
  expect([low.read(), high.read()]).toEqual([true, false]);
  chip.pin("D0").level = chip.pin("D4").level = 1;
  expect([low.read(), high.read()]).toEqual([false, true]);
});

test("a thermistor is read in degrees, and a broken wire is no temperature", async () => {
  const { PinAnalog, ntc10k } = await hal("gpio");
  const input = new PinAnalog("D34", ntc10k);
  const supply = 3.3 / 3.6;
  const at = (ohm: number): number => {
    chip.pin("D34").analog = supply * ohm / (ohm + 10000);
    return input.read();
  };
  expect(at(10000)).toBeCloseTo(25, 3);
  expect(at(33620)).toBeCloseTo(0, 0);
  expect(at(3588)).toBeCloseTo(50, 0);
  expect(at(1)).toBeNaN();
  expect(at(1e9)).toBeNaN();
});

test("an LM35 has ten millivolts for a degree", async () => {
  const { lm35 } = await hal("gpio");
  expect(lm35(0.25 / 3.6)).toBeCloseTo(25, 6);
  expect(lm35(1)).toBeNaN();
  expect(lm35(0)).toBeNaN();
});

test("flash is sixteen pages behind a fence", async () => {
  const { ChipFlash } = await hal("flash");
  const flash = new ChipFlash();
  const page = "0123456789abcdef".repeat(PAGE_BYTES / 16);
  chip.flash[START - 1] = chip.flash[START + 16 * PAGE_BYTES] = 7;
  expect(flash.write(15, 0, page)).toBe(true);
  expect(flash.read(15, 0, PAGE_BYTES)).toBe(page);
  expect(flash.read(15, PAGE_BYTES - 4, 4)).toBe("cdef");
  expect(flash.read(3, 0, 0)).toBe("");
  expect(flash.erase(15)).toBe(true);
  expect(flash.read(15, 0, 8)).toBe("\xff".repeat(8));
  expect([chip.flash[START - 1], chip.flash[START + 16 * PAGE_BYTES]]).toEqual([7, 7]);
  for (const [number, offset, bytes] of [[16, 0, "abcd"], [-1, 0, "abcd"], [15, PAGE_BYTES, "abcd"],
    [15, PAGE_BYTES - 4, "abcdefgh"], [0, -4, "abcd"], [0, 2, "abcd"], [0, 0, "abc"]]) {
    expect(() => flash.write(number, offset, bytes)).toThrow();
  }
  expect(() => flash.read(16, 0, 4)).toThrow();
  expect(() => flash.erase(16)).toThrow();
});

test("Wi-Fi is joined, waited for, and joined again later and later", async () => {
  const { Station } = await hal("wifi");
  const station = new Station("home", "passphrase");
  const joinedMs: number[] = [];
  for (let nowMs = 0; nowMs < 400000; nowMs += 500) {
    const before = chip.joins.length;
    station.tick(nowMs);
    if (chip.joins.length > before) joinedMs.push(nowMs);
  }
  expect(chip.joins[0]).toBe("home passphrase");
  expect(chip.hasAccessPoint).toBe(false);
  // The interpreter's own access point must be gone first.
  expect(joinedMs).toEqual([1000, 16000, 46000, 106000, 226000, 346000]);
  expect(chip.vain).toBe(0);
  expect(station.isUp).toBe(false);
});

test("Wi-Fi is up with an address, and a loss drops the connection and joins at once", async () => {
  const { Station } = await hal("wifi");
  const station = new Station("home", "");
  const dropped: string[] = [];
  station.links = { drop: (why: string) => dropped.push(why) };
  chip.hasAccessPoint = false;
  station.tick(0);
  chip.status = "connected";
  station.tick(1000);
  expect(station.isUp).toBe(false);
  chip.ip = "192.0.2.7";
  station.tick(2000);
  expect(station.isUp).toBe(true);
  for (let nowMs = 3000; nowMs < 100000; nowMs += 1000) station.tick(nowMs);
  expect([chip.joins.length, dropped]).toEqual([1, []]);
  chip.status = "BEACON_TIMEOUT";
  station.tick(100000);
  expect([station.isUp, chip.joins.length, dropped]).toEqual([false, 2, ["no Wi-Fi"]]);
});

test("a board without a network joins nothing", async () => {
  const { Station } = await hal("wifi");
  const station = new Station("", "");
  for (let nowMs = 0; nowMs < 60000; nowMs += 1000) station.tick(nowMs);
  expect(chip.joins).toEqual([]);
});
