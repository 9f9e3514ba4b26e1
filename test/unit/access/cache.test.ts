/** Decisions: who goes when there is no room, what is written, and what a restart finds. */
import { describe, expect, test } from "vitest";
import {
  AGE_MS, DECISIONS_MAX, DECISION_BYTES_MAX, DECISION_WRITES_MAX, HOUR_MS, VOLATILE_MAX,
} from "../../../firmware/config.js";
import { Verb, list } from "../../../firmware/access/grant.js";
import { Break } from "../../../hal/mock/flash.js";
import { Parts, boot, erased, question } from "../../power/part.js";

const ALICE = "alice@ex.org";
const BOB = "bob@ex.org";
const again = (parts: Parts): Parts => boot(parts.flash.image());
/** Each in an hour of its own. */
let hour = 0;
const fill = (parts: Parts, jid: string, count: number): void => {
  for (let i = 0; i < count; i++) parts.decide(jid, `f${i}`, true, ++hour);
};

test("a grant and a refusal are served as they were, also after a restart", () => {
  const parts = erased(4);
  const grants = [
    { types: list(["momentary"]), nodes: list(["n1"]), names: list(["X"]) },
    { types: "", nodes: list(["n2"]), names: list(["Y"]) },
  ];
  parts.cache.put(question(ALICE, "a"), grants, true, 0);
  parts.cache.put(question(ALICE, "b"), [], true, 0);
  for (const one of [parts, again(parts)]) {
    expect(one.cache.get(question(ALICE, "a"))).toEqual(grants);
    expect(one.cache.get(question(ALICE, "b"))).toEqual([]);
    expect(one.cache.get(question(BOB, "a"))).toBeNull();
    expect([one.cache.entries, one.cache.hits, one.cache.misses]).toEqual([2, 2, 1]);
  }
});

test("every part of a question counts; the order and doubles of names do not", () => {
  const parts = erased(4);
  const base = { ...question(ALICE, "a"), nodes: list(["n"]), types: list(["status"]) };
  parts.cache.put({ ...base, names: list(["a", "b"]) }, [], true, 0);
  expect(parts.cache.get({ ...base, names: list(["b", "a", "b"]) })).toEqual([]);
  const others = [
    { verb: Verb.Control }, { jid: BOB }, { tokens: ["t"] }, { types: "" }, { nodes: "" },
    { names: list(["a"]) },
  ];
  for (const other of others) {
    expect(parts.cache.get({ ...base, names: list(["a", "b"]), ...other })).toBeNull();
  }
});

test("one more than fit: the least recently used goes, and stays away after a restart", () => {
  const parts = erased(16);
  for (let i = 0; i < DECISIONS_MAX; i++) parts.decide(`user${i}@ex.org`, "f", true, i);
  expect(parts.cache.entries).toBe(DECISIONS_MAX);
  expect(parts.served("user0@ex.org", "f")).toBe(true);
  parts.decide(ALICE, "f", true, 999);
  expect(parts.cache.entries).toBe(DECISIONS_MAX);
  for (const one of [again(parts), parts]) {
    expect([one.served("user0@ex.org", "f"), one.served("user1@ex.org", "f")])
      .toEqual([true, false]);
    expect([one.served("user2@ex.org", "f"), one.served(ALICE, "f")]).toEqual([true, true]);
  }
});

test("who has half of the cache drives out his own, and nobody else's", () => {
  const parts = erased(16);
  fill(parts, BOB, DECISIONS_MAX / 2);
  fill(parts, ALICE, DECISIONS_MAX);
  for (let i = 0; i < DECISIONS_MAX / 2; i++) expect(parts.served(BOB, `f${i}`)).toBe(true);
  expect([parts.served(ALICE, "f0"), parts.served(ALICE, "f199")]).toEqual([false, true]);
});

test("with less than half, a newcomer drives out the least recently used", () => {
  const parts = erased(16);
  fill(parts, BOB, DECISIONS_MAX / 2 + 1);
  fill(parts, ALICE, DECISIONS_MAX / 2);
  expect([parts.cache.entries, parts.served(BOB, "f0"), parts.served(ALICE, "f0")])
    .toEqual([DECISIONS_MAX, false, true]);
});

