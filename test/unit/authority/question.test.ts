import { expect, test } from "vitest";
import {
  QUESTIONS_MAX, QUESTIONS_PER_DEVICE_MAX, Questions, answeringRule,
} from "../../../authority/question.js";
import type { Question } from "../../../authority/decision.js";

const friend = (device: string, peer: string): Question => ({ kind: "friend", device, peer });

test("the same question again is one question, asked more often", () => {
  const questions = new Questions();
  questions.ask(friend("d", "p"), 1);
  questions.ask({ kind: "read", device: "d", peer: "p", nodes: [], fields: [], types: [] }, 2);
  expect(questions.ask(friend("d", "p"), 3)).toMatchObject({ times: 2, askedMs: 3 });
  expect(questions.list()).toHaveLength(2);
});

test("of one device, and of all, the oldest give way", () => {
  const questions = new Questions();
  for (let n = 0; n <= QUESTIONS_PER_DEVICE_MAX; n++) questions.ask(friend("d", `p${n}`), n);
  expect(questions.list()).toHaveLength(QUESTIONS_PER_DEVICE_MAX);
  expect(questions.list()[0]!.question.peer).toBe("p1");
  for (let n = 0; n < QUESTIONS_MAX; n++) questions.ask(friend(`d${n}`, "p"), n);
  expect(questions.list()).toHaveLength(QUESTIONS_MAX);
  expect(questions.list()[0]!.question.device).toBe("d0");
});

test("what a rule answers leaves the list", () => {
  const questions = new Questions();
  questions.ask(friend("d", "p"), 1);
  questions.ask(friend("e", "p"), 1);
  expect(questions.settle((question) => question.device === "d")).toBe(true);
  expect(questions.list().map((one) => one.question.device)).toEqual(["e"]);
  expect(questions.settle(() => false)).toBe(false);
});

test("an answer is a rule that leaves other aspects alone", () => {
  const before = { device: "d", peer: "p", friend: true, control: false };
  const read: Question =
    { kind: "read", device: "d", peer: "p", nodes: [], fields: [], types: ["momentary"] };
  expect(answeringRule(read, before, true)).toEqual({ ...before, read: true });
  expect(answeringRule(read, before, true, { fields: ["T"] }))
    .toEqual({ ...before, read: { fields: ["T"] } });
  expect(answeringRule(read, before, false, { fields: ["T"] })).toEqual({ ...before, read: false });
  expect(answeringRule(friend("d", "p"), undefined, true))
    .toEqual({ device: "d", peer: "p", friend: true });
});
