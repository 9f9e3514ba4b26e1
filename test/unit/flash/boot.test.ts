/**
 * `.boot0` in a chip that is not there: what it does with the pins, what it counts, and when it
 * starts nothing. On the real interpreter: test/engine/espruino/flash.test.ts.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  BOOT, bootCode, FAILED_STARTS_MAX, LATE_MS, pinsOf, STARTS, STARTS_BYTES,
} from "../../../flash/boot.js";
import { startsFile } from "../../../flash/content.js";
import { describeStarts } from "../../../flash/starts.js";
import { objections } from "../../../build/dialect.js";
import { CHIP, FakeConsole, LINUX } from "./fake.js";

const APP = "print('application')";
const POWER = 1;
const WATCHDOG = 7;

let chip: FakeConsole;
beforeEach(() => {
  vi.useFakeTimers();
  chip = board("esp32-relay");
});
afterEach(() => {
  chip.halt();
  vi.useRealTimers();
});

function board(name: string, kind = CHIP): FakeConsole {
  const made = new FakeConsole(kind);
  made.files.set("app", APP);
  made.files.set("cold", "cold");
  made.files.set(STARTS, startsFile());
  made.files.set(BOOT, bootCode(name, "1.2.3", { app: APP, cold: "cold" }));
  return made;
}

const starts = (): string => chip.files.get(STARTS)!.replace(/\xff+$/, "");
/** One start that ends before its minute is over. */
function start(cause: number, ms = LATE_MS + 10): void {
  chip.started = 0;
  chip.pins.length = 0;
  chip.reset(cause);
  vi.advanceTimersByTime(ms);
}

test("the pins of a board are read from its definition", () => {
  expect(pinsOf("esp32-relay")).toEqual({ led: ["D23", 1], outputs: [["D16", 1], ["D17", 1]] });
  expect(pinsOf("esp32-devkit")).toEqual({ led: ["D2", 1], outputs: [["D32", 1]] });
  expect(pinsOf("linux")).toEqual({ led: null, outputs: [] });
  const low = "const r = new PinOut(D5, 0); const hal = new ChipHal(new PinOut(D4, 0), x, y);";
  expect(pinsOf("low", low)).toEqual({ led: ["D4", 0], outputs: [["D5", 0]] });
  expect(() => pinsOf("odd", "new PinOut(relay, 1)")).toThrow("as they are");
  expect(() => pinsOf("odd", "new ChipHal(led, x, y)")).toThrow("the LED is not a PinOut");
});

test("telnet is off and outputs rest before anything else, each level before its direction", () => {
  start(POWER, 0);
  expect(chip.pins).toEqual(["telnet off", "D23 input", "D23 0", "D23 output",
    "D16 input", "D16 0", "D16 output", "D17 input", "D17 0", "D17 output"]);
});

test("the application starts late, and its start is noted then", () => {
  start(POWER, LATE_MS - 1);
  expect([starts(), chip.started]).toEqual(["s000", 0]);
  vi.advanceTimersByTime(10);
  expect([starts(), chip.started]).toEqual(["s000a000", APP.length]);
  expect(chip.text).toContain("thingward 1.2.3 esp32-relay: starts in 3 s");
});

test("three starts that failed are enough: relays rest, the LED says seven, nothing starts", () => {
  start(POWER);
  for (let i = 1; i < FAILED_STARTS_MAX; i++) {
    start(WATCHDOG);
    expect(chip.started).toBe(APP.length);
  }
  start(WATCHDOG, 60000);
  expect(chip.started).toBe(0);
  expect(chip.text).toContain("thingward: safe mode: 3 starts failed");
  expect(starts()).toBe("s000a000a000a000x000");
  expect(chip.pins.filter((done) => /^D1[67] 1/.test(done))).toEqual([]);
  expect(blinks()).toBe("7");
  // The power is cut and comes back: it is still there, and is noted once.
  for (let i = 0; i < 5; i++) start(POWER);
  expect([starts(), chip.started]).toEqual(["s000a000a000a000x000", 0]);
});

