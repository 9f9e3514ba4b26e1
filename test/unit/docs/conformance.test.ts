/** CONFORMANCE.md does not lie: all rows are there, and what they name exists under that name. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../build/project.js";

/** Every row of the requirements that a device has a part in, and all of B and C. */
const REQUIRED = [
  ...rows("R", [1, ...range(3, 12), 14, 16, ...range(21, 24), 27, 28, 29, 30, 33, ...range(35, 39),
    ...range(41, 47), ...range(49, 55), ...range(66, 70), 72, ...range(74, 77), 79, 80, 81]),
  ...rows("B", range(1, 22)),
  ...rows("C", range(1, 17)),
  ...rows("P", range(1, 37)),
];

interface Row {
  id: string;
  clause: string;
  text: string;
  sources: string;
  tests: string;
}

const TABLE = readFileSync(join(ROOT, "CONFORMANCE.md"), "utf8").split("\n")
  .filter((line) => /^\| [A-Z]\d/.test(line))
  .map((line): Row => {
    const [, id, clause, text, sources, tests] = line.split("|").map((cell) => cell.trim());
    return { id: id!, clause: clause!, text: text!, sources: sources!, tests: tests! };
  });

test("every row is there, once, in its order", () => {
  expect(TABLE.map(({ id }) => id)).toEqual(REQUIRED);
});

test("no row of XEP-0324 is left out", () => {
  expect(TABLE.filter(({ id, text }) => id.startsWith("R") && text.includes("left out"))).toEqual([]);
});

test.each(TABLE)("$id has its sources and its tests, or says why not", (row) => {
  const sources = linksOf(row.sources);
  const proofs = linksOf(row.tests);
  // A reason is what comes after the words; one that refers to another row has its reason there.
  const why = /left out(?: with ([A-Z]\d+))?(?:: | )?(.*)/.exec(row.text);
  if (why) expect(why[1] ?? why[2]).not.toBe("");
  if (why?.[1]) expect(TABLE.find(({ id }) => id === why[1])!.text).toContain("left out");
  if (!why || !row.text.startsWith("left out")) {
    expect(sources).not.toEqual([]);
    expect(proofs).not.toEqual([]);
  }
  expect(sources.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(proofs.flatMap(faultOf)).toEqual([]);
});

test.each([
  ["a file that is not there", "[x](test/x.test.ts): \"it works\""],
  ["a title that no test has", "[x](test/unit/docs/conformance.test.ts): \"it works" + " well\""],
  ["a test without its title", "[x](test/unit/docs/conformance.test.ts)"],
  ["what is no test", "[x](test/sim/world.ts): \"World\""],
  ["a scene under another name", "[scene](test/scenes/the-story.scene): another story"],
])("%s would be found", (_what, cell) => {
  expect(linksOf(cell).flatMap(faultOf)).toHaveLength(1);
});

interface Link {
  path: string;
  /** What stands behind the colon, without its quotes; "" for nothing. */
  name: string;
}

function linksOf(cell: string): Link[] {
  return [...cell.matchAll(/\[[^\]]+\]\(([^)]+)\)(?:: (?:"([^"]*)"|([^;"]*)))?/g)]
    .map(([, path, title, scene]) => ({ path: path!, name: title ?? scene?.trim() ?? "" }));
}

/** What is wrong with a link to a test. */
function faultOf({ path, name }: Link): string[] {
  if (!existsSync(join(ROOT, path))) return [`${path} is not there`];
  if (path.endsWith(".scene")) {
    const title = path.split("/").at(-1)!.replace(".scene", "").replaceAll("-", " ");
    return title === name ? [] : [`${path} is not named "${name}"`];
  }
  const source = readFileSync(join(ROOT, path), "utf8");
  return name !== "" && titlesOf(source).has(name) ? [] : [`${path} has no test "${name}"`];
}

/** Of tests and groups of tests, and the first words in the lines of their tables. */
function titlesOf(source: string): Set<string> {
  const calls = /\b(?:test|describe)(?:\.\w+)*\(\s*"((?:[^"\\]|\\.)+)"/g;
  const tables = /\]\)\(\s*"((?:[^"\\]|\\.)+)"|\)\)\(\s*"((?:[^"\\]|\\.)+)"/g;
  const named = /\.(?:skipIf|each)\([^;]*?\)\(\s*"((?:[^"\\]|\\.)+)"/g;
  const lines = /^ {4,}\["((?:[^"\\]|\\.)+)", /gm;
  const found = new Set<string>();
  for (const shape of [calls, tables, named, lines]) {
    for (const match of source.matchAll(shape)) found.add((match[1] ?? match[2])!);
  }
  return found;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function rows(letter: string, numbers: number[]): string[] {
  return numbers.map((number) => `${letter}${number}`);
}
