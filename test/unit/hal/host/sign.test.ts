import { expect, test } from "vitest";
import { Sign, rhythmOf } from "../../../../firmware/pairing/light.js";
import { WORDS } from "../../../../hal/host/sign.js";

test("pages have a word for everything that the LED says, and for nothing else", () => {
  const signs = [...Array(Sign.Reset + 1).keys()] as Sign[];
  expect(Object.keys(WORDS)).toEqual(signs.map((sign) => rhythmOf(sign)[0]));
});

test("the number of blinks is that of the rhythm", () => {
  for (let sign = Sign.Account; sign <= Sign.Button; sign++) {
    const [name, ...durations] = rhythmOf(sign);
    expect(WORDS[name!]).toMatch(new RegExp(`^${durations.length / 2} blinks: `));
  }
});
