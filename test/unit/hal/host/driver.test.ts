import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TICK_MS } from "../../../../firmware/config.js";
import { Driver } from "../../../../hal/host/driver.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createDriver() {
  const ticks: number[] = [];
  let looks = 0;
  const clock = { nowMs: () => Date.now(), utcMs: () => 0 };
  const ticker = { tick: (nowMs: number) => void ticks.push(nowMs) };
  const driver = new Driver(clock, ticker, () => { looks++; });
  return { driver, ticks, looks: () => looks };
}

test("ticks come at once and then at least every TICK_MS, each followed by a look", () => {
  const { driver, ticks, looks } = createDriver();
  const startMs = Date.now();
  driver.start();
  expect(ticks).toEqual([startMs]);
  vi.advanceTimersByTime(10000);
  const gaps = ticks.slice(1).map((at, i) => at - ticks[i]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(TICK_MS);
  expect(ticks.length).toBeGreaterThan(10000 / TICK_MS);
  expect(looks()).toBe(ticks.length);
});

test("lost time is not made up", () => {
  const { driver, ticks } = createDriver();
  driver.start();
  vi.setSystemTime(Date.now() + 3600000);
  vi.advanceTimersByTime(TICK_MS);
  expect(ticks.length).toBeLessThan(4);
});

test("a tick in between moves the next one, and after stop there is none", () => {
  const { driver, ticks } = createDriver();
  driver.start();
  vi.advanceTimersByTime(10);
  driver.tick();
  expect(ticks.length).toBe(2);
  driver.stop();
  driver.tick();
  vi.advanceTimersByTime(1000);
  expect(ticks.length).toBe(2);
});
