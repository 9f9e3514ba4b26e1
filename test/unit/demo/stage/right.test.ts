import { describe, expect, test } from "vitest";
import { type Question, decide } from "../../../../authority/decision.js";
import { CHOICES, FIRST_RIGHTS, changeRights, rightsOf, ruleOf, sayRights, viewQuestion }
  from "../../../../demo/stage/right.js";
import type { Rights } from "../../../../demo/stage/state.js";

const DEVICE = "board@home.example";
const PEER = "visitor@home.example";

const ALL: Rights[] = CHOICES.friend.flatMap((friend) => CHOICES.read.flatMap((read) =>
  CHOICES.control.map((control) => ({ friend, read, control }))));

function ask(rights: Partial<Rights>, question: object) {
  const rule = ruleOf(DEVICE, PEER, { ...FIRST_RIGHTS, ...rights });
  return decide([rule], { device: DEVICE, peer: PEER, nodes: [], fields: [], types: ["momentary"],
    parameters: [], ...question } as unknown as Question);
}

test("each position of the switches is a rule, and the rule is that position again", () => {
  expect(ALL).toHaveLength(60);
  for (const rights of ALL) expect(rightsOf(ruleOf(DEVICE, PEER, rights))).toEqual(rights);
  expect(rightsOf(undefined)).toEqual({ friend: "ask", read: "ask", control: "ask" });
});

describe("the rule means what the switch says", () => {
  test("only temperature", () => {
    expect(ask({ read: "temperature" }, { kind: "read" }))
      .toMatchObject({ result: true, names: ["Temperature"] });
    expect(ask({ read: "temperature" }, { kind: "read", fields: ["Humidity"] }).result).toBe(false);
    expect(ask({ read: "all" }, { kind: "read", fields: ["Humidity"] }).result).toBe(true);
  });

  test("one relay, both, or nothing", () => {
    const relay2 = { kind: "control", nodes: [{ nodeId: "relay2" }], parameters: ["Output"] };
    const results = CHOICES.control.map((control) => ask({ control }, relay2).result);
    expect(results).toEqual([true, false, true, false, false]);
  });

  test("ask me: no, but by no rule", () => {
    expect(ask({ friend: "ask" }, { kind: "friend" }))
      .toMatchObject({ result: false, isRuled: false });
    expect(ask({ friend: "no" }, { kind: "friend" })).toMatchObject({ result: false, isRuled: true });
  });
});

test("a wish changes what it names; what is no right or no choice changes nothing", () => {
  expect(changeRights(FIRST_RIGHTS, { read: "none" })).toEqual({ ...FIRST_RIGHTS, read: "none" });
  for (const wish of [{}, { read: "both" }, { write: "all" }, { read: ["all"] }, { toString: "x" }]) {
    expect(changeRights(FIRST_RIGHTS, wish)).toBeNull();
  }
});

test("a change is said in a sentence each", () => {
  expect(sayRights(FIRST_RIGHTS, { ...FIRST_RIGHTS, read: "none", friend: "yes" })).toEqual([
    "New rule: the visitor may be a friend", "New rule: the visitor may read nothing"]);
  expect(sayRights(FIRST_RIGHTS, FIRST_RIGHTS)).toEqual([]);
});

test("each answer that a question offers is a right of its kind", () => {
  const questions: Question[] = [
    { kind: "friend", device: DEVICE, peer: PEER },
    { kind: "read", device: DEVICE, peer: PEER, nodes: [], fields: [], types: [] },
    { kind: "control", device: DEVICE, peer: PEER, nodes: [], parameters: [] },
    { kind: "control", device: DEVICE, peer: PEER, nodes: [{ nodeId: "relay2" }], parameters: [] },
  ];
  for (const question of questions) {
    const { kind, choices } = viewQuestion("id", question, 1);
    expect(choices.length).toBeGreaterThan(1);
    for (const { choice } of choices) {
      expect(changeRights(FIRST_RIGHTS, { [kind]: choice })).not.toBeNull();
    }
  }
  expect(viewQuestion("id", questions[3]!, 1).choices[0]!.choice).toBe("relay2");
});
