import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PARTS } from "../../../commission/door.js";
import { KeyProof, Keys } from "../../../commission/key.js";
import { AccessProof } from "../../../firmware/rendezvous/proof.js";
import { Misuse } from "../../../hal/host/argument.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-"));
  path = join(folder, "keys.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const KEY = "\x00\xff".repeat(16);
const OTHER = KEY.replace("\x00", "\x01");

test("a key is kept for the next time, and is nobody else's to read", async () => {
  const keys = new Keys(path);
  expect([keys.count, keys.find("A"), existsSync(path)]).toEqual([0, [], false]);
  await keys.add("A", KEY, "");
  await keys.add("B", OTHER, "");
  const again = new Keys(path);
  expect([again.count, again.find("A")]).toEqual([2, [KEY]]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^\{\n {2}"A": "(00ff){16}",\n/);
});

test("until the board has proved the new one, the one before is kept, too", async () => {
  const keys = new Keys(path);
  await keys.settle("A", KEY);
  await keys.add("A", OTHER, KEY);
  expect(new Keys(path).find("A")).toEqual([OTHER, KEY]);
  await keys.settle("A", OTHER);
  expect(new Keys(path).find("A")).toEqual([OTHER]);
});

test("what another program has added meanwhile stays", async () => {
  const keys = new Keys(path);
  await new Keys(path).add("B", OTHER, "");
  await keys.add("A", KEY, "");
  expect(new Keys(path).find("B")).toEqual([OTHER]);
});

test("without a file nothing outlives the program", async () => {
  const keys = new Keys("");
  await keys.add("A", KEY, "");
  expect(keys.find("A")).toEqual([KEY]);
  expect(new Keys("").count).toBe(0);
});

test("which of its keys a board has, its share tells, and nobody else's does", () => {
  const { random, crypto } = PARTS;
  for (const key of [KEY, OTHER]) {
    const proof = new KeyProof([OTHER, KEY], random, crypto);
    proof.meet(new AccessProof(key, random, crypto).share);
    expect([proof.secret, proof.broken]).toEqual([key, false]);
  }
  const shares = [new AccessProof("x".repeat(32), random, crypto).share, "x".repeat(32), "",
    new AccessProof(KEY, random, crypto).share.slice(0, -1)];
  for (const share of shares) {
    const proof = new KeyProof([OTHER, KEY], random, crypto);
    proof.meet(share);
    expect([proof.secret, proof.broken]).toEqual(["", true]);
  }
});

test.each(["", "[]", "null", "{", '{"A":1}', '{"A":"00"}', `{"A":"${"0".repeat(63)}g"}`,
  '{"A":[]}', `{"A":${JSON.stringify(Array(3).fill("0".repeat(64)))}}`])(
  "a file with %j is left alone", (text) => {
    writeFileSync(path, text);
    expect(() => new Keys(path)).toThrow(Misuse);
    expect(() => new Keys(path)).toThrow(/does not hold keys of boards/);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

test("a file that cannot be read is told", () => {
  expect(() => new Keys(folder)).toThrow(/cannot be read/);
});
