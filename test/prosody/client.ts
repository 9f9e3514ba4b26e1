/** slixmpp's plugins, at the other end of a pipe. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Server } from "./server.js";

/** The system's, which has Debian's packages. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = fileURLToPath(new URL("client.py", import.meta.url));
const WAIT_MS = 30000;

/** "" when there is a slixmpp here. */
export function missingSlixmpp(): string {
  const find = "import importlib.util,sys; sys.exit(importlib.util.find_spec('slixmpp') is None)";
  return spawnSync(PYTHON, ["-c", find]).status === 0 ? "" : "python3-slixmpp is not installed";
}

export type Heard = Record<string, unknown>;

/** client.py as a child process. */
export class Client {
  private readonly heard: Heard[] = [];
  private wake: () => void = () => undefined;
  private complaint = "";

  private constructor(private readonly child: ChildProcess) {
    createInterface(child.stdout!).on("line", (line) => {
      this.heard.push(JSON.parse(line) as Heard);
      this.wake();
    });
    child.stderr!.on("data", (bytes: Buffer) => { this.complaint += bytes.toString(); });
  }

  static async start(server: Server, jid: string, password: string): Promise<Client> {
    const { host, port, ca } = server;
    const args = [SCRIPT, jid, host, `${port}`, ca];
    const client = new Client(spawn(PYTHON, args, {
      env: { ...process.env, THING_PASSWORD: password },
    }));
    await client.hear("online");
    return client;
  }

  tell(order: Heard): void {
    this.child.stdin!.write(`${JSON.stringify(order)}\n`);
  }

  /** The next of that kind; what comes before it is dropped. */
  async hear(event: string): Promise<Heard> {
    for (const deadline = Date.now() + WAIT_MS; ;) {
      while (this.heard.length > 0) {
        const first = this.heard.shift()!;
        if (first["event"] === event) return first;
      }
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`nothing was heard: ${event}\n${this.complaint}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.wake = () => { clearTimeout(timer); resolve(); };
      });
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.stdin!.end();
    await exit;
  }
}
