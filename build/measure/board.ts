/**
 * The linux board's bundle on a real interpreter as ENGINE 3 has it on the chip: `.boot0` and the
 * application lie in Storage, the application is evaluated at top level from there, and its
 * functions stay in flash. Each run has a directory of its own, which holds all its flash.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Under valgrind everything takes 50 times as long. */
const WAIT_MS = 120000;
const LOOK_MS = 20;
const PIECE_BYTES = 512;
/** Where Espruino for Linux keeps its Storage. */
const STORAGE = "espruino.flash";
/** And where the firmware keeps its journal (hal/espruino/linux.ts). */
const FLASH = "thing.flash";

/** How an interpreter is started: its path, behind whatever watches it. */
export type Command = string[];

/** A process of the interpreter, its console at hand. */
export class Run {
  text = "";
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;

  constructor([file, ...rest]: Command, readonly folder: string, args: string[]) {
    // End of input would flood the console with empty lines, so stdin stays open and silent.
    this.child = spawn(file!, [...rest, ...args], { cwd: folder, stdio: "pipe" });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("latin1").on("data", (text: string) => (this.text += text));
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject).on("close", () => resolve());
    });
  }

  type(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  async until(wanted: RegExp, from = 0, ms = WAIT_MS): Promise<RegExpExecArray> {
    for (let left = ms; left > 0; left -= LOOK_MS) {
      const found = wanted.exec(this.text.slice(from));
      if (found) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`${wanted} never came on the console:\n${this.text.slice(-2000)}`);
  }

  /** Types an expression and reads what it prints. */
  async value(expression: string): Promise<string> {
    const from = this.text.length;
    this.type(`print("= "+${expression})`);
    return (await this.until(/= ([\w.+\/=-]*)\r?\n/, from))[1]!;
  }

  async number(expression: string): Promise<number> {
    return Number(await this.value(expression));
  }

  /** What ended it from outside, or a fall; null while it runs, or when it ended by itself. */
  get signal(): string | null {
    return this.child.signalCode;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Ends by itself, so that whatever watches it can write its report. */
  async quit(): Promise<string> {
    this.type("quit()");
    await this.ended;
    return this.text;
  }
}

/** A directory whose Storage holds these files; `from` is one that it begins as a copy of. */
export class Board {
  readonly folder = mkdtempSync(join(tmpdir(), "measure-"));

  constructor(readonly interpreter: string, from = "") {
    if (from) cpSync(from, this.folder, { recursive: true });
  }

  /**
   * Replaces the whole Storage; the board's own flash stays. The interpreter itself writes it,
   * whatever that looks like in this build.
   */
  async store(files: Record<string, string>): Promise<void> {
    rmSync(join(this.folder, STORAGE), { force: true });
    let script = "var f,n,d;\n";
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(this.folder, `${name}.part`), content, "latin1");
      // In pieces, because what is written goes over the interpreter's stack.
      script += `f=E.openFile("${name}.part","r");n=0;while((d=f.read(${PIECE_BYTES}))){`
        + `if(!require("Storage").write("${name}",d,n,${content.length}))print("Uncaught no room");`
        + "n+=d.length}f.close();\n";
    }
    writeFileSync(join(this.folder, "store.js"), `${script}print("stored");quit();\n`);
    const run = new Run([this.interpreter], this.folder, ["store.js"]);
    await run.ended;
    if (!/stored/.test(run.text) || /Uncaught/.test(run.text)) throw new Error(run.text);
  }

  /** A new one: what it keeps in its flash is gone. */
  blank(): void {
    rmSync(join(this.folder, FLASH), { force: true });
  }

  /** What `linuxSettings` reads. */
  settle(given: object): void {
    writeFileSync(join(this.folder, "thing.json"), JSON.stringify(given));
  }

  powerOn(watcher: Command = []): Run {
    return new Run([...watcher, this.interpreter], this.folder, ["-e", "0"]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
