/** The words of the LED, as pure functions of time, and which of them is said. */
import { describe, expect, test } from "vitest";
import {
  QUIET_MS, RESET_CANCEL_MS, RESET_HOLD_MS, RESET_WARN_MS, SIGNAL_PAUSE_MS, TICK_MS,
} from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import {
  Light, Sign, absenceOf, isLit, lengthOf, phaseOf, rhythmOf,
} from "../../../firmware/pairing/light.js";
import { MockClock } from "../../../hal/mock/clock.js";
import { MockOutput } from "../../../hal/mock/gpio.js";

const SIGNS = [...Array(Sign.Reset + 1).keys()] as Sign[];
const NAMES = SIGNS.map((sign) => rhythmOf(sign)[0]!);
/** They last as long as a person takes, or are said once. */
const SHORT = ["accepted", "refused", "erased", "pairing", "hold", "reset"];

/** Lengths of light and dark, as an eye would see them that looks every millisecond. */
function seen(sign: Sign, ms: number): number[] {
  const rhythm = rhythmOf(sign);
  const lengths: number[] = [];
  let was: boolean | null = null;
  for (let at = 0; at < ms; at++) {
    const is = isLit(rhythm, at);
    if (is !== was) lengths.push(0);
    was = is;
    lengths[lengths.length - 1]!++;
  }
  return lengths;
}

describe("each word", () => {
  test("has a name of its own, and a rhythm that no other has", () => {
    expect(new Set(NAMES).size).toBe(SIGNS.length);
    expect(new Set(SIGNS.map((sign) => rhythmOf(sign).slice(1).join())).size).toBe(SIGNS.length);
    expect(NAMES[Sign.Off]).toBe("off");
    expect(NAMES[Sign.Pairing]).toBe("pairing");
    expect(NAMES[Sign.Reset]).toBe("reset");
  });

  test.each(NAMES.slice(1))("%s: light, then dark, again and again, as it is written", (name) => {
    const sign = NAMES.indexOf(name) as Sign;
    const [, ...written] = rhythmOf(sign);
    const once = written.map(Number);
    const isOnce = sign >= Sign.Accepted && sign < Sign.Pairing;
    expect(once.length % 2).toBe(isOnce ? 1 : 0);
    const all = isOnce ? once : [...once, ...once, ...once];
    expect(seen(sign, all.reduce((sum, one) => sum + one))).toEqual(all);
  });

  test("off is dark", () => expect(seen(Sign.Off, 5000)).toEqual([5000]));

  test("pairing is a quarter of a second each", () => {
    for (const [ms, on] of [[0, true], [249, true], [250, false], [499, false], [500, true],
      [1e9 + 250.5, false]] as const) expect(isLit(rhythmOf(Sign.Pairing), ms)).toBe(on);
  });

  test("no light and no dark within a word is shorter than two ticks", () => {
    for (const sign of SIGNS.slice(1)) {
      for (const ms of rhythmOf(sign).slice(1)) expect(+ms).toBeGreaterThanOrEqual(2 * TICK_MS);
    }
  });

  test("what may last for days is dark for at least two thirds of the time", () => {
    for (const sign of SIGNS) {
      if (SHORT.includes(NAMES[sign]!)) continue;
      const durations = rhythmOf(sign).slice(1).map(Number);
      const lit = durations.filter((_, index) => index % 2 === 0).reduce((a, b) => a + b, 0);
      expect(lit / lengthOf(rhythmOf(sign)), NAMES[sign]).toBeLessThanOrEqual(1 / 3);
    }
  });

  test("faults are counted blinks: each has its number", () => {
    const faults = [Sign.Account, Sign.Unproven, Sign.Conflict, Sign.Flash, Sign.Button];
    expect(faults.map((sign) => (rhythmOf(sign).length - 1) / 2)).toEqual([2, 3, 4, 5, 6]);
  });
});

