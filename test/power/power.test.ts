/** A part of what `npm run test:power` does in full. */
import { expect, test } from "vitest";
import { Cutter } from "./cut.js";
import { perform, plays } from "./device.js";
import { life, scenes } from "./scene.js";

const SHARE = 0.02;

test.each([...scenes, life(7, 80)])("a power cut anywhere in: $name", (scene) => {
  // More of the short ones, so that each has its hundreds.
  const report = new Cutter(scene, scene.steps.length > 8 ? SHARE : 10 * SHARE).run();
  expect(report.violations).toEqual([]);
  expect(report.points).toBeGreaterThan(20);
});

test.each(plays)("a power cut anywhere on the whole device: $name", (play) => {
  const outcome = perform(play, [0, 9]);
  expect(outcome.violations).toEqual([]);
  expect(outcome.points).toBeGreaterThan(2);
});
