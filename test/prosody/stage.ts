/** What the story is played on: a real server, and the parties as the tests speak of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, onTestFailed } from "vitest";
import { Authority } from "../../authority/authority.js";
import type { AccountOptions, LinkOptions } from "../../authority/entity.js";
import type { Rule } from "../../authority/rule.js";
import { type ReadResult, Visitor } from "../../demo/visitor.js";
import { Board } from "./board.js";
import { startProsody } from "./prosody.js";
import type { Server, ServerOptions } from "./server.js";

/** Includes the back-off of both. */
const MEET_MS = 40000;
const STARTS_MAX = 5;

export class Stage {
  private readonly ending: (() => Promise<unknown>)[] = [];

  private constructor(readonly server: Server, private readonly options: ServerOptions) {}

  static async open(options: ServerOptions, start = startProsody): Promise<Stage> {
    return new Stage(await start(options), options);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.ending.map((end) => end()));
    await this.server.stop();
  }

  /** How often somebody has offered credentials to the server. */
  logins(): Promise<number> {
    return this.server.logins();
  }

  async account(user: string): Promise<AccountOptions> {
    const { ca, host, port } = this.server;
    const tls = { ca: await readFile(ca, "utf8") };
    const password = this.options.accounts[user]!;
    return { jid: this.server.jid(user), password, host, port, tls };
  }

  component(domain: string): LinkOptions {
    const { host, componentPort: port } = this.server;
    return { domain, secret: this.options.components![domain]!, host, port };
  }

  async visit(user: string): Promise<Visitor> {
    const account = await this.account(user);
    return untilOnline(async () => {
      const visitor = new Visitor(account);
      await visitor.start();
      this.ending.push(() => visitor.stop());
      return visitor;
    });
  }

  /** A second one with the same link remembers what the first knew. */
  async employ(link: LinkOptions): Promise<Authority> {
    const name = "secret" in link ? link.domain : link.jid;
    return untilOnline(async () => {
      const authority = new Authority({ link, file: join(this.server.folder, `${name}.json`) });
      authority.events.on("fault", () => undefined);
      await authority.start();
      this.ending.push(() => authority.stop());
      return authority;
    });
  }

  /** Without a user the board takes everything but the CA from its flash. */
  async start(
    user: string, flash: string, more: string[] = [], ca = this.server.ca,
  ): Promise<Board> {
    const { host, port, folder } = this.server;
    const told = ["--jid", this.server.jid(user), "--host", host, "--port", `${port}`];
    const rest = ["--ca", ca, "--flash", join(folder, flash), ...more];
    const board = await Board.start(user ? [...told, ...rest] : rest, this.options.accounts[user]);
    this.ending.push(() => board.cut());
    return board;
  }
}

/** xmpp.js gives a server two seconds for each step, which a busy machine may need longer for. */
export async function untilOnline<T>(start: () => Promise<T>, triesLeft = STARTS_MAX): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (triesLeft <= 1 || (error as Error).name !== "TimeoutError") throw error;
    return untilOnline(start, triesLeft - 1);
  }
}

/** The tests of this suite are one story: after one has failed, the rest prove nothing. */
export function tellInOrder(): void {
  let isBroken = false;
  beforeEach(({ skip }) => {
    if (isBroken) skip("the story ended before this");
    onTestFailed(() => { isBroken = true; });
  });
}

/** Sets a rule; resolves when the device has said that its cache is empty. */
export async function dictate(authority: Authority, rule: Rule): Promise<void> {
  const { events } = authority;
  const cleared = new Promise<void>((resolve) => events.on("clear", (jid, outcome) => {
    if (jid === rule.device && outcome === "acknowledged") resolve();
  }));
  await authority.setRule(rule);
  await cleared;
}

/** What it is asked from now on. */
export function overhear(authority: Authority): unknown[] {
  const asked: unknown[] = [];
  authority.events.on("decision", (question) => asked.push(question));
  return asked;
}

/** Resolves when the visitor sees the board's present stream, not the ghost of one before. */
export async function meet(visitor: Visitor, board: Board, device: string): Promise<void> {
  await board.until((state) => state.online && visitor.fullJid(device) === state.jid, MEET_MS);
}

/** Node and field → value and unit. */
export function fieldsOf(result: ReadResult): Record<string, string> {
  if (result.outcome !== "read") throw new Error(JSON.stringify(result));
  return Object.fromEntries(result.fields.map((field) =>
    [`${field.node} ${field.name}`, `${field.value} ${field.unit}`.trim()]));
}
