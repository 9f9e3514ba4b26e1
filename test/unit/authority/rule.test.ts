import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ControlQuestion, type ReadQuestion, decide, matchingRules,
} from "../../../authority/decision.js";
import {
  FIELD_TYPES, LIST_MAX, NAME_CHARACTERS_MAX, type NodeRef, type Rule, TYPE_WORDS, parseRule,
} from "../../../authority/rule.js";

const DEVICE = "board@example.org";
const PEER = "ann@example.org";

const rule = (content: Partial<Rule>): Rule => ({ device: DEVICE, peer: PEER, ...content });
const node = (nodeId: string): NodeRef => ({ nodeId });
const read = (content: Partial<ReadQuestion> = {}): ReadQuestion =>
  ({ kind: "read", device: DEVICE, peer: PEER, nodes: [], fields: [], types: ["momentary"],
    ...content });
const control = (content: Partial<ControlQuestion> = {}): ControlQuestion =>
  ({ kind: "control", device: DEVICE, peer: PEER, nodes: [], parameters: [], ...content });

describe("which rule decides", () => {
  test("without any, the answer is no and nobody has decided it", () => {
    for (const question of [read(), control(),
      { kind: "friend", device: DEVICE, peer: PEER } as const]) {
      expect(decide([], question)).toMatchObject({ result: false, isRuled: false });
    }
  });

  test("the most specific with an opinion, in whatever order they are", () => {
    const rules: Rule[] = [
      { device: "*", peer: "*", friend: true, read: true },
      { device: "*", peer: PEER, read: false, control: true },
      { device: DEVICE, peer: "*", read: true },
      { device: DEVICE, peer: PEER, control: false },
      { device: "other@example.org", peer: PEER, friend: false },
    ];
    for (const some of [rules, [...rules].reverse()]) {
      expect(matchingRules(some, DEVICE, PEER).map((one) => `${one.device} ${one.peer}`)).toEqual([
        `${DEVICE} ${PEER}`, `${DEVICE} *`, `* ${PEER}`, "* *"]);
      expect(decide(some, read()).result).toBe(true);
      expect(decide(some, control()).result).toBe(false);
      expect(decide(some, { kind: "friend", device: DEVICE, peer: PEER }).result).toBe(true);
    }
  });

  test("secondary trust is a matter of its own, and not given by default", () => {
    const ask = (rules: Rule[]): boolean =>
      decide(rules, { kind: "friend", device: DEVICE, peer: PEER }).secondaryTrust;
    expect(ask([rule({ friend: true })])).toBe(false);
    expect(ask([rule({ friend: false, secondaryTrust: true })])).toBe(true);
  });
});

describe("narrowing a read", () => {
  const narrowed = (scope: Rule["read"], question: ReadQuestion) =>
    decide([rule({ ...scope !== undefined && { read: scope } })], question);

  test("an unlimited grant repeats no list", () => {
    const answer = narrowed(true, read({ nodes: [node("a")], fields: ["T"] }));
    expect(answer).toEqual(
      { result: true, isRuled: true, secondaryTrust: false, types: ["momentary"] });
  });

  test("nodes and fields are those asked for and allowed", () => {
    const answer = narrowed({ nodes: [node("b"), node("c")], fields: ["T"] },
      read({ nodes: [node("a"), node("b")], fields: ["T", "H"] }));
    expect(answer).toMatchObject({ result: true, nodes: [node("b")], names: ["T"] });
  });

  test("who asks for everything gets the list of what is allowed", () => {
    expect(narrowed({ nodes: [node("b")], fields: ["T"] }, read()))
      .toMatchObject({ result: true, nodes: [node("b")], names: ["T"] });
  });

  test("nothing left of any list is a no", () => {
    expect(narrowed({ nodes: [node("b")] }, read({ nodes: [node("a")] })).result).toBe(false);
    expect(narrowed({ fields: ["T"] }, read({ fields: ["H"] })).result).toBe(false);
    expect(narrowed({ types: ["status"] }, read()).result).toBe(false);
    expect(narrowed({ nodes: [] }, read()).result).toBe(false);
    expect(narrowed({ nodes: [node("a")], fields: [] }, read()).result).toBe(false);
  });

  test("types: the shorthands mean what they stand for", () => {
    const types = (allowed: string[], asked: string[]): string[] | false => {
      const answer = narrowed({ types: allowed }, read({ types: asked }));
      return answer.result && answer.types;
    };
    expect(types(["momentary"], ["all"])).toEqual(["momentary"]);
    expect(types(["all"], ["all"])).toEqual(["all"]);
    expect(types(["historical"], ["historicalDay", "peak"])).toEqual(["historicalDay"]);
    expect(types(["historicalDay"], ["historical"])).toEqual(["historicalDay"]);
    expect(types(FIELD_TYPES, ["historical"])).toEqual(["historical"]);
    expect(types(["historical"], ["momentary"])).toBe(false);
  });

  test("a node of another source is another node", () => {
    const other = { nodeId: "a", sourceId: "s" };
    expect(narrowed({ nodes: [node("a")] }, read({ nodes: [other] })).result).toBe(false);
    expect(narrowed({ nodes: [other] }, read({ nodes: [other, node("a")] })).nodes)
      .toEqual([other]);
  });
});

