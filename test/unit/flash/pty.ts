/**
 * A pseudo-terminal without any native module: `script` (util-linux) makes one and joins its other
 * end to its own input and output. So `npm run flash` opens a real device of the system, with the
 * system's flow control, and behind it stands whatever the test puts there.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** What `script` is on other systems makes no terminal for us. */
export const HAS_PTY = spawnSync("script", ["--version"], { encoding: "utf8" })
  .stdout?.includes("util-linux") === true;

export class Pty {
  /** Told what the program on the terminal writes. */
  onText: (text: string) => void = () => undefined;
  private constructor(readonly path: string, private readonly child: ChildProcess) {}

  static async open(): Promise<Pty> {
    const child = spawn("script", ["-qf", "-c", "tty; stty raw -echo; exec sleep 100000", "/dev/null"],
      { stdio: ["pipe", "pipe", "ignore"] });
    const stream = child.stdout!.setEncoding("latin1");
    let said = "";
    const path = await new Promise<string>((resolve, reject) => {
      child.on("error", reject).on("close", () => reject(new Error(`no terminal: ${said}`)));
      stream.on("data", function first(text: string) {
        said += text;
        const found = /(\/dev\/\S+)\r?\n/.exec(said);
        if (!found) return;
        stream.off("data", first);
        resolve(found[1]!);
      });
    });
    const pty = new Pty(path, child);
    stream.on("data", (text: string) => pty.onText(text));
    return pty;
  }

  write(text: string): void {
    this.child.stdin!.write(Buffer.from(text, "latin1"));
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.on("close", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}