describe("what a held button says", () => {
  test.each([
    [0, "off"], [RESET_WARN_MS - 1, "off"], [RESET_WARN_MS, "hold"], [RESET_HOLD_MS - 1, "hold"],
    [RESET_HOLD_MS, "reset"], [RESET_CANCEL_MS - 1, "reset"], [RESET_CANCEL_MS, "off"],
    [3600000, "off"],
  ])("after %i ms: %s", (heldMs, name) => {
    expect(rhythmOf(phaseOf(heldMs))[0]).toBe(name);
  });
});

describe("why there is no stream", () => {
  test.each([
    ["at the start", Fault.None, true, true, 0, "starting"],
    ["a moment after the start", Fault.None, false, true, QUIET_MS - 1, "starting"],
    ["a moment after the loss", Fault.Link, true, true, QUIET_MS - 1, "off"],
    ["then: no network", Fault.Link, false, true, QUIET_MS, "network"],
    ["then: no server", Fault.Link, true, true, QUIET_MS, "server"],
    ["never a network", Fault.None, false, true, QUIET_MS, "network"],
    ["no account", Fault.None, true, false, 0, "unclaimed"],
    ["no account, no network", Fault.None, false, false, 1e9, "unclaimed"],
    ["refused, at once", Fault.Unauthorised, true, true, 0, "account"],
    ["bound to another", Fault.WrongAccount, true, true, 0, "account"],
    ["not proved", Fault.ServerUnproven, true, true, 0, "unproven"],
    ["nothing but PLAIN", Fault.NoMechanism, true, true, 1e9, "unproven"],
    ["thrown out", Fault.Conflict, true, true, 0, "conflict"],
    ["server in trouble", Fault.StreamError, true, true, 1e9, "server"],
  ])("%s", (_what, fault, isUp, hasAccount, awayMs, name) => {
    expect(rhythmOf(absenceOf(fault, isUp, hasAccount, awayMs))[0]).toBe(name);
  });
});

describe("the light", () => {
  const create = (): { led: MockOutput; light: Light } => {
    const led = new MockOutput(new MockClock());
    return { led, light: new Light(led) };
  };

  test("is not touched while all is well", () => {
    const { led, light } = create();
    for (let nowMs = 0; nowMs < 10000; nowMs += TICK_MS) light.show(Sign.Off, nowMs);
    expect(led.writes).toBe(0);
  });

  test("begins each word at its beginning, and is dark after the last", () => {
    const { led, light } = create();
    light.show(Sign.Pairing, 1100);
    expect(led.on).toBe(true);
    light.show(Sign.Pairing, 1349);
    expect(led.on).toBe(true);
    light.show(Sign.Pairing, 1350);
    expect(led.on).toBe(false);
    light.show(Sign.Server, 1360);
    expect(led.on).toBe(true);
    light.show(Sign.Off, 1361);
    expect(led.on).toBe(false);
  });

  test("says what is done once, after a pause, and goes on", () => {
    const { light } = create();
    light.play(Sign.Accepted, 1000);
    const names: string[] = [];
    for (let nowMs = 1000; nowMs < 6000; nowMs++) {
      light.show(Sign.Server, nowMs);
      if (light.sign === Sign.Accepted) {
        expect(nowMs).toBeGreaterThanOrEqual(1000 + SIGNAL_PAUSE_MS);
      }
      const name = rhythmOf(light.sign)[0]!;
      if (names.at(-1) !== name) names.push(name);
    }
    expect(names).toEqual(["off", "accepted", "server"]);
  });

  test("drops what is done for whoever asks for a person now", () => {
    const { light } = create();
    light.play(Sign.Refused, 1000);
    light.show(Sign.Pairing, 1000 + SIGNAL_PAUSE_MS);
    expect(light.sign).toBe(Sign.Pairing);
    light.show(Sign.Off, 1010 + SIGNAL_PAUSE_MS);
    expect(light.sign).toBe(Sign.Off);
  });
});
