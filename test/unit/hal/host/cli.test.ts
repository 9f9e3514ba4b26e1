import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const SECRET = "pa55word-of-the-test";
let folder = "";
const children: ChildProcess[] = [];

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "device-")); });
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface Run {
  child: ChildProcess;
  out: string;
  error: string;
  code: number | null;
  signal: string | null;
  gone: Promise<void>;
}

/** Directly, or as a person does it, through npm. */
function start(args: string[], throughNpm = false): Run {
  const node = [process.execPath, "--import", "tsx", "hal/host/cli.ts"];
  const words = throughNpm ? ["npm", "run", "--silent", "device", "--"] : node;
  const environment: NodeJS.ProcessEnv = { ...process.env, THING_PASSWORD: SECRET };
  if (!throughNpm) delete environment["npm_lifecycle_event"];
  const child = spawn(words[0]!, [...words.slice(1), ...args], {
    stdio: ["ignore", "pipe", "pipe"], env: environment,
  });
  children.push(child);
  const run: Run = { child, out: "", error: "", code: null, signal: null, gone: Promise.resolve() };
  child.stdout!.on("data", (bytes) => { run.out += bytes; });
  child.stderr!.on("data", (bytes) => { run.error += bytes; });
  run.gone = new Promise((resolve) => child.once("close", (code, signal) => {
    run.code = code;
    run.signal = signal;
    resolve();
  }));
  return run;
}

async function until(test: () => boolean, what: () => string): Promise<void> {
  const endMs = Date.now() + 40000;
  while (!test()) {
    if (Date.now() > endMs) throw new Error(`waited in vain: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const heard = (run: Run, word: RegExp) =>
  until(() => word.test(run.out), () => `${word} in ${run.out} ${run.error}`);

/** A server that only listens: enough to see the stream's first and last words. */
async function listen(): Promise<{ port: number; text: () => string; close: () => void }> {
  let text = "";
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (bytes) => { text += bytes; });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, text: () => text, close };
}

const account = (port: number) =>
  ["--jid", "thing@localhost", "--host", "127.0.0.1", "--port", String(port), "--tls", "off"];

test.each([
  ["an unknown option", ["--nope"], /unknown option '--nope'/],
  ["a bad port", ["--port", "99999"], /--port/],
  ["a bad JID", ["--jid", "no jid"], /--jid/],
  ["plain TCP to a host that is far", ["--jid", "a@b.c", "--tls", "off"], /--tls off is refused/],
  ["a window too long", ["--window", "121"], /--window/],
  ["no account", [], /--jid is missing/],
  ["a CA that is not there", ["--jid", "a@b.c", "--ca", "nowhere.pem"], /--ca file nowhere.pem/],
  ["an unusable flash", ["--jid", "a@b.c", "--flash", "."], /flash file \. cannot be used/],
  ["an unknown board", ["--jid", "a@b.c", "--board", "toaster"], /no board toaster/],
])("%s: exit 2 and one line", async (_what, args, line) => {
  const run = start(args);
  await run.gone;
  expect(run.error).toMatch(line);
  expect(run.error).toMatch(/^[^\n]+\n$/);
  expect([run.code, run.out]).toEqual([2, ""]);
  expect(run.error).not.toContain(SECRET);
});

test("a control port in use: exit 2 and one line", async () => {
  const server = await listen();
  const run = start([...account(server.port), "--control", String(server.port)]);
  await run.gone;
  expect(run.error).toMatch(/^[^\n]*the port is in use\n$/);
  expect([run.code, run.out]).toEqual([2, ""]);
  server.close();
});

test("the control line comes first, the log has no secret, SIGTERM ends the stream", async () => {
  const server = await listen();
  const flash = join(folder, "board.flash");
  const run = start([...account(server.port), "--control", "0", "--flash", flash]);
  await heard(run, /connect 127.0.0.1:\d+ plain/);
  await until(() => server.text().includes("<stream:stream"), server.text);
  const base = run.out.match(/^control (http:\/\/127\.0\.0\.1:\d+)\n/)?.[1];
  expect(await (await fetch(`${base}/state`)).json()).toMatchObject({ online: false, jid: null });
  const startMs = Date.now();
  run.child.kill("SIGTERM");
  await run.gone;
  // A stream that is not ended would be waited for; a busy machine takes its time, too.
  expect(Date.now() - startMs).toBeLessThan(5000);
  expect([run.code, run.error]).toEqual([0, ""]);
  await until(() => server.text().endsWith("</stream:stream>"), server.text);
  expect(run.out).not.toContain(SECRET);
  expect(statSync(flash).size).toBe(65536);
  server.close();
});

test("the account outlives the process in the flash file", async () => {
  const server = await listen();
  const flash = join(folder, "board.flash");
  const first = start([...account(server.port), "--flash", flash]);
  await heard(first, /connect/);
  const other = start([...account(server.port), "--flash", flash]);
  await other.gone;
  expect(other.error).toMatch(/^[^\n]*board.flash cannot be used: another board is using it\n$/);
  expect([other.code, other.out]).toEqual([2, ""]);
  first.child.kill("SIGKILL");
  await first.gone;
  const image = readFileSync(flash);
  expect(image.length).toBe(65536);
  const second = start(["--flash", flash]);
  await heard(second, new RegExp(`connect 127.0.0.1:${server.port} plain`));
  second.child.kill("SIGINT");
  await second.gone;
  expect([second.code, second.error]).toEqual([0, ""]);
  expect(readFileSync(flash).equals(image)).toBe(true);
  server.close();
});

/** The board itself is a child of npm: `exec` in the script leaves no shell between them. */
function findBoard(npm: number): number {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const row = rows.map((line) => line.trim().split(/\s+/).map(Number))
    .find(([, parent]) => parent === npm);
  return row?.[0] ?? 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("through npm: SIGTERM ends it with 0, SIGKILL ends the board too", async () => {
  const server = await listen();
  const gentle = start(account(server.port), true);
  await heard(gentle, /connect/);
  gentle.child.kill("SIGTERM");
  await gentle.gone;
  expect(gentle.code).toBe(0);
  await until(() => server.text().endsWith("</stream:stream>"), server.text);
  const hard = start(account(server.port), true);
  await heard(hard, /connect/);
  const board = findBoard(hard.child.pid!);
  expect(isAlive(board)).toBe(true);
  hard.child.kill("SIGKILL");
  await until(() => !isAlive(board), () => "the board's end");
  server.close();
}, 40000);
