/** Every scene is a promise, named as its file. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "../sim/world.js";
import { playScene } from "./scene.js";

const FOLDER = new URL("./", import.meta.url).pathname;
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".scene")).sort();

test.each(FILES)("%s", (name) => playScene(FOLDER + name));

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
