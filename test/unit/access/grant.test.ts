import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Verb, covers, intersect, isFull, list, nodeKey, packGrants, permits, unpackGrants,
} from "../../../firmware/access/grant.js";
import type { Grant, Question } from "../../../firmware/access/grant.js";

const NODES = ["n1", "n2", "n3", nodeKey("n1", "s", "")];
const NAMES = ["X", "Y", "Z", "x"];
const TYPES = ["momentary", "peak", "status", "computed", "identity", "historicalSecond",
  "historicalDay", "historicalOther"];
const WORDS = [...TYPES, "all", "historical"];

const subset = (words: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...words), { maxLength: 6 }).map(list);
const aGrant = fc.record({ types: subset(WORDS), nodes: subset(NODES), names: subset(NAMES) });
const aQuestion = aGrant.map((lists): Question =>
  ({ verb: Verb.Read, jid: "a@b", from: "", tokens: ["", "", ""], ...lists }));

function question(types: string[], nodes: string[], names: string[]): Question {
  return { verb: Verb.Read, jid: "a@b", from: "", tokens: ["", "", ""], types: list(types),
    nodes: list(nodes), names: list(names) };
}

function grant(types: string[], nodes: string[], names: string[]): Grant {
  return { types: list(types), nodes: list(nodes), names: list(names) };
}

/** Every single thing that grants permit. */
function reach(grants: Grant[]): string[] {
  const found: string[] = [];
  for (const node of NODES) {
    for (const name of NAMES) {
      for (const type of TYPES) {
        if (permits(grants, node, name, type)) found.push(`${node} ${name} ${type}`);
      }
    }
  }
  return found;
}

describe("a list", () => {
  test("does not depend on order or repetition", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...NODES, "", "a\x02b")), (names) => {
      const shuffled = [...names].reverse().concat(names.slice(0, 2));
      expect(list(shuffled)).toBe(list(names));
    }));
  });

  test("keeps names apart that begin or end alike", () => {
    const names = ["a", "ab", "b", "ba", "A", "abc", "bc"];
    expect(list(names)).toBe(`\x01${[...names].sort().join("\x01")}\x01`);
    expect(list([])).toBe("");
  });

  test("leaves what it was made of as it was", () => {
    const names = ["b", "a"];
    list(names);
    expect(names).toEqual(["b", "a"]);
  });
});

test("a node of a source is another than the one without, or of another source", () => {
  const keys = [nodeKey("n", "", ""), nodeKey("n", "s", ""), nodeKey("n", "", "s"),
    nodeKey("n", "s", "c"), nodeKey("n", "c", "s"), nodeKey("ns", "", "c")];
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) {
    expect(permits([{ types: "", nodes: list([key]), names: "" }], "n", "X", ""))
      .toBe(key === "n");
  }
});

describe("field types", () => {
  test.each([
    [["momentary"], "momentary", true], [["momentary"], "peak", false], [["all"], "momentary", true],
    [["all"], "historicalDay", true], [["all"], "historical", true],
    [["historical"], "historicalDay", true], [["historical"], "historicalOther", true],
    [["historical"], "momentary", false], [["historicalDay"], "historical", false],
    [["historicalDay"], "historicalHour", false], [["momentary", "peak"], "all", false],
    [[], "momentary", true],
  ])("%j cover %s: %s", (types, type, expected) => {
    expect(covers(list(types), type)).toBe(expected);
  });
});

