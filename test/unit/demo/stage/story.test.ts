import { expect, test } from "vitest";
import { FIRST_RIGHTS } from "../../../../demo/stage/right.js";
import { type Facts, tell } from "../../../../demo/stage/story.js";

const START: Facts = {
  isPowered: true, isOnline: true, isAuthorityOn: true, candidate: null, asking: "never", isWeary: false,
  isTrusting: false, friendship: "none", seesBoard: false, question: "", rights: FIRST_RIGHTS,
  isClearing: false, hasRead: false, hasSwitched: false, wasForbidden: false, hasLearned: false, wasCut: false,
  hasRemembered: false,
};

/** The number of the step to do (8 is the encore), and its button. */
function now(...changes: Partial<Facts>[]): [number, string, object?] {
  const steps = tell(Object.assign({}, START, ...changes) as Facts);
  const at = steps.findIndex(({ state }) => state === "now");
  expect(steps.filter(({ state, action }) => state !== "now" && action).length)
    .toBeLessThanOrEqual(at < 0 ? 1 : 0);
  for (const step of steps) expect(step.text).not.toBe("");
  const action = steps[at]?.action;
  return action ? [at + 1, action.act, action.body] : [at + 1, ""];
}

const TRUSTED: Partial<Facts> = { asking: "accepted", isTrusting: true };
const FRIEND: Partial<Facts> = { ...TRUSTED, friendship: "accepted", seesBoard: true,
  rights: { ...FIRST_RIGHTS, friend: "yes" } };
const TOLD: Partial<Facts> = { ...FRIEND, hasRead: true, hasSwitched: true, wasForbidden: true };

test("the steps in their order, each with the button that does the next thing", () => {
  expect(now()).toEqual([1, "befriend", {}]);
  expect(now({ asking: "asked", candidate: "authority" })).toEqual([2, "button", { press: 250 }]);
  expect(now({ asking: "accepted" })).toEqual([3, ""]);
  expect(now(TRUSTED)).toEqual([4, "ask", {}]);
  expect(now(FRIEND)).toEqual([5, "read", { what: "all" }]);
  expect(now(FRIEND, { hasRead: true })).toEqual([6, "switch", { relay: "relay1", on: true }]);
  expect(now(FRIEND, { hasRead: true, hasSwitched: true })).toEqual([7, "right", { read: "none" }]);
  const forbidden = { rights: { ...FIRST_RIGHTS, read: "none" as const } };
  expect(now(FRIEND, { hasRead: true, hasSwitched: true }, forbidden))
    .toEqual([7, "read", { what: "all" }]);
  expect(now(TOLD, forbidden)).toEqual([8, "right", { read: "all" }]);
});

test("nobody pressed: the request can be sent again", () => {
  expect(now({ asking: "refused" })).toEqual([2, "befriend", {}]);
  expect(now({ asking: "refused", isWeary: true })).toEqual([2, "power", { on: false }]);
});

test("the LED that blinks for the visitor is not the story's", () => {
  expect(now({ asking: "asked", candidate: "visitor" })).toEqual([2, ""]);
});

test("the question of the friendship is answered, or the rule set, and asked again", () => {
  expect(now(TRUSTED, { friendship: "refused", question: "q" }))
    .toEqual([4, "answer", { id: "q", choice: "yes" }]);
  const refused: Partial<Facts> = { ...TRUSTED, friendship: "refused" };
  expect(now(refused, { rights: { ...FIRST_RIGHTS, friend: "no" } }))
    .toEqual([4, "right", { friend: "yes" }]);
  expect(now(refused, { rights: { ...FIRST_RIGHTS, friend: "yes" } })).toEqual([4, "ask", {}]);
});

test("rights that are too narrow for a step are widened first", () => {
  expect(now(FRIEND, { rights: { ...FIRST_RIGHTS, read: "ask" } }))
    .toEqual([5, "right", { read: "all" }]);
  expect(now(FRIEND, { hasRead: true, rights: { ...FIRST_RIGHTS, control: "none" } }))
    .toEqual([6, "right", { control: "relay1" }]);
  expect(now(FRIEND, { hasRead: true, rights: { ...FIRST_RIGHTS, control: "relay2" } }))
    .toEqual([6, "switch", { relay: "relay2", on: true }]);
});

test("nothing is asked of a board that has not heard of the new rule", () => {
  const heard = { rights: { ...FIRST_RIGHTS, read: "none" as const, friend: "yes" as const } };
  const facts = [FRIEND, { hasRead: true, hasSwitched: true }, heard];
  expect(now(...facts, { isClearing: true })).toEqual([7, ""]);
  expect(now(...facts, { isClearing: false })).toEqual([7, "read", { what: "all" }]);
  expect(now(FRIEND, { isClearing: true })).toEqual([5, ""]);
  expect(now(FRIEND, { hasRead: true, isClearing: true })).toEqual([6, ""]);
  const refused: Partial<Facts> = { ...TRUSTED, friendship: "refused", isClearing: true };
  expect(now(refused, heard)).toEqual([4, ""]);
  // What is no question to the board can be done meanwhile.
  expect(now(refused)).toEqual([4, "right", { friend: "yes" }]);
  expect(now(FRIEND, { isClearing: true, isPowered: false })).toEqual([5, "power", { on: true }]);
});

test("without power, or without the provisioning server, that comes first", () => {
  expect(now({ isPowered: false, isOnline: false })).toEqual([1, "power", { on: true }]);
  expect(now(FRIEND, { isAuthorityOn: false })).toEqual([5, "authority", { on: true }]);
  expect(now(TRUSTED, { isOnline: false })).toEqual([4, ""]);
});

test("the encore: learn, take both away, give one back, read", () => {
  const learned = { ...TOLD, hasLearned: true };
  expect(now(TOLD, { isPowered: false })).toEqual([8, "power", { on: true }]);
  expect(now(TOLD)).toEqual([8, "read", { what: "all" }]);
  expect(now(learned)).toEqual([8, "authority", { on: false }]);
  expect(now(learned, { isAuthorityOn: false })).toEqual([8, "power", { on: false }]);
  expect(now(learned, { isAuthorityOn: false, isPowered: false, isOnline: false, wasCut: true }))
    .toEqual([8, "power", { on: true }]);
  const back = { ...learned, isAuthorityOn: false, wasCut: true };
  expect(now(back, { seesBoard: false })).toEqual([8, ""]);
  expect(now(back)).toEqual([8, "read", { what: "all" }]);
  expect(now(back, { hasRemembered: true })).toEqual([0, ""]);
  const end = tell({ ...START, ...back, hasRemembered: true }).at(-1)!;
  expect(end).toMatchObject({ state: "done", action: { act: "restart" } });
});

test("what was done out of order counts, and the first that was not is next", () => {
  const steps = tell({ ...START, friendship: "accepted", hasRead: true });
  expect(steps.map(({ state }) => state))
    .toEqual(["now", "later", "later", "done", "done", "later", "later", "later"]);
});
