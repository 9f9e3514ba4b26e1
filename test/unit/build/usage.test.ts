import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { foreignNames } from "../../../build/usage.js";

const root = mkdtempSync(join(tmpdir(), "usage-"));
let names = new Set<string>();

const CODE = `/** Signs beyond ASCII → must not shift what is looked at: °. */
interface Mine { mineOnly: number; shared: string; jsonField: string; option: number }
declare const json: any;
export function f(mine: Mine, engine: Engine): void {
  mine.mineOnly++;
  engine.shared = mine.shared;
  mine.jsonField = json.jsonField;
  setUp({ option: 1, nested: [{ deeper: 2 }] });
  const own: Mine = { mineOnly: 1, shared: "", jsonField: "", option: 2 };
  take(own);
}
function take(mine: Mine): void { mine.mineOnly--; }
`;

beforeAll(() => {
  mkdirSync(join(root, "hal/espruino"), { recursive: true });
  cpSync(join(import.meta.dirname, "sample/hal/hal.ts"), join(root, "hal/hal.ts"));
  writeFileSync(join(root, "hal/espruino/engine.d.ts"),
    "interface Engine { shared: string }\ndeclare function setUp(how: object): void;\n");
  writeFileSync(join(root, "hal/espruino/part.ts"), CODE);
  writeFileSync(join(root, "tsconfig.espruino.json"), JSON.stringify({
    compilerOptions: { strict: true, lib: ["ES5"], types: [], module: "ES2015" },
    include: ["hal"],
  }));
  names = foreignNames(root);
});

afterAll(() => rmSync(root, { recursive: true }));

test("a member that only our own objects have is ours", () => {
  expect(names.has("mineOnly")).toBe(false);
});

test("a member that an engine's object has too is foreign", () => {
  expect(names.has("shared")).toBe(true);
});

test("a member read from what nobody knows the type of is foreign", () => {
  expect(names.has("jsonField")).toBe(true);
});

test("keys handed to an engine's function are foreign, deep ones too", () => {
  expect(["option", "nested", "deeper"].every((name) => names.has(name))).toBe(true);
});
