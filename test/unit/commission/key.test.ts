import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Keys } from "../../../commission/key.js";
import { Misuse } from "../../../hal/host/option.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-"));
  path = join(folder, "keys.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const KEY = "\x00\xff".repeat(16);

test("a key is kept for the next time, and is nobody else's to read", async () => {
  const keys = new Keys(path);
  expect([keys.count, keys.find("A"), existsSync(path)]).toEqual([0, "", false]);
  await keys.keep("A", KEY);
  await keys.keep("B", KEY.replace("\x00", "\x01"));
  const again = new Keys(path);
  expect([again.count, again.find("A")]).toEqual([2, KEY]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^\{\n {2}"A": "(00ff){16}",\n/);
});

test("without a file nothing outlives the program", async () => {
  const keys = new Keys("");
  await keys.keep("A", KEY);
  expect(keys.find("A")).toBe(KEY);
  expect(new Keys("").count).toBe(0);
});

test.each(["", "[]", "null", "{", '{"A":1}', '{"A":"00"}', `{"A":"${"0".repeat(63)}g"}`])(
  "a file with %j is left alone", (text) => {
    writeFileSync(path, text);
    expect(() => new Keys(path)).toThrow(Misuse);
    expect(() => new Keys(path)).toThrow(/does not hold keys of boards/);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

test("a file that cannot be read is told", () => {
  expect(() => new Keys(folder)).toThrow(/cannot be read/);
});