describe("request and answer", () => {
  test.each([
    ["all is granted of all that was asked", question(["momentary"], ["n1"], ["X"]), grant([], [], []),
      grant(["momentary"], ["n1"], ["X"])],
    ["a node is taken away", question(["momentary"], ["n1", "n2"], []), grant(["momentary"], ["n2"], []),
      grant(["momentary"], ["n2"], [])],
    ["fields are named though none were asked for", question(["momentary"], [], []),
      grant(["momentary"], [], ["X", "Y"]), grant(["momentary"], [], ["X", "Y"])],
    ["more is offered than was asked", question(["momentary"], ["n1"], ["X"]),
      grant(["all"], ["n1", "n2", "n3"], ["X", "Y"]), grant(["momentary"], ["n1"], ["X"])],
    ["types are narrowed (N10)", question(["momentary", "peak"], [], []), grant(["peak"], [], []),
      grant(["peak"], [], [])],
    ["no types are as requested (N10)", question(["momentary", "peak"], [], []), grant([], [], ["X"]),
      grant(["momentary", "peak"], [], ["X"])],
    ["all is narrowed to what is named", question(["all"], [], []),
      grant(["momentary", "historicalDay"], [], []), grant(["momentary", "historicalDay"], [], [])],
    ["historical is narrowed to a period", question(["historical", "momentary"], [], []),
      grant(["historicalDay"], [], []), grant(["historicalDay"], [], [])],
    ["a period is within historical", question(["historicalDay"], [], []),
      grant(["historical"], [], []), grant(["historicalDay"], [], [])],
    ["all and historical meet in historical", question(["all"], [], []), grant(["historical"], [], []),
      grant(["historical"], [], [])],
    ["other nodes: nothing", question(["momentary"], ["n1"], []), grant([], ["n2"], []), null],
    ["other fields: nothing", question(["momentary"], [], ["X"]), grant([], [], ["Y"]), null],
    ["fields in capitals are others", question(["momentary"], [], ["X"]), grant([], [], ["x"]), null],
    ["other types: nothing", question(["momentary"], [], []), grant(["peak", "historical"], [], []),
      null],
    ["an id alone is every node that has it, one of a source, too", question(["momentary"], ["n1"], []),
      grant([], [nodeKey("n1", "s", "")], []), grant(["momentary"], [nodeKey("n1", "s", "")], [])],
    ["a node of a source is within its id", question(["momentary"], [nodeKey("n1", "s", "")], []),
      grant([], ["n1"], []), grant(["momentary"], [nodeKey("n1", "s", "")], [])],
    ["a node of another source: nothing", question(["momentary"], [nodeKey("n1", "s", "")], []),
      grant([], [nodeKey("n1", "t", ""), nodeKey("n1", "s", "c")], []), null],
  ])("%s", (_, asked, answered, expected) => {
    expect(intersect(asked, answered)).toEqual(expected);
  });

  test("what is effective was asked for and was granted, and all of that is effective", () => {
    fc.assert(fc.property(aQuestion, aGrant, (asked, answered) => {
      const effective = intersect(asked, answered);
      const both = reach([asked]).filter((one) => reach([answered]).includes(one));
      expect(effective ? reach([effective]) : []).toEqual(both);
    }), { numRuns: 400 });
  });

  test("it does not matter in which order things are named, or how often", () => {
    const many = fc.array(fc.constantFrom(...NODES), { maxLength: 5 });
    fc.assert(fc.property(many, many, fc.array(fc.constantFrom(...WORDS)), (nodes, other, types) => {
      const shuffle = (names: string[]): string[] => [...names, ...names].reverse();
      expect(intersect(question(shuffle(types), shuffle(nodes), []), grant([], shuffle(other), [])))
        .toEqual(intersect(question(types, nodes, []), grant([], other, [])));
    }));
  });

  test("nothing was taken away exactly where the answer does not restrict", () => {
    fc.assert(fc.property(aQuestion, aGrant, (asked, answered) => {
      const effective = intersect(asked, answered);
      if (effective && isFull(asked, effective)) {
        expect(reach([effective])).toEqual(reach([asked]));
      }
      expect(isFull(asked, intersect(asked, { types: "", nodes: "", names: "" })!)).toBe(true);
    }), { numRuns: 200 });
  });
});

describe("the union of several answers", () => {
  test("is no cross product: n1/X from one and n2/Y from another is neither n1/Y nor n2/X", () => {
    const union = [grant([], ["n1"], ["X"]), grant([], ["n2"], ["Y"])];
    expect(permits(union, "n1", "X", "momentary")).toBe(true);
    expect(permits(union, "n2", "Y", "momentary")).toBe(true);
    expect(permits(union, "n1", "Y", "momentary")).toBe(false);
    expect(permits(union, "n2", "X", "momentary")).toBe(false);
  });

  test("nor across types", () => {
    const union = [grant(["momentary"], [], ["X"]), grant(["peak"], [], ["Y"])];
    expect(permits(union, "n1", "X", "peak")).toBe(false);
    expect(permits(union, "n1", "Y", "momentary")).toBe(false);
  });

  test("reaches what one of them reaches, and nothing else", () => {
    fc.assert(fc.property(fc.array(aGrant, { maxLength: 3 }), (grants) => {
      const each = new Set(grants.flatMap((one) => reach([one])));
      expect(new Set(reach(grants))).toEqual(each);
    }), { numRuns: 200 });
  });

  test("of nothing permits nothing", () => {
    expect(permits([], "n1", "X", "momentary")).toBe(false);
    expect(permits([], "", "", "")).toBe(false);
  });
});

test("grants come back from their octets as they were; a refusal is none", () => {
  fc.assert(fc.property(fc.array(aGrant, { maxLength: 4 }), (grants) => {
    expect(unpackGrants(packGrants(grants))).toEqual(grants);
  }));
  expect(packGrants([])).toBe("");
  expect(unpackGrants("")).toEqual([]);
});
