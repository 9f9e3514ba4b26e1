/** Every scene is a promise, named as its file. */
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "../sim/world.js";
import { playScene } from "./scene.js";

const FOLDER = new URL("./", import.meta.url).pathname;
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".scene")).sort();

test.each(FILES)("%s", (name) => playScene(FOLDER + name));

/** The pictures of XEP-0323 and XEP-0324, numbered as they come: all that there are. */
const DIAGRAMS = [...numbered("0323", 4), ...numbered("0324", 17)];

test.each(DIAGRAMS)("diagram %s is a scene", (diagram) => {
  expect(FILES.filter((name) => diagramsOf(name).includes(diagram))).not.toEqual([]);
});

test("no scene shows a diagram that there is not", () => {
  const shown = new Set(FILES.flatMap(diagramsOf));
  expect([...shown].sort()).toEqual(DIAGRAMS);
});

test("an unknown line is an error with its file and line", () => {
  const text = "# a remark\n\nThe board starts\nThe board dances\n";
  expect(() => playScene("dance.scene", text)).toThrow("dance.scene:4: unknown line: The board");
});

test("an untrue line is an error with its file and line", () => {
  const text = "The board starts\nVisitor receives:\n  <presence …/>\n";
  expect(() => playScene("lie.scene", text)).toThrow("lie.scene:2: Visitor received nothing");
});

test("what is said and not heard is an error", () => {
  const text = "The board starts\nVisitor sends: <iq type='get'><x xmlns='y'/></iq>\n";
  expect(() => playScene("deaf.scene", text)).toThrow("deaf.scene:3: Visitor received <iq");
});

test("payloads that the device sent in the scenes fit the schemas", () => {
  expect(catalogue.report("scenes")).toBe("");
});

function numbered(xep: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${xep}-${String(i).padStart(2, "0")}`);
}

/** As the first line of a scene says: "# Diagram 0324-04, 0324-05: …". */
function diagramsOf(name: string): string[] {
  const said = /^# Diagram ([\d, -]+)/.exec(readFileSync(FOLDER + name, "utf8"))?.[1] ?? "";
  return said.match(/\d{4}-\d\d/g) ?? [];
}
