/**
 * Every scene a second time, on JerryScript: the same octets, pins and flash operations from the
 * same firmware, or the first difference.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { playScene } from "../../scenes/scene.js";
import { Recorder, record } from "../espruino/recorder.js";
import { Interpreter, JERRY } from "./interpreter.js";

const FOLDER = join(import.meta.dirname, "../../scenes");
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".scene")).sort();
const SCENE_MS = 120000;

// Before all imports, so it imports for itself.
vi.mock("../../../firmware/device.js", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../../firmware/device.js")>();
  const { recorded } = await import("../espruino/recorder.js");
  return { ...original, Device: recorded(original.Device) };
});

if (!JERRY) console.log("skipped: JERRY is not set (the path of a jerry program)");

describe.skipIf(!JERRY)("on JerryScript as on Node", () => {
  let engine: Interpreter;
  beforeAll(() => (engine = new Interpreter()).prepare());
  afterAll(() => engine.remove());

  function recorded(name: string): string[] {
    const { lines } = record.life = new Recorder();
    playScene(join(FOLDER, name));
    return lines;
  }

  test.each(FILES)("%s", async (name) => {
    const lines = recorded(name);
    expect(lines.length).toBeGreaterThan(100);
    expect(await engine.replayed(lines, SCENE_MS)).toEqual({ line: lines.length, what: "same" });
  }, SCENE_MS);

  test("a record with one octet more is found out at its line", async () => {
    const lines = recorded("the-story.scene");
    const place = lines.findLastIndex((line) => /socket\d+\.write/.test(line));
    lines[place] = lines[place]!.replace(/(?=",null]$)/, " ");
    const outcome = await engine.replayed(lines, SCENE_MS);
    expect(outcome.line).toBe(place + 1);
    expect(outcome.what).toMatch(/^socket\d+\.write/);
  }, SCENE_MS);
});
