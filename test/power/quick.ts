/** The scenes with a sample of their cuts, for the mutants: ends with 1 at the first violation. */
import { Cutter } from "./cut.js";
import { life, scenes } from "./scene.js";

for (const scene of [...scenes, life(7, 60)]) {
  const { violations } = new Cutter(scene, scene.steps.length > 8 ? 0.02 : 0.3).run();
  if (violations.length === 0) continue;
  console.log(violations[0]);
  process.exit(1);
}