test("what a stranger caused is in RAM alone, and only the last of it", () => {
  const parts = erased(4);
  const before = parts.flash.operations;
  for (let i = 0; i <= VOLATILE_MAX; i++) {
    parts.cache.put(question(`evil${i}@ex.org`, "f"), [], false, 0);
  }
  expect(parts.flash.operations).toBe(before);
  expect([parts.served("evil0@ex.org", "f"), parts.served("evil1@ex.org", "f")])
    .toEqual([false, true]);
  expect(again(parts).served("evil1@ex.org", "f")).toBe(false);
});

test("so many decisions are written in an hour, more are kept in RAM, the next hour writes", () => {
  const parts = erased(8);
  for (let i = 0; i < DECISION_WRITES_MAX; i++) {
    parts.cache.put(question(ALICE, `f${i}`), [], true, 5);
  }
  const before = parts.flash.operations;
  parts.cache.put(question(ALICE, "more"), [], true, HOUR_MS - 1);
  expect([parts.flash.operations, parts.served(ALICE, "more")]).toEqual([before, true]);
  parts.cache.put(question(ALICE, "later"), [], true, HOUR_MS);
  expect(parts.flash.operations).toBeGreaterThan(before);
  expect([again(parts).served(ALICE, "more"), again(parts).served(ALICE, "later")])
    .toEqual([false, true]);
});

test("a decision at the limit is kept, one above it is asked for each time", () => {
  const parts = erased(4);
  // 24 octets of head, 3 of a grant's frame, 2 around its one name.
  const name = "n".repeat(DECISION_BYTES_MAX - 24 - 3 - 2);
  parts.decide(ALICE, name);
  parts.decide(ALICE, `${name}n`);
  expect([parts.served(ALICE, name), parts.served(ALICE, `${name}n`)]).toEqual([true, false]);
  expect(again(parts).served(ALICE, name)).toBe(true);
});

test("a hit writes nothing", () => {
  const parts = erased(4);
  parts.decide(ALICE, "f");
  const before = parts.flash.operations;
  for (let i = 0; i < 1000; i++) parts.served(ALICE, "f");
  expect(parts.flash.operations).toBe(before);
});

test("a thousand clearings cost one write; with nothing to clear, none", () => {
  const parts = erased(4);
  for (let i = 0; i < 10; i++) expect(parts.cache.clear()).toBe(true);
  expect(parts.flash.operations).toBe(0);
  parts.decide(ALICE, "f");
  const before = parts.flash.operations;
  for (let i = 0; i < 1000; i++) expect(parts.cache.clear()).toBe(true);
  expect(parts.flash.operations).toBe(before + 1);
  const next = again(parts);
  expect([next.cache.entries, next.cache.clear(), next.flash.operations]).toEqual([0, true, 0]);
});

test("each clearing raises the generation, also when there is nothing", () => {
  const { cache } = erased(4);
  const before = cache.generation;
  cache.clear();
  cache.clear();
  expect(cache.generation).toBe(before + 2);
});

test("a clearing takes what is in RAM alone, too", () => {
  const parts = erased(4);
  parts.cache.put(question(ALICE, "f"), [], false, 0);
  parts.cache.clear();
  expect(parts.served(ALICE, "f")).toBe(false);
});

test("a clearing that flash does not take is not said to be done, however often it is tried", () => {
  const parts = erased(3);
  parts.decide(ALICE, "f");
  for (let page = 0; page < 3; page++) {
    parts.flash.breakWrites(page, Break.Silent);
    parts.flash.breakErases(page, Break.Silent);
  }
  expect([parts.cache.clear(), parts.cache.clear()]).toEqual([false, false]);
  expect([parts.served(ALICE, "f"), parts.cache.entries]).toEqual([false, 0]);
});

