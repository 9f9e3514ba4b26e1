import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { linkSync, mkdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFlash, openFlash } from "../../../../hal/host/flash.js";

const IMAGE_BYTES = 65536;
let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flash-"));
  file = join(folder, "board.flash");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a missing file is created erased, for its owner alone, and nothing else is left", async () => {
  (await openFlash(file)).close();
  expect(readFileSync(file).every((octet) => octet === 0xff)).toBe(true);
  expect(statSync(file).size).toBe(IMAGE_BYTES);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["board.flash"]);
});

test("every write and erase is in the file when it returns", async () => {
  const flash = await openFlash(file);
  flash.write(3, 8, "abcd");
  expect(readFileSync(file).toString("latin1", 3 * 4096 + 8, 3 * 4096 + 12)).toBe("abcd");
  flash.write(3, 8, "\x00\x00\x00\x00");
  expect(readFileSync(file).readUInt32LE(3 * 4096 + 8)).toBe(0);
  flash.erase(3);
  expect(readFileSync(file).every((octet) => octet === 0xff)).toBe(true);
  expect([flash.bytesWritten, flash.erases]).toEqual([8, 1]);
  flash.close();
});

test("what was written is there when the file is opened again", async () => {
  const first = await openFlash(file);
  first.write(15, 4092, "last");
  first.close();
  const second = await openFlash(file);
  expect(second.read(15, 4092, 4)).toBe("last");
  second.close();
});

test("the rules of NOR flash hold, with a file and without", async () => {
  const withFile = await openFlash(file);
  for (const flash of [createFlash(), withFile]) {
    flash.write(0, 0, "abcd");
    expect(() => flash.write(0, 0, "zzzz")).toThrow(/set a bit/);
    expect(() => flash.write(0, 2, "abcd")).toThrow(/whole words/);
    expect(() => flash.write(0, 4092, "abcdefgh")).toThrow(/outside/);
    expect(flash.read(0, 0, 8)).toBe("abcd\xff\xff\xff\xff");
  }
  expect(readFileSync(file).toString("latin1", 0, 4)).toBe("abcd");
  withFile.close();
});

test("a copy can be written to without the file knowing", async () => {
  const flash = await openFlash(file);
  const copy = flash.copy();
  copy.write(0, 0, "abcd");
  expect(flash.read(0, 0, 4)).toBe("\xff\xff\xff\xff");
  expect(readFileSync(file).every((octet) => octet === 0xff)).toBe(true);
  flash.close();
});

test("one image is in one board at a time, by whatever name", async () => {
  const first = await openFlash(file);
  symlinkSync(file, `${file}.symbolic`);
  linkSync(file, `${file}.hard`);
  for (const name of [file, `${file}.symbolic`, `${file}.hard`]) {
    await expect(openFlash(name)).rejects.toThrow("another board is using it");
  }
  first.close();
  (await openFlash(`${file}.hard`)).close();
});

test.each([
  ["an empty file", () => writeFileSync(file, ""), /0 bytes/],
  ["a file cut short", () => writeFileSync(file, Buffer.alloc(65535, 255)), /65535 bytes/],
  ["a file too long", () => writeFileSync(file, Buffer.alloc(65537)), /65537 bytes/],
  ["a directory", () => mkdirSync(file), /a directory/],
  ["a FIFO", () => execFileSync("mkfifo", [file]), /not a regular file/],
  ["a folder that is not there", () => { file = join(folder, "no", "x"); }, /does not exist/],
])("%s is refused, and says why", async (_what, prepare, why) => {
  prepare();
  await expect(openFlash(file)).rejects.toThrow(why);
  await expect(openFlash(file)).rejects.toThrow(file);
});

/** Writes the words 1, 2, 3 … as fast as it can, and erases a page before it begins with it. */
const WRITER = `
  import { openFlash } from ${JSON.stringify(join(process.cwd(), "hal/host/flash.ts"))};
  const flash = await openFlash(process.argv[1]);
  console.log("ready");
  for (let n = 0; ; n++) {
    const page = (n >> 10) % 16;
    if ((n & 1023) === 0) flash.erase(page);
    const word = Buffer.alloc(4);
    word.writeUInt32LE(n + 1);
    flash.write(page, (n & 1023) * 4, word.toString("latin1"));
  }`;

test("SIGKILL leaves exactly the operations that had been done", async () => {
  const loader = ["--import", "tsx", "--input-type=module", "-e", WRITER, file];
  const child = spawn(process.execPath, loader, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect.poll(() => readFileSync(file).some((octet) => octet !== 0xff)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  (await openFlash(file)).close(); // At once: nothing of the dead one is in the way.
  const image = readFileSync(file);
  expect(image.length).toBe(IMAGE_BYTES);
  const words = Array.from({ length: IMAGE_BYTES / 4 }, (_, i) => image.readUInt32LE(i * 4));
  const written = words.filter((word) => word !== 0xffffffff);
  const last = written.reduce((most, word) => Math.max(most, word), 0);
  expect(last).toBeGreaterThan(0);
  // Going back from the last word there is no gap, but for the pages not reached yet.
  const expected = new Array<number>(words.length).fill(0xffffffff);
  const keptPages = Math.min(16, Math.ceil(last / 1024));
  const firstKept = (Math.ceil(last / 1024) - keptPages) * 1024 + 1;
  for (let word = firstKept; word <= last; word++) expected[(word - 1) % words.length] = word;
  const isErasedNext = last % 1024 === 0;
  if (!isErasedNext) expect(words).toEqual(expected);
});
