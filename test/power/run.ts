/**
 * `npm run test:power`: every scene, every instant. Prints how many, and what was violated.
 */
import { Cutter } from "./cut.js";
import { perform, plays } from "./device.js";
import { life, scenes } from "./scene.js";

const LIVES = 3;
const LIFE_STEPS = 50;
const SHOWN = 10;

let points = 0;
const violations: string[] = [];
const lives = [...Array(LIVES).keys()].map((seed) => life(seed, LIFE_STEPS));
for (const scene of [...scenes, ...lives]) {
  const report = new Cutter(scene).run();
  points += report.points;
  violations.push(...report.violations);
  const depths = report.depths.join(" + ");
  console.log(`${scene.name}: ${report.points} cut points (${depths} by depth)`);
}
for (const play of plays) {
  const outcome = perform(play, [...Array(80).keys()]);
  points += outcome.points;
  violations.push(...outcome.violations);
  console.log(`${play.name}, on the whole device: ${outcome.points} cut points`);
}
for (const one of violations.slice(0, SHOWN)) console.log(`  ${one}`);
console.log(`${points} cut points, ${violations.length} violations`);
if (violations.length > 0 || points < 1000) process.exitCode = 1;
