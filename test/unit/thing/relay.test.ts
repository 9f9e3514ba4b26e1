import fc from "fast-check";
import { expect, test } from "vitest";
import { RELAY_DWELL_MS } from "../../../firmware/config.js";
import { Relay } from "../../../firmware/thing/relay.js";
import { MockClock } from "../../../hal/mock/clock.js";
import { MockOutput } from "../../../hal/mock/gpio.js";

function made(): { relay: Relay; output: MockOutput; clock: MockClock } {
  const clock = new MockClock();
  const output = new MockOutput(clock);
  return { relay: new Relay("n1", "Output", output), output, clock };
}

test("it is off at the start, whatever the pin was", () => {
  const output = new MockOutput(new MockClock());
  output.on = true;
  expect(new Relay("n1", "Output", output).on).toBe(false);
  expect(output.on).toBe(false);
});

test("the first wish is done at once, even in the first moment", () => {
  const { relay, output } = made();
  relay.set(true, 0);
  expect([relay.on, output.on]).toEqual([true, true]);
});

test("the contacts stand for their time, and not longer", () => {
  const { relay, output } = made();
  relay.set(true, 1000);
  relay.set(false, 1001);
  expect([relay.on, output.on]).toEqual([false, true]);
  relay.tick(1000 + RELAY_DWELL_MS - 1);
  expect(output.on).toBe(true);
  relay.tick(1000 + RELAY_DWELL_MS);
  expect(output.on).toBe(false);
});

test("the last wish wins, and one that comes back changes nothing", () => {
  const { relay, output } = made();
  relay.set(true, 1000);
  for (const on of [false, true, false, true]) relay.set(on, 1010);
  relay.tick(5000);
  expect(output.transitions.map((one) => one.on)).toEqual([true]);
  relay.set(true, 6000);
  expect(output.writes).toBe(2);
});

test("whoever wishes a hundred times a second moves it no sooner", () => {
  const { relay, output, clock } = made();
  for (let n = 0; n < 1000; n++) {
    relay.set(n % 2 === 0, clock.nowMs());
    clock.advance(10);
    relay.tick(clock.nowMs());
  }
  const times = output.transitions.map((one) => one.atMs);
  expect(times.length).toBeGreaterThan(5);
  times.slice(1).forEach((atMs, i) => {
    expect(atMs - times[i]!).toBeGreaterThanOrEqual(RELAY_DWELL_MS);
  });
});

test("whatever was wished, it is done in the end, and never too soon", () => {
  const aWish = fc.tuple(fc.boolean(), fc.nat({ max: 2 * RELAY_DWELL_MS }));
  fc.assert(fc.property(fc.array(aWish, { minLength: 1, maxLength: 20 }), (wishes) => {
    const { relay, output, clock } = made();
    for (const [on, ms] of wishes) {
      relay.set(on, clock.nowMs());
      expect(relay.on).toBe(on);
      clock.advance(ms);
      relay.tick(clock.nowMs());
    }
    clock.advance(RELAY_DWELL_MS);
    relay.tick(clock.nowMs());
    expect(output.on).toBe(wishes.at(-1)![0]);
    const times = output.transitions.map((one) => one.atMs);
    expect(times.every((atMs, i) => i === 0 || atMs - times[i - 1]! >= RELAY_DWELL_MS)).toBe(true);
  }));
});
