import { expect, test } from "vitest";
import { find, has, items, lookup, without } from "../../../firmware/xml/list.js";

const NAMES = "\x01a\x01bc\x01";
const VALUES = "\x01a\x02one\x01b\x02\x01ab\x02two\x01";

test("a name is found whole, or not at all", () => {
  expect(["a", "bc", "b", "c", "", "a\x01bc\x01d"].map((name) => has(NAMES, name)))
    .toEqual([true, true, false, false, false, false]);
  expect(has("", "a")).toBe(false);
});

test("what only begins at the end of a text is not found, whatever the engine says", () => {
  const lying = { length: 3, indexOf: () => 2 } as unknown as string;
  expect(find(lying, "yb", 0)).toBe(-1);
  expect(find(lying, "y", 0)).toBe(2);
  expect(find("xxyb", "yb", 0)).toBe(2);
  expect(find("ybxx", "yb", 1)).toBe(-1);
});

test("a value is that of its name, and may be empty", () => {
  expect(["a", "b", "ab", "c"].map((name) => lookup(VALUES, name)))
    .toEqual(["one", "", "two", null]);
});

test("an entry that is taken out leaves the others as they were", () => {
  expect(without(VALUES, "b")).toBe("\x01a\x02one\x01ab\x02two\x01");
  expect(without(without(without(VALUES, "a"), "b"), "ab")).toBe("\x01");
  expect(without(VALUES, "c")).toBe(VALUES);
});

test("the items are those that were packed", () => {
  expect(items(NAMES)).toEqual(["a", "bc"]);
  expect(items("\x01")).toEqual([]);
  expect(items("")).toEqual([]);
});
