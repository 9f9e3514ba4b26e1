import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apart, rename } from "../../../build/member.js";
import type { Renamings } from "../../../build/member.js";

const SOURCE = `
interface Listener { onOpen(): void }
class Door { private n = 1; open(): number { return this.n; } shut(): void { this.lock(); }
  private lock(): void { this.n = 0; } knock(): void {} sort(): void {} onOpen(): void {} }
class Box { private n = 2; open(): number { return this.n + this.lock(); }
  private lock(): number { return 0; } knock(): void {} sort(): void {} }
class Bare { shut(): void {} width = 3; }
class Wall { private m = 1; width(): number { return this.m; } }
export function use(door: Door, box: Box, any: any, either: Door | Box, bare: Bare): void {
  door.open(); box.open(); either.knock(); any.lid(); bare.shut(); door.shut();
  [3, 1].sort(); box.sort(); door.sort();
  const listener: Listener = door;
  listener.onOpen();
}
class Lid { private n = 1; lid(): void { this.n++; new Wall().width(); } }
`;

let root = "";
let renamings: Renamings;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "member-"));
  for (const folder of ["firmware", "hal"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, "firmware/house.ts"), SOURCE);
  writeFileSync(join(root, "hal/hal.ts"), "export {};\n");
  writeFileSync(join(root, "tsconfig.espruino.json"), JSON.stringify({
    compilerOptions: { target: "ES2015", lib: ["ES5"], types: [], strict: true },
    include: ["firmware", "hal"] }));
  renamings = apart(root, (name) => name !== "Box.sort");
}, 60000);
afterAll(() => rmSync(root, { recursive: true }));

test("methods of one name get one each, where every call is known to be theirs", () => {
  const { methods } = renamings.get("firmware/house.ts")!;
  expect(Object.fromEntries(methods)).toEqual({
    "Door.open": "open$Door", "Box.open": "open$Box",
    // Private, so nobody else's call can be meant.
    "Door.lock": "lock$Door", "Box.lock": "lock$Box",
    // An array's is not ours; the other class's was not wanted.
    "Door.sort": "sort$Door",
  });
});

test("the compiled text calls them by it, and everything else as before", () => {
  const compiled = `class Door { open() { return this.n; } shut() { this.lock(); }
    lock() { this.n = 0; } knock() {} sort() {} onOpen() {} }
class Box { open() { return this.n + this.lock(); } lock() { return 0; } knock() {} sort() {} }
function use(door, box, any, either, bare) { door.open(); box.open(); either.knock();
  [3, 1].sort(); box.sort(); door.sort(); }`;
  expect(rename(compiled, "house", renamings.get("firmware/house.ts")!)).toBe(
    `class Door { open$Door() { return this.n; } shut() { this.lock$Door(); }
    lock$Door() { this.n = 0; } knock() {} sort$Door() {} onOpen() {} }
class Box { open$Box() { return this.n + this.lock$Box(); } lock$Box() { return 0; } knock() {} `
    + `sort() {} }
function use(door, box, any, either, bare) { door.open$Door(); box.open$Box(); either.knock();
  [3, 1].sort(); box.sort(); door.sort$Door(); }`);
});

test("a compiled text in which a call or a method is missing stops the build", () => {
  const renaming = renamings.get("firmware/house.ts")!;
  expect(() => rename("class Door { open() {} }", "house", renaming))
    .toThrow("house: not as compiled: Door.lock, Door.sort, Box.open, Box.lock, lock, open, sort");
  const { members } = renaming;
  expect(() => rename("a.open();b.open();c.open();", "house", { members: new Map([["open",
    members.get("open")!]]), methods: new Map() })).toThrow("house: not as compiled: open");
});
