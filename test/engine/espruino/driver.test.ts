/**
 * The heartbeat of the Espruino HAL on the real interpreter.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TICK_MS } from "../../../firmware/config.js";
import { ESPRUINO, Interpreter } from "./interpreter.js";

describe.skipIf(!ESPRUINO)("the driver on Espruino", () => {
  let engine: Interpreter;
  beforeAll(() => void (engine = new Interpreter()));
  afterAll(() => engine.remove());

  test("ticks evenly, and an exception stops neither the heart nor the others", async () => {
    const [beat] = await engine.results("driver.js", { ms: 1020, least: 5 });
    const spanMs = beat.times[beat.ticks - 1] - beat.times[0];
    expect(beat.ticks).toBeLessThanOrEqual(spanMs / TICK_MS + 2);
    expect(beat.others).toBe(beat.ticks);
    expect(beat.faults).toBe(2);
    const steps = beat.times.slice(1).map((ms: number, i: number) => ms - beat.times[i]);
    expect(Math.min(...steps)).toBeGreaterThan(0);
  });

  test("a socket event brings the next tick forward, once", async () => {
    const [extra] = await engine.results("driver.js", { ms: 600, soon: 405 });
    expect(extra).toBeGreaterThanOrEqual(1);
    expect(extra).toBeLessThanOrEqual(2);
  });

  test("out of memory in a tick costs that tick and no more", async () => {
    const [beat] = await engine.results("driver.js", { ms: 500, least: 12, hoard: true });
    expect(beat.ticks).toBeGreaterThanOrEqual(12);
    // Some builds for Linux have no end of memory; then nothing is lost at all.
    const isOut = beat.flags.includes("MEMORY");
    expect(beat.held).toBe(isOut ? 0 : 20000);
    expect(beat.ticks - beat.others).toBe(isOut ? 1 : 0);
  });
});
