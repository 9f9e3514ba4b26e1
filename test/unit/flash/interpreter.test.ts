/**
 * Espruino onto a chip, through esptool-js on a real pseudo-terminal, to an imitation of the
 * chip's loader.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explain, flashInterpreter, PARTS, readParts } from "../../../flash/interpreter.js";
import { parseOptions } from "../../../flash/option.js";
import { FakeLoader } from "./loader.js";
import { image } from "./program.js";
import { HAS_PTY, Pty } from "./pty.js";

const BAUD = 115200;

let folder: string;
let said: string[];
beforeEach(() => {
  said = [];
  folder = mkdtempSync(join(tmpdir(), "espruino-esp32-"));
  for (const [i, { name }] of PARTS.entries()) {
    writeFileSync(join(folder, name), image(Buffer.alloc(3000 + 4000 * i, i + 1)));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const show = {
  say: (word: string, text: string) => void said.push(`${word}: ${text}`),
  bar: (word: string, done: number, total: number) => void (done === total && said.push(word)),
};

async function flash(loader: FakeLoader): Promise<void> {
  const pty = await Pty.open();
  pty.onText = (text) => loader.feed(text);
  loader.onText = (text) => pty.write(text);
  try {
    const options = parseOptions(["--interpreter", folder, "--yes"], {})!;
    await flashInterpreter(pty.path, options, show, BAUD);
  } finally {
    await pty.close();
  }
}

describe.skipIf(!HAS_PTY)("on a pseudo-terminal", () => {
  test("the three files get to their places, the first of them set to QIO at 80 MHz", async () => {
    const loader = new FakeLoader();
    await flash(loader);
    const parts = readParts(folder);
    expect([...loader.written.keys()]).toEqual([0x1000, 0x8000, 0x10000]);
    const boot = loader.written.get(0x1000)!;
    expect([boot[2], boot[3]! & 0x0f]).toEqual([0, 0x0f]);
    expect(boot.subarray(4).equals(Buffer.from(parts[0]!.data.subarray(4)))).toBe(true);
    for (const { address, data } of parts.slice(1)) {
      expect(loader.written.get(address)!.equals(Buffer.from(data))).toBe(true);
    }
    expect(loader.sums).toBe(3);
    expect(said.filter((line) => line.endsWith(".bin"))).toEqual(PARTS.map(({ name }) => name));
  });

  test("flash that keeps something else is noticed", async () => {
    const loader = new FakeLoader();
    loader.isBad = true;
    await expect(flash(loader)).rejects.toThrow("what was written is not what was sent");
  });

  test("another chip is told so, and nothing is written", async () => {
    const loader = new FakeLoader(0x000007c6);
    await expect(flash(loader)).rejects.toThrow("classic ESP32 alone");
    expect(loader.written.size).toBe(0);
  });
});

test("a folder without the files says which", () => {
  rmSync(join(folder, PARTS[2].name));
  expect(() => readParts(folder)).toThrow(/no espruino_esp32\.bin/);
});

test("a dry run names the files and opens nothing", async () => {
  const options = parseOptions(["--interpreter", folder, "--yes", "--dry-run"], {})!;
  await flashInterpreter("/dev/tty-none", options, show);
  expect(said).toHaveLength(3);
  await expect(flashInterpreter("/dev/tty-none", { ...options, isDry: false }, show))
    .rejects.toThrow("there is no such port");
});

test.each([
  ["ESPError: Failed to connect with the device", "Hold BOOT"],
  ["Error: Timeout", "Hold BOOT"],
  ["ESPError: MD5 of file does not match data in flash!", "THING_FLASH_MODE=dio"],
  ["Error: something else\nat x", "port: something else"],
])("%j is told to a person", (message, wanted) => {
  expect(explain("port", message)).toContain(wanted);
});