test("a purge takes one caller's decisions, from RAM and flash, for good", () => {
  const parts = erased(4);
  fill(parts, ALICE, 5);
  fill(parts, BOB, 5);
  parts.cache.put(question(ALICE, "fleeting"), [], false, 0);
  parts.cache.put(question(BOB, "fleeting"), [], false, 0);
  const before = parts.cache.generation;
  expect(parts.cache.purge(ALICE)).toBe(true);
  expect(parts.cache.generation).toBe(before + 1);
  expect([parts.served(ALICE, "fleeting"), parts.served(BOB, "fleeting")]).toEqual([false, true]);
  for (const one of [parts, again(parts)]) {
    expect([one.served(ALICE, "f3"), one.served(BOB, "f3"), one.cache.entries])
      .toEqual([false, true, 5]);
  }
});

test("a purge of somebody without decisions writes nothing", () => {
  const parts = erased(4);
  fill(parts, BOB, 3);
  const before = parts.flash.operations;
  expect(parts.cache.purge(ALICE)).toBe(true);
  expect(parts.flash.operations).toBe(before);
});

test("a decision that had to go is not there to come back after the purge", () => {
  const parts = erased(16);
  parts.decide(ALICE, "secret", true, 0);
  for (let i = 0; i < DECISIONS_MAX; i++) parts.decide(`user${i}@ex.org`, "f", true, i);
  expect(parts.served(ALICE, "secret")).toBe(false);
  parts.cache.purge(ALICE);
  const next = again(parts);
  next.cache.purge("user7@ex.org");
  expect(again(next).served(ALICE, "secret")).toBe(false);
});

test("the newer of two answers to one question counts", () => {
  const parts = erased(4);
  parts.decide(ALICE, "f", true);
  parts.decide(ALICE, "f", false);
  expect(parts.cache.entries).toBe(1);
  expect(again(parts).cache.get(question(ALICE, "f"))).toEqual([]);
});

describe("what nobody uses", () => {
  function aged(parts: Parts, nowMs: number): void {
    for (let i = 0; i < DECISIONS_MAX; i++) parts.cache.age(nowMs);
  }

  test("goes after so long of uptime, and not a moment sooner; what is used stays", () => {
    const parts = erased(8);
    fill(parts, ALICE, 5);
    aged(parts, AGE_MS - 1);
    expect(parts.cache.entries).toBe(5);
    aged(parts, AGE_MS);
    // From here on it is counted who is used.
    expect(parts.cache.entries).toBe(5);
    expect(parts.served(ALICE, "f1")).toBe(true);
    fill(parts, BOB, 1);
    aged(parts, 2 * AGE_MS - 1);
    expect(parts.cache.entries).toBe(6);
    aged(parts, 2 * AGE_MS);
    expect(parts.cache.entries).toBe(2);
    expect([parts.served(ALICE, "f0"), parts.served(ALICE, "f1"), parts.served(BOB, "f0")])
      .toEqual([false, true, true]);
    for (const one of [again(parts)]) expect(one.cache.entries).toBe(2);
    aged(parts, 3 * AGE_MS);
    expect(parts.cache.entries).toBe(2);
    aged(parts, 4 * AGE_MS);
    expect(parts.cache.entries).toBe(0);
  });

  test("goes one at a time, so that no tick is long", () => {
    const parts = erased(8);
    fill(parts, ALICE, 3);
    parts.cache.age(AGE_MS);
    for (const left of [2, 1, 0, 0]) {
      parts.cache.age(2 * AGE_MS);
      expect(parts.cache.entries).toBe(left);
    }
  });

  test("is found and given up as ever, with the mark among the others", () => {
    const parts = erased(8);
    fill(parts, ALICE, 3);
    parts.cache.age(AGE_MS);
    fill(parts, BOB, 2);
    expect(parts.cache.purge(ALICE)).toBe(true);
    expect(parts.cache.entries).toBe(2);
    expect(parts.cache.clear()).toBe(true);
    parts.cache.age(2 * AGE_MS);
    expect(parts.cache.entries).toBe(0);
  });
});
