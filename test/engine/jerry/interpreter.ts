/**
 * Runs the replay (replay.js) on the JerryScript that `JERRY` names. It has `print` and nothing
 * else, so hashes come along (crypto.js), and the record stands in the script. The firmware is
 * compiled, minified and renamed as in the bundles that are shipped.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { rollup } from "rollup";
import { build, shrink } from "../../../build/bundle.js";
import { ROOT } from "../../../build/project.js";

export const JERRY = process.env["JERRY"] ?? "";

const HERE = import.meta.dirname;

/** How a replay ended: after how many lines of the record, and "same" or the difference. */
export interface Outcome {
  line: number;
  what: string;
}

export class Interpreter {
  private readonly folder = mkdtempSync(join(tmpdir(), "jerry-"));
  private names = new Map<string, string>();
  private script = "";
  /** What PBKDF2 was asked, and what it has answered, there. */
  private readonly derived: Record<string, string> = {};

  async prepare(): Promise<void> {
    const out = join(this.folder, "out");
    this.names = (await build(ROOT, out)).names;
    this.script = await hashes() + await shrink(await replay(out), this.names);
  }

  async replayed(lines: string[], limitMs: number): Promise<Outcome> {
    const file = join(this.folder, "run.js");
    const record = lines.map((line) => quote(JSON.stringify(this.plain(JSON.parse(line)))));
    const given = `var DERIVED=JSON.parse(${quote(JSON.stringify(this.derived))});\n`
      + `var RECORD=[\n${record.join(",\n")}];\n`;
    writeFileSync(file, given + this.script);
    const { stdout } = await promisify(execFile)(JERRY, [file], { timeout: limitMs });
    for (const [, pair] of stdout.matchAll(/^\+ (.*)$/gm)) {
      const [what, key] = JSON.parse(pair!) as [string, string];
      this.derived[what] = key;
    }
    const said = /^= (.*)$/m.exec(stdout);
    if (!said) throw new Error(`no outcome: ${stdout.slice(-2000)}`);
    return JSON.parse(said[1]!) as Outcome;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A value of the record (recorder.ts) with octet strings as such, and names as in a bundle. */
  private plain(value: any): unknown {
    if (Array.isArray(value)) return value.map((each) => this.plain(each));
    if (typeof value !== "object" || value === null) return value;
    if ("b" in value) return Buffer.from(value.b as string, "base64").toString("latin1");
    if ("n" in value) return NOT_A_NUMBER;
    if ("f" in value) return "\xff".repeat(value.f as number);
    return Object.fromEntries(Object.entries(value)
      .map(([name, each]) => [this.names.get(name) ?? name, this.plain(each)]));
  }
}

/** As replay.js knows it: JSON has none. */
const NOT_A_NUMBER = "\0NaN";

/** A string literal in ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (char) =>
    `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function hashes(): Promise<string> {
  const bundle = await rolldown({ input: join(HERE, "crypto.js") });
  const { output } = await bundle.generate({ format: "iife", name: "CRYPTO" });
  await bundle.close();
  return output[0].code;
}

async function replay(out: string): Promise<string> {
  const bundle = await rollup({
    input: join(HERE, "replay.js"),
    plugins: [{
      name: "compiled",
      resolveId: (id) => (id.startsWith("firmware/") ? join(out, id) : null),
    }],
    treeshake: { moduleSideEffects: true, propertyReadSideEffects: false },
  });
  // As a board's bundle is made (build/bundle.ts).
  const { output } = await bundle.generate({ format: "es", strict: false, indent: false });
  await bundle.close();
  return output[0].code;
}
