/** What a day can cost the flash at most, and what a town's restart asks. */
import { expect, test } from "vitest";
import { AUTHORITY_COMPONENT, World } from "../sim/world.js";
import { DECISION_BYTES_MAX, HOUR_MS } from "../../firmware/config.js";
import { erased, question } from "./part.js";
import { town } from "./town.js";

/** DESIGN.md, "Wear". */
const ERASES_A_DAY = 192;
/** The credit of copies that a start gives. */
const HALF_A_TURN = 8;
const DAYS = 2;

test("the worst day of a friend and of clearings costs each page 12 erases", () => {
  const parts = erased(16);
  const name = "n".repeat(DECISION_BYTES_MAX - 24 - 3 - 2 - 6);
  for (let minute = 0; minute < DAYS * 24 * 60; minute++) {
    const nowMs = minute * HOUR_MS / 60;
    for (let i = 0; i < 3; i++) {
      const one = question("friend@ex.org", `${name}${String(minute * 3 + i).padStart(6, "0")}`);
      parts.cache.put(one, [{ types: "", nodes: "", names: one.names }], true, nowMs);
    }
    if (minute % 900 === 899) parts.cache.clear();
  }
  expect(parts.pages.erases).toBeLessThanOrEqual(DAYS * ERASES_A_DAY + HALF_A_TURN);
  const erases = parts.flash.wear.map((one) => one.erases);
  expect(Math.max(...erases)).toBeLessThanOrEqual(Math.min(...erases) * 1.1);
  expect(parts.fault).toBe(0);
});

test("a storm of clearings writes as often as there is something to clear", () => {
  const parts = erased(16);
  for (let minute = 0; minute < 24 * 60; minute++) {
    for (let i = 0; i < 20; i++) {
      const one = question("friend@ex.org", `n${minute} ${i}`);
      parts.cache.put(one, [], true, minute * HOUR_MS / 60);
      parts.cache.clear();
    }
  }
  expect(parts.flash.writes).toBeLessThanOrEqual(2 * 24 * 61 + parts.pages.erases * 4);
  expect(parts.pages.erases).toBeLessThanOrEqual(24);
});

test("strangers and pairing attempts without a press write nothing", () => {
  const world = new World().start();
  const before = world.board.flash.operations;
  for (let i = 0; i < 30; i++) {
    world.stranger(`evil${i}@ex.org/x`).befriend();
    world.skip(31_000);
  }
  expect(world.board.flash.operations).toBe(before);
});

test("strangers that are refused write nothing, friends of friends once", () => {
  const world = new World();
  const authority = world.trusting(AUTHORITY_COMPONENT);
  authority.decide("no");
  const before = world.board.flash.operations;
  for (let i = 0; i < 30; i++) {
    const stranger = world.stranger(`evil${i}@ex.org/x`);
    stranger.befriend();
    stranger.read();
    stranger.switch("relay1", true);
    world.pass(500);
  }
  expect(authority.hears().length).toBeGreaterThan(0);
  expect(world.board.flash.operations).toBe(before);
});

test("when a town gets its power back, nobody is asked; without the journal, everybody's", () => {
  const known = town(3, true);
  expect([known.questions, known.served, known.writes]).toEqual([0, 9, 0]);
  const unknown = town(3, false);
  expect([unknown.questions, unknown.served]).toEqual([9, 9]);
});
