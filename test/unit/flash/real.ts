/**
 * The interpreter's build for Linux as a board on a cable: its console is a pseudo-terminal, its
 * Storage the file `espruino.flash`, and when its process ends (`E.reboot()`, which Linux does not
 * have, ends it) it is started again, as a chip would be.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { Pty } from "./pty.js";

export class RealBoard {
  /** Everything that the console said, over all starts. */
  text = "";
  starts = 0;
  private child: ChildProcess | null = null;
  private isOn = true;

  private constructor(readonly pty: Pty, readonly program: string, readonly folder: string) {
    pty.onText = (text) => this.child?.stdin?.write(Buffer.from(text, "latin1"));
    this.start();
  }

  static async plugIn(program: string, folder: string): Promise<RealBoard> {
    return new RealBoard(await Pty.open(), program, folder);
  }

  get port(): string {
    return this.pty.path;
  }

  type(line: string): void {
    this.child?.stdin?.write(`${line}\n`);
  }

  /** The power is cut, and comes back: false leaves it off. */
  async cut(isOn = true): Promise<void> {
    this.isOn = isOn;
    const child = this.child;
    if (child) {
      const ended = new Promise((resolve) => child.on("close", resolve));
      child.kill("SIGKILL");
      await ended;
    }
  }

  /** After `cut(false)`. */
  powerOn(): void {
    this.isOn = true;
    this.start();
  }

  async unplug(): Promise<void> {
    await this.cut(false);
    await this.pty.close();
  }

  async until(wanted: string | RegExp, ms = 50000): Promise<void> {
    const endMs = Date.now() + ms;
    while (!(typeof wanted === "string" ? this.text.includes(wanted) : wanted.test(this.text))) {
      if (Date.now() > endMs) throw new Error(`no ${wanted}:\n${this.text.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private start(): void {
    this.starts++;
    const child = this.child = spawn(this.program, [], { cwd: this.folder });
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      this.text += text;
      this.pty.write(text);
    });
    child.stderr.resume();
    child.on("close", () => {
      this.child = null;
      if (this.isOn) this.start();
    });
  }
}
