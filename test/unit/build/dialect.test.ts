import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { objections } from "../../../build/dialect.js";
import { objection } from "../../../build/pattern.js";
import { place } from "../../../build/tree.js";

const folder = join(import.meta.dirname, "dialect");
const forbidden = ["syntax", "order", "library", "idiom", "pattern"];

function read(name: string): string {
  return readFileSync(join(folder, `${name}.js`), "utf8");
}

/** line → rules, as the gate sees them. */
function found(text: string): Record<string, string> {
  const lines: Record<string, string[]> = {};
  for (const { rule, start } of objections(text)) {
    (lines[place(text, start).line] ??= []).push(rule);
  }
  return sorted(lines);
}

/** line → rules, as the `//!` at its end says; `/*!` serves lines that cannot end so. */
function promised(text: string): Record<string, string> {
  const lines: Record<string, string[]> = {};
  text.split("\n").forEach((line, index) => {
    const words = /\/[/*]! (.*?)( \*\/.*)?$/.exec(line)?.[1];
    if (words) lines[index + 1] = [words];
  });
  return sorted(lines);
}

function sorted(lines: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(lines)
    .map(([line, rules]) => [line, rules.join(" + ").split(" + ").sort().join(" + ")]));
}

describe("dialect", () => {
  for (const name of forbidden) {
    test(`each construct of ${name}.js is caught on its line, and nothing else`, () => {
      const text = read(name);
      expect(Object.keys(promised(text)).length).toBeGreaterThan(9);
      expect(found(text)).toEqual(promised(text));
    });
  }

  test("what Espruino runs as everybody does draws no complaint", () => {
    expect(found(read("allowed"))).toEqual({});
  });

  test("a method that may be ours is told from the library's by its owner", () => {
    expect(objections("E.kickWatchdog();Math.round(1);Math.floor(2);")).toEqual([]);
  });
});

describe("pattern", () => {
  test.each([
    ["^[a-z]+$", "g"], ["[<>&\"']", "g"], ["a|b", "i"], ["^(\\d+),(\\d+)$", ""],
    ["\\x41\\.\\/", ""],
  ])("/%s/%s runs", (pattern, flags) => {
    expect(objection(pattern, flags)).toBe("");
  });

  test("a bracket in a class does not open a group", () => {
    expect(objection("[(|?{]+", "")).toBe("");
  });
});
