/**
 * The replay (replay.js) as a chip has its firmware: minified and renamed, in two files in Storage,
 * with whatever is not hot among the cold functions.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollup } from "rollup";
import { build, reduce } from "../../../build/bundle.js";
import { Board } from "../../../build/measure/board.js";
import { boot } from "../../../build/measure/bundle.js";
import { numbered } from "../../../build/pass/number.js";
import { ROOT } from "../../../build/project.js";
import { forChip, hot } from "../../../build/storage.js";
import { ESPRUINO, Run } from "./interpreter.js";

const RECORD = "record";

export class Shipped {
  private readonly board = new Board(ESPRUINO);
  private names = new Map<string, string>();

  /** How much of it is cold: octets. */
  async prepare(): Promise<number> {
    const out = mkdtempSync(join(tmpdir(), "shipped-"));
    this.names = (await build(ROOT, out)).names;
    const bundle = await rollup({
      input: join(import.meta.dirname, "replay.js"),
      plugins: [{
        name: "compiled",
        resolveId: (id) => (/^(hal|firmware)\//.test(id) ? join(out, id) : null),
      }],
      treeshake: { moduleSideEffects: true, propertyReadSideEffects: false },
    });
    const { output } = await bundle.generate({ format: "es", strict: false, indent: false });
    await bundle.close();
    rmSync(out, { recursive: true });
    const code = await reduce(output[0].code, this.names);
    const ours = new Set(this.names.values());
    const numbers = numbered(ours, { code, profile: hot() });
    const parts = forChip(code, { ours, numbers, elsewhere: new Set() }, hot());
    await this.board.store(boot(parts, `THING={record:"${RECORD}"};`));
    return parts.cold.length;
  }

  async replayed(lines: string[], limitMs: number): Promise<any[]> {
    const record = lines.map((line) => JSON.stringify(this.plain(JSON.parse(line))));
    writeFileSync(join(this.board.folder, RECORD), record.join("\n") + "\n", "latin1");
    const run = new Run(["-e", "0"], this.board.folder, limitMs);
    await run.ended;
    const values = run.values();
    if (values.length === 0) throw new Error(run.text.slice(-2000));
    return values;
  }

  remove(): void {
    this.board.remove();
  }

  /** A value of the record (recorder.ts) with names as in a bundle; octets keep what they are. */
  private plain(value: any): unknown {
    if (Array.isArray(value)) return value.map((each) => this.plain(each));
    if (typeof value !== "object" || value === null) return value;
    if ("b" in value) return { "=b": value.b };
    if ("n" in value) return { "=n": value.n };
    if ("f" in value) return { "=f": value.f };
    return Object.fromEntries(Object.entries(value)
      .map(([name, each]) => [this.names.get(name) ?? name, this.plain(each)]));
  }
}
