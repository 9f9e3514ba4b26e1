/**
 * `npm run device` as a child process: started, watched and moved only by what VIRTUAL-BOARD
 * promises to everybody, its options, its control interface and its signals.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { catalogue } from "../sim/world.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 40000;
const WAIT_MS = 30000;
const POLL_MS = 20;

export interface State {
  led: { on: boolean; pattern: string };
  relays: Record<string, boolean>;
  sensors: Record<string, number>;
  online: boolean;
  jid: string | null;
  trust: string[];
  friends: string[];
  cache: { entries: number; hits: number; misses: number };
  flash: { bytesWritten: number; erases: number };
}

export interface Event {
  type: "led" | "relay" | "online" | "offline" | "trust" | "stanza";
  on?: boolean;
  node?: string;
  jid?: string;
  why?: string;
  dir?: "in" | "out";
  xml?: string;
}

export class Board {
  /** All that has happened since the start. */
  readonly events: Event[] = [];
  output = "";
  private url = "";
  private readonly gone: Promise<number | null>;
  private readonly reading = new AbortController();
  private feed: Promise<void> = Promise.resolve();

  private constructor(private readonly child: ChildProcess) {
    this.gone = new Promise((resolve) => child.once("exit", resolve));
    child.stdout!.on("data", (bytes: Buffer) => { this.output += bytes.toString(); });
    child.stderr!.on("data", (bytes: Buffer) => { this.output += bytes.toString(); });
  }

  static async start(options: string[], password = ""): Promise<Board> {
    const args = ["run", "--silent", "device", "--", ...options, "--control", "0"];
    const child = spawn("npm", args, {
      cwd: ROOT, stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that a power cut takes npm and the board at once.
      detached: true,
      env: { ...process.env, ...password && { THING_PASSWORD: password } },
    });
    const board = new Board(child);
    await board.begin();
    return board;
  }

  async state(): Promise<State> {
    const response = await fetch(`${this.url}/state`);
    return await response.json() as State;
  }

  press(ms = 150): Promise<Response> {
    return this.post("/button", { press: ms });
  }

  sense(name: string, value: number): Promise<Response> {
    return this.post("/sensor", { name, value });
  }

  /** The state, as soon as it is like that. */
  async until(isRight: (state: State) => boolean, waitMs = WAIT_MS): Promise<State> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const state = await this.state();
      if (isRight(state)) return state;
      if (Date.now() > deadline) {
        throw new Error(`the board is not so: ${JSON.stringify(state)}\n${this.output}`);
      }
      await pause(POLL_MS);
    }
  }

  /** The first event of that kind, past or to come. */
  async event(isRight: (event: Event) => boolean, waitMs = WAIT_MS): Promise<Event> {
    for (const deadline = Date.now() + waitMs; ;) {
      const found = this.events.find(isRight);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no such event\n${this.output}`);
      await pause(POLL_MS);
    }
  }

  /** SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    return this.end("SIGTERM");
  }

  /** The power fails. */
  async cut(): Promise<void> {
    await this.end("SIGKILL");
  }

  private async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    this.reading.abort();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      process.kill(-this.child.pid!, signal);
    }
    const code = await this.gone;
    await this.feed;
    return code;
  }

  private async begin(): Promise<void> {
    for (const deadline = Date.now() + START_MS; this.url === ""; await pause(POLL_MS)) {
      this.url = /^control (http:\S+)$/m.exec(this.output)?.[1] ?? "";
      const hasEnded = this.child.exitCode !== null || Date.now() > deadline;
      if (this.url === "" && hasEnded) {
        await this.cut();
        throw new Error(`the board did not start: ${this.output}`);
      }
    }
    this.feed = this.follow().catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const { signal } = this.reading;
    const response = await fetch(`${this.url}/events?after=0`, { signal });
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of response.body!) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue;
        const event = JSON.parse(data) as Event;
        if (event.dir === "out" && event.xml) catalogue.hear(event.xml);
        this.events.push(event);
      }
    }
  }

  private post(path: string, body: object): Promise<Response> {
    return fetch(`${this.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