test("a control is narrowed to nodes and parameters", () => {
  const rules = [rule({ control: { nodes: [node("r1")], parameters: ["Output"] } })];
  expect(decide(rules, control({ nodes: [node("r1"), node("r2")], parameters: ["Output"] })))
    .toMatchObject({ result: true, nodes: [node("r1")] });
  expect(decide(rules, control({ parameters: ["Other"] })).result).toBe(false);
  expect(decide(rules, read()).isRuled).toBe(false);
});

test("no answer ever holds what was not asked for, or not allowed", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));
  const types = fc.uniqueArray(fc.constantFrom(...TYPE_WORDS), { maxLength: 4 });
  const lists = fc.record({ nodes: names, fields: names, types: types });
  fc.assert(fc.property(lists, fc.record({ nodes: names, fields: names, types },
    { requiredKeys: [] }), (asked, allowed) => {
    const question = read({ ...asked, nodes: asked.nodes.map(node),
      types: asked.types.length > 0 ? asked.types : ["momentary"] });
    const scope = { ...allowed, ...allowed.nodes && { nodes: allowed.nodes.map(node) } };
    const answer = decide([rule({ read: scope as Rule["read"] & object })], question);
    if (!answer.result) return;
    const subset = (got: string[], of: string[]): boolean => got.every((one) => of.includes(one));
    const nodes = answer.nodes?.map((one) => one.nodeId) ?? asked.nodes;
    const fields = answer.names ?? asked.fields;
    if (asked.nodes.length > 0) expect(subset(nodes, asked.nodes)).toBe(true);
    if (asked.fields.length > 0) expect(subset(fields, asked.fields)).toBe(true);
    if (allowed.nodes) expect(nodes.length > 0 && subset(nodes, allowed.nodes)).toBe(true);
    if (allowed.fields) expect(fields.length > 0 && subset(fields, allowed.fields)).toBe(true);
    expect(subset(expand(answer.types), expand(question.types))).toBe(true);
    if (allowed.types) expect(subset(expand(answer.types), expand(allowed.types))).toBe(true);
  }));
});

function expand(types: string[]): string[] {
  return FIELD_TYPES.filter((type) => types.includes(type) || types.includes("all")
    || (types.includes("historical") && type.startsWith("historical")));
}

describe("parsing a rule", () => {
  test("JIDs become bare and canonical, nodes become references", () => {
    expect(parseRule({ device: "Board@Example.org/x", peer: "*", friend: true,
      read: { nodes: ["a", { nodeId: "b", sourceId: "s" }], fields: ["T", "T"] } }))
      .toEqual({ device: "board@example.org", peer: "*", friend: true,
        read: { nodes: [{ nodeId: "a" }, { nodeId: "b", sourceId: "s" }], fields: ["T"] } });
  });

  test.each([
    [null], [[]], [{}], [{ device: "*" }], [{ device: "", peer: "*" }],
    [{ device: "@x", peer: "*" }], [{ device: "*", peer: "*", friend: "yes" }],
    [{ device: "*", peer: "*", read: "yes" }], [{ device: "*", peer: "*", read: { nodes: "a" } }],
    [{ device: "*", peer: "*", read: { parameters: ["a"] } }],
    [{ device: "*", peer: "*", read: { types: ["hourly"] } }],
    [{ device: "*", peer: "*", read: { fields: [""] } }],
    [{ device: "*", peer: "*", control: { nodes: [{ sourceId: "a" }] } }],
    [{ device: "*", peer: "*", control: { nodes: Array(LIST_MAX + 1).fill("a") } }],
  ])("%j is none", (value) => {
    expect(typeof parseRule(value)).toBe("string");
  });

  test("a list and a name are as long as they may be, and no longer", () => {
    const scoped = (read: object) => typeof parseRule({ device: "*", peer: "*", read });
    const names = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);
    expect(scoped({ fields: names(LIST_MAX), nodes: names(LIST_MAX) })).toBe("object");
    expect(scoped({ fields: names(LIST_MAX + 1) })).toBe("string");
    expect(scoped({ nodes: names(LIST_MAX + 1) })).toBe("string");
    expect(scoped({ fields: ["f".repeat(NAME_CHARACTERS_MAX)] })).toBe("object");
    expect(scoped({ fields: ["f".repeat(NAME_CHARACTERS_MAX + 1)] })).toBe("string");
    expect(scoped({ nodes: ["n".repeat(NAME_CHARACTERS_MAX + 1)] })).toBe("string");
  });
});
