/** Stanzas parsed in a second, on this Node and, where `JERRY` names one, on JerryScript. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { ROOT } from "../../build/project.js";
import { compare } from "./median.js";
import type { Rate } from "./median.js";
import { parsers } from "./parser.js";
import { STANZAS } from "./stanza.js";

const JERRY_LIMIT_MS = 300000;

export interface Effort {
  runs: number;
  runMs: number;
}

export interface Outcome {
  name: string;
  rate?: Rate;
  /** Why there is none. */
  why?: string;
}

export function onNode({ runs, runMs }: Effort): Outcome[] {
  const works = Object.fromEntries(
    Object.entries(parsers).map(([name, create]) => [name, create()]));
  const rates = compare(works, STANZAS.length, runs, runMs);
  return Object.entries(rates).map(([name, rate]) => ({ name, rate }));
}

/** Each in an engine of its own, with the same bundler for all. */
export async function onJerry(jerry: string, { runs, runMs }: Effort): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const bundle = await rolldown({
      input: join(ROOT, "test/bench/engine.ts"),
      // Not Node's: what Node has built in comes from packages of the same name.
      platform: "browser",
      transform: { target: "es2018" },
    });
    const { output } = await bundle.generate({ format: "iife" });
    await bundle.close();
    const file = join(folder, "parse.js");
    const given = `var RUNS = ${runs}; var RUN_MS = ${runMs};\n`;
    writeFileSync(file, given + output[0].code);
    const { stdout } = await promisify(execFile)(jerry, [file], { timeout: JERRY_LIMIT_MS });
    return stdout.trim().split("\n").map((line) => JSON.parse(line) as Outcome);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
