import { expect, test } from "vitest";
import { type ArrivalFacts, tellArrival, Way } from "../../../../demo/stage/arrival.js";

const START: ArrivalFacts = {
  isHere: true, isAwaited: false, way: Way.Apart, fault: "", isAuthorityOn: true,
  isTrusting: false, hasRead: false,
};

/** The number of the step to do, 0 for none, and how it stands. */
function now(changes: Partial<ArrivalFacts> = {}): [number, string] {
  const steps = tellArrival({ ...START, ...changes });
  const open = steps.filter(({ state }) => state === "now" || state === "failed");
  expect(open.length).toBeLessThanOrEqual(1);
  for (const step of steps) expect(step.text).not.toBe("");
  const at = steps.indexOf(open[0]!);
  return [at + 1, steps[at]?.state ?? ""];
}

test("a board in its box has no story yet", () => {
  expect(tellArrival({ ...START, isHere: false })).toEqual([]);
});

test("the steps in their order", () => {
  const awaited = { isAwaited: true };
  expect(now()).toEqual([1, "now"]);
  expect(now(awaited)).toEqual([2, "now"]);
  expect(now({ ...awaited, way: Way.Looking })).toEqual([3, "now"]);
  expect(now({ ...awaited, way: Way.Met })).toEqual([4, "now"]);
  expect(now({ ...awaited, way: Way.Proved })).toEqual([5, "now"]);
  expect(now({ ...awaited, way: Way.Given })).toEqual([6, "now"]);
  expect(now({ way: Way.Online })).toEqual([7, "now"]);
  expect(now({ way: Way.Online, isTrusting: true })).toEqual([8, "now"]);
  expect(now({ way: Way.Online, isTrusting: true, hasRead: true })).toEqual([0, ""]);
});

test("the button may be pressed before the code is typed", () => {
  const steps = tellArrival({ ...START, way: Way.Looking });
  expect(steps.map(({ state }) => state).slice(0, 3)).toEqual(["now", "done", "later"]);
});

test("a provisioning server that is switched off is what the new board waits for", () => {
  const step = tellArrival({ ...START, way: Way.Online, isAuthorityOn: false })[6]!;
  expect(step).toMatchObject({ state: "now", text: expect.stringContaining("switch it on") });
});

test.each(["code", "gone", "offer"] as const)("what failed (%s) says what to do", (fault) => {
  expect(now({ isAwaited: true, fault })).toEqual([2, "failed"]);
  const step = tellArrival({ ...START, isAwaited: true, fault })[1]!;
  expect(step.text).toMatch(/[Pp]ress its button again/);
});