/** How often the LED went on between two long pauses. */
function blinks(): string {
  const levels = chip.pins.filter((done) => /^D23 \d/.test(done)).map((done) => done.slice(-1));
  const runs = levels.join("").replace(/(.)\1*/g, (run) => (run.length > 4 ? " " : run[0]!));
  return String([...runs.split(" ")[1]!].filter((level) => level === "1").length);
}

test("a power cut is no failed start, however often, and hides none", () => {
  for (let i = 0; i < 9; i++) start(POWER);
  expect(chip.started).toBe(APP.length);
  expect(starts()).toBe("s000" + "a000c000".repeat(8) + "a000");
  start(WATCHDOG);
  start(POWER);
  expect(chip.started).toBe(APP.length);
  start(WATCHDOG);
  start(WATCHDOG);
  expect([chip.started, chip.text.includes("3 starts failed")]).toEqual([0, true]);
});

test("a good start in between begins the count anew", () => {
  start(POWER);
  start(WATCHDOG);
  chip.feed("boot.note('s000')\n");
  for (let i = 0; i < FAILED_STARTS_MAX; i++) {
    start(WATCHDOG);
    expect(chip.started).toBe(APP.length);
  }
  start(WATCHDOG);
  expect(chip.started).toBe(0);
});

test.each([
  ["is not there", (files: Map<string, string>) => files.delete("app")],
  ["is cut short", (files: Map<string, string>) => files.set("app", APP.slice(1))],
  ["was half written", (files: Map<string, string>) =>
    files.set("app", `${APP.slice(0, -3)}\xff\xff\xff`)],
  ["has another cold part", (files: Map<string, string>) => files.set("cold", "cole")],
])("an application that %s is not started, and the LED says eight", (_what, spoil) => {
  spoil(chip.files);
  start(POWER, 60000);
  expect([chip.started, starts()]).toEqual([0, "s000x000"]);
  expect(chip.text).toContain("safe mode: the application is not whole");
  expect(blinks()).toBe("8");
});

test("a page that is full is followed by another, which knows the last starts", () => {
  const entries = STARTS_BYTES / 4;
  for (let i = 1; i < entries - 2; i++) chip.feed("boot.note('s000')\n");
  expect(chip.files.get(STARTS)).toHaveLength(STARTS_BYTES);
  start(WATCHDOG);
  chip.feed("");
  for (let i = 0; i < 2; i++) start(WATCHDOG);
  expect(starts().length).toBeLessThan(100);
  expect(starts()).toMatch(/s000a000a000a000$/);
  start(WATCHDOG);
  expect(chip.started).toBe(0);
});

test("where there is no room for another page nothing is compacted, and it starts all the same", () => {
  chip.files.set(STARTS, "s000".repeat(STARTS_BYTES / 4));
  chip.files.set("ballast", "x".repeat(CHIP.storageBytes - 20000));
  start(WATCHDOG);
  expect([chip.started, chip.compactions]).toEqual([APP.length, 0]);
});

test("a torn entry and a file that is gone harm nothing", () => {
  chip.files.set(STARTS, "s000a0".padEnd(STARTS_BYTES, "\xff"));
  start(WATCHDOG);
  expect(starts()).toBe("s000a0\xff\xffa000");
  chip.files.delete(STARTS);
  start(WATCHDOG);
  expect([starts(), chip.started]).toEqual(["a000", APP.length]);
});

test("on Linux there are no pins, and no cause of a reset to be asked", () => {
  chip.halt();
  chip = board("linux", LINUX);
  chip.cause = NaN;
  start(POWER);
  expect([chip.pins, starts()]).toEqual([["telnet off"], "s000a000"]);
});

test("it is of the language that Espruino speaks", () => {
  for (const name of ["esp32-devkit", "esp32-relay", "linux"]) {
    expect(objections(bootCode(name, "1.2.3", { app: APP }))).toEqual([]);
  }
});

test("entries are told to people, equal ones together", () => {
  expect(describeStarts("s000a000c000a000a000M012W001?")).toEqual([
    "ran well for a minute, or was flashed anew", "started",
    "the power was cut, or EN pressed, within the first minute", "started (2 times)",
    "restarted: a call ran out of memory after 12 hours",
    "restarted: Wi-Fi was there and could not be joined after an hour",
  ]);
});
