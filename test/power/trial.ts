/**
 * One mutant on trial, in a worker: the promises of the store one by one, as that is quick; then
 * the scenes with few of their cuts, with more, or with all of them. Says what noticed it, and
 * "" when nothing did.
 */
import { parentPort, workerData } from "node:worker_threads";
import "../unit/store/record.test.js";
import "../unit/store/page.test.js";
import "../unit/store/damage.test.js";
import "../unit/store/journal.test.js";
import { Cutter } from "./cut.js";
import { broken } from "./promise.js";
import { life, scenes } from "./scene.js";

const FIRST = 0.01;
const MORE = 0.2;

/** Long scenes have thousands of cuts, and make do with a smaller share. */
function violated(share: number): string {
  for (const scene of [...scenes, life(7, 60)]) {
    const isLong = scene.steps.length > 8 && share < 1;
    const { violations } = new Cutter(scene, isLong ? share / 5 : share).run();
    if (violations.length > 0) return `power cuts: ${violations[0]}`;
  }
  return "";
}

function answer(): string {
  const { isWhole } = workerData as { isWhole: boolean };
  try {
    if (isWhole) return violated(1);
    const promise = broken();
    if (promise !== "") return `promises: ${promise}`;
    return violated(FIRST) || violated(MORE);
  } catch (error) {
    return `power cuts: throws ${(error as Error).message}`;
  }
}

parentPort?.postMessage(answer());
