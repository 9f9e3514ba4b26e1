/**
 * Every scene a second time, on the real interpreter, as firmware is shipped: the same octets,
 * pins and flash operations, or the first difference.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { playScene } from "../../scenes/scene.js";
import { ESPRUINO } from "./interpreter.js";
import { Recorder, record } from "./recorder.js";
import { Shipped } from "./shipped.js";

const FOLDER = join(import.meta.dirname, "../../scenes");
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".scene")).sort();
const SCENE_MS = 120000;

// Before all imports, so it imports for itself.
vi.mock("../../../firmware/device.js", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../../firmware/device.js")>();
  const { recorded } = await import("./recorder.js");
  return { ...original, Device: recorded(original.Device) };
});

describe.skipIf(!ESPRUINO)("on Espruino as on Node", () => {
  let engine: Shipped;
  let coldBytes = 0;
  beforeAll(async () => {
    engine = new Shipped();
    coldBytes = await engine.prepare();
  }, SCENE_MS);
  afterAll(() => engine.remove());

  function recorded(name: string): string[] {
    const { lines } = record.life = new Recorder();
    playScene(join(FOLDER, name));
    return lines;
  }

  function replayed(lines: string[]): Promise<any[]> {
    return engine.replayed(lines, SCENE_MS);
  }

  test("a good part of it is cold", () => {
    expect(coldBytes).toBeGreaterThan(5000);
  });

  test.each(FILES)("%s", async (name) => {
    const lines = recorded(name);
    expect(lines.length).toBeGreaterThan(100);
    expect(await replayed(lines)).toEqual([{ line: lines.length, what: "same" }]);
  }, SCENE_MS);

  test("a record with one octet more is found out at its line", async () => {
    const lines = recorded("the-story.scene");
    const place = lines.findLastIndex((line) => /socket\d+\.write/.test(line));
    lines[place] = lines[place]!.replace(/(?=",null]$)/, " ");
    const [outcome] = await replayed(lines);
    expect(outcome.line).toBe(place + 1);
    expect(outcome.what).toMatch(/^socket\d+\.write/);
  }, SCENE_MS);
});
