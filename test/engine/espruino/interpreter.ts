/**
 * Runs scripts on the real interpreter, where `ESPRUINO` names a build of it for Linux. Each
 * script is an ES module beside this file that imports the compiled HAL as "hal/…"; what it
 * prints behind `= ` is the JSON that a test looks at.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { minify } from "terser";

export const ESPRUINO = process.env["ESPRUINO"] ?? "";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../../..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const RUN_MS = 50000;

/** One run: what was printed so far, and an end. */
export class Run {
  text = "";
  private readonly child: ChildProcess;
  readonly ended: Promise<void>;

  constructor(args: string[], folder: string, limitMs = RUN_MS) {
    // End of input would flood the console with empty lines, so stdin stays open and silent.
    this.child = spawn(ESPRUINO, args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
    const deadline = setTimeout(() => this.child.kill("SIGKILL"), limitMs);
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("latin1").on("data", (text: string) => (this.text += text));
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject).on("close", () => (clearTimeout(deadline), resolve()));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  type(line: string): void {
    this.child.stdin!.write(line + "\n");
  }

  kill(): Promise<void> {
    this.child.kill("SIGKILL");
    return this.ended;
  }

  async until(wanted: string | RegExp, ms = RUN_MS): Promise<void> {
    const endMs = Date.now() + ms;
    const isThere = (): boolean =>
      typeof wanted === "string" ? this.text.includes(wanted) : wanted.test(this.text);
    while (!isThere()) {
      if (Date.now() > endMs) throw new Error(`no ${wanted} in ${ms} ms:\n${this.text.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Everything that was printed behind `= `. */
  values(): any[] {
    // The console writes its prompt, and takes it back, on the same line.
    const found = this.text.matchAll(/(?:^|[>\r\n]|\x1b\[J)= (.*)/g);
    return Array.from(found, (match) => JSON.parse(match[1]!));
  }
}

/** A compiled tree and a working directory; `remove` at the end. */
export class Interpreter {
  readonly folder = mkdtempSync(join(tmpdir(), "espruino-"));
  private runs = 0;

  constructor() {
    // Types are checked elsewhere; what is emitted here is what runs.
    const to = ["--outDir", join(this.folder, "out")];
    spawnSync(process.execPath, [TSC, "-p", "tsconfig.espruino.json", ...to], { cwd: ROOT });
  }

  async start(script: string, given: object = {}, limitMs = RUN_MS): Promise<Run> {
    const bundle = await rollup({
      input: join(HERE, script),
      plugins: [{
        name: "compiled",
        resolveId: (id) => (/^(hal|firmware)\//.test(id) ? this.compiled(id) : null),
      }],
    });
    const { output } = await bundle.generate({ format: "es" });
    // All of it is in the heap, as written: twice, and thrice if it were inside of a function.
    const how = { ecma: 5, compress: false, mangle: { toplevel: true } } as const;
    const { code } = await minify(output[0].code, { ...how, format: { ascii_only: true } });
    const file = join(this.folder, `run${this.runs++}.js`);
    writeFileSync(file, `var THING=${JSON.stringify(given)};\n${code}`);
    return new Run([file], this.folder, limitMs);
  }

  /** Runs a script that ends by itself. */
  async results(script: string, given: object = {}, limitMs = RUN_MS): Promise<any[]> {
    const run = await this.start(script, given, limitMs);
    await run.ended;
    const values = run.values();
    if (values.length === 0) throw new Error(run.text.slice(-2000));
    return values;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private compiled(id: string): string {
    return join(this.folder, "out", id);
  }
}
