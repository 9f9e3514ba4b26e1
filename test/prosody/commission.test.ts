/**
 * A new board on a real Prosody that lets everybody make an account (`allow_registration`), over
 * verified TLS: `npm run commission` and `npm run device` in two processes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { NoAccount, register } from "../../commission/register.js";
import { missingProsody, startProsody } from "./prosody.js";
import type { Server } from "./server.js";

const DOMAIN = "home.example";
const PATIENCE_MS = 60000;
const STORY_MS = 180000;
const CODE = "1XN-DP3-WW3";

const missing = missingProsody();
const isNeeded = process.env["CI"] === "true";
if (missing && !isNeeded) console.log(`nothing is commissioned on Prosody: ${missing}`);

describe.skipIf(missing !== "" && !isNeeded)("a new board on Prosody", () => {
  let server: Server;
  let folder = "";
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "commission-"));
    server = await startProsody({ domain: DOMAIN, accounts: { taken: "x" }, registration: true });
  });
  afterEach(() => { for (const child of children.splice(0)) child.kill("SIGKILL"); });
  afterAll(async () => {
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  function start(program: string, args: string[]) {
    const child = spawn(process.execPath, ["--import", "tsx", program, "--air", folder, ...args],
      { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    const run = { out: "", error: "", code: null as number | null, isGone: false };
    child.stdout.on("data", (bytes) => { run.out += bytes; });
    child.stderr.on("data", (bytes) => { run.error += bytes; });
    child.once("close", (code) => Object.assign(run, { code, isGone: true }));
    return run;
  }

  const make = (user: string, ca: string): Promise<void> => register({
    endpoint: { host: server.host, port: server.port, secure: true, name: DOMAIN },
    user, password: "secret of the test", ca: [readFileSync(ca, "utf8")],
  });

  test("a name that is taken is told, and a server that cannot be verified hears nothing", async () => {
    await expect(make("taken", server.ca)).rejects.toThrow(/already an account of this name/);
    await expect(make("board2", server.otherCa)).rejects.toThrow(NoAccount);
    await make("board2", server.ca);
    await expect(make("board2", server.ca)).rejects.toThrow(/already an account/);
  });

  test("gets an account that is made for it, and is online with it", async () => {
    const board = start("hal/host/cli.ts", ["--control", "0", "--code", CODE, "--ca", server.ca]);
    await expect.poll(() => board.out, { timeout: PATIENCE_MS }).toMatch(/^label /m);
    const base = /^control (\S+)/.exec(board.out)![1]!;
    const tool = start("commission/cli.ts", ["--code", CODE, "--yes", "--listen", "0",
      "--wifi", "home", "--jid", `board@${DOMAIN}`, "--host", server.host,
      "--port", String(server.port), "--ca", server.ca]);
    await expect.poll(() => tool.out + tool.error, { timeout: PATIENCE_MS }).toMatch(/^waiting/m);
    await fetch(`${base}/button`, { method: "POST", body: '{"press":250}' });
    await expect.poll(() => tool.isGone, { timeout: 2 * PATIENCE_MS }).toBe(true);
    expect([tool.code, tool.error]).toEqual([0, ""]);
    expect(tool.out).toMatch(/^made the account board@home\.example$/m);
    expect(tool.out).toMatch(/^done: the board is online as board@home\.example\//m);
    const state = await (await fetch(`${base}/state`)).json() as { jid: string };
    expect(state.jid).toMatch(/^board@home\.example\//);
  }, STORY_MS);

  test("that cannot join its network is not left with an account that nobody can use", async () => {
    const board = start("hal/host/cli.ts", ["--control", "0", "--code", CODE, "--ca", server.ca,
      "--wifi", "home:another passphrase"]);
    await expect.poll(() => board.out, { timeout: PATIENCE_MS }).toMatch(/^label /m);
    const base = /^control (\S+)/.exec(board.out)![1]!;
    const tool = start("commission/cli.ts", ["--code", CODE, "--yes", "--listen", "0",
      "--wifi", "home", "--jid", `board3@${DOMAIN}`, "--host", server.host,
      "--port", String(server.port), "--ca", server.ca]);
    await expect.poll(() => tool.out + tool.error, { timeout: PATIENCE_MS }).toMatch(/^waiting/m);
    await fetch(`${base}/button`, { method: "POST", body: '{"press":250}' });
    await expect.poll(() => tool.isGone, { timeout: 2 * PATIENCE_MS }).toBe(true);
    expect(tool.code).toBe(1);
    expect(tool.out).toMatch(/^removed the account board3@home\.example again$/m);
    await make("board3", server.ca);
  }, STORY_MS);
});
