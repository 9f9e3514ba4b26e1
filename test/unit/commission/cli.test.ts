/**
 * The whole way between two processes, over loopback: `npm run device` without an account, and
 * `npm run commission`. The XMPP server is the demo's.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Visitor } from "../../../demo/visitor.js";

const DOMAIN = "home.example";
const PATIENCE_MS = 60000;
const STORY_MS = 180000;

let folder = "";
let server: Server;
const children: ChildProcess[] = [];
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "commission-"));
  server = await startServer({ domain: DOMAIN, registration: true,
    accounts: { provisioning: "p", visitor: "v" } });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const close of closers.splice(0)) await close();
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Run {
  child: ChildProcess;
  out: string;
  error: string;
  code: number | null;
  gone: Promise<void>;
}

function start(program: string, args: string[], input: string | null = null): Run {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ["npm_lifecycle_event", "THING_PASSWORD", "WIFI_PASSWORD"]) {
    delete environment[name];
  }
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: [input === null ? "ignore" : "pipe", "pipe", "pipe"], env: environment,
  });
  children.push(child);
  child.stdin?.end(input);
  const run: Run = { child, out: "", error: "", code: null, gone: Promise.resolve() };
  child.stdout!.on("data", (bytes) => { run.out += bytes; });
  child.stderr!.on("data", (bytes) => { run.error += bytes; });
  run.gone = new Promise((resolve) => child.once("close", (code) => {
    run.code = code;
    resolve();
  }));
  return run;
}

async function heard(run: Run, word: RegExp): Promise<RegExpMatchArray> {
  await expect.poll(() => word.test(run.out) || run.error !== "" || run.out,
    { timeout: PATIENCE_MS }).toBe(true);
  expect(run.error).toBe("");
  return run.out.match(word)!;
}

async function board(...args: string[]) {
  const run = start("hal/host/cli.ts", ["--control", "0", "--air", folder,
    "--flash", join(folder, "board.flash"), ...args]);
  const [, base] = await heard(run, /^control (\S+)\n/);
  const press = () => fetch(`${base}/button`, { method: "POST", body: '{"press":250}' });
  const state = async () => await (await fetch(`${base}/state`)).json() as
    { online: boolean; trust: string[]; led: { pattern: string } };
  return { run, press, state };
}

const account = (): string[] => ["--wifi", "home", "--wifi-password", "a passphrase",
  "--jid", `board@${DOMAIN}`, "--host", "127.0.0.1", "--port", String(server.port),
  "--tls", "off", "--air", folder, "--listen", "0"];

const commission = (args: string[], input: string | null = null): Run =>
  start("commission/cli.ts", [...account(), ...args], input);

test("no network, code, network, account, trust, first read-out: all of it", async () => {
  const link = { host: "127.0.0.1", port: server.port };
  const authority = new Authority({ link: { ...link, jid: `provisioning@${DOMAIN}`, password: "p" } });
  const visitor = new Visitor({ ...link, jid: `visitor@${DOMAIN}`, password: "v" });
  await Promise.all([authority.start(), visitor.start()]);
  closers.push(() => authority.stop(), () => visitor.stop());
  await authority.setRule({ device: `board@${DOMAIN}`, peer: `visitor@${DOMAIN}`, friend: true,
    read: { fields: ["Temperature"] } });

  const { run, press, state } = await board();
  const [, label] = await heard(run, /^label (\S+)$/m);
  expect(await state()).toMatchObject({ online: false, trust: [] });
  const keys = join(folder, "keys");
  const drawing = join(folder, "label.svg");
  const tool = commission(["--code", label!, "--yes", "--pressed", "--key-file", keys,
    "--label", drawing, "--provisioning", `provisioning@${DOMAIN}`]);
  await heard(tool, /^waiting for a board until \S+: network XPR1-/m);
  await press();
  await tool.gone;
  expect([tool.code, tool.error]).toEqual([0, ""]);
  expect(tool.out).toMatch(/^done: the board is online as board@home\.example\/\S+, and has proved/m);
  expect(readFileSync(drawing, "utf8")).toContain(label!.match(/C:(...)/)![1]!);
  expect(readFileSync(keys, "utf8")).toMatch(/^\{\n {2}"[0-9A-F]{16}": "[0-9a-f]{64}"\n\}\n$/);
  await expect.poll(async () => (await state()).trust, { timeout: PATIENCE_MS })
    .toEqual([`provisioning@${DOMAIN}`]);
  expect(await visitor.befriend(`board@${DOMAIN}`)).toBe("accepted");
  await visitor.whenPresent(`board@${DOMAIN}`, PATIENCE_MS);
  const result = await visitor.read(`board@${DOMAIN}`);
  expect(result).toMatchObject({ outcome: "read", fields: [{ name: "Temperature" }] });

  // It is all on its flash: the next start needs nobody, and tells no label.
  run.child.kill("SIGKILL");
  await run.gone;
  const again = await board();
  await expect.poll(async () => (await again.state()).online, { timeout: PATIENCE_MS }).toBe(true);
  expect((await again.state()).trust).toEqual([`provisioning@${DOMAIN}`]);
  expect(again.run.out).not.toContain("label");
  const secret = /C:(\w{9})/.exec(label!)![1]!;
  expect(readFileSync(join(folder, "board.flash"), "latin1")).not.toContain(secret);
  for (const text of [tool.out, run.out.replace(/^label .*$/m, "")]) {
    expect(text).not.toContain("a passphrase");
    expect(text).not.toContain(secret);
  }
}, STORY_MS);

test("a board that was added before is known by its key, and moves to another account", async () => {
  const { run, press } = await board("--code", "1XN-DP3-WW3");
  const keys = join(folder, "keys");
  const first = commission(["--code", "1XNDP3WW3", "--yes", "--key-file", keys]);
  await heard(first, /^waiting/m);
  await press();
  await first.gone;
  expect([first.code, first.error]).toEqual([0, ""]);
  await heard(run, /joiner is commissioned/);
  // Its server is gone for good. The code opens nothing any more, its owner's key does.
  run.child.kill("SIGTERM");
  await run.gone;
  await server.close();
  server = await startServer({ domain: DOMAIN, registration: true });
  const again = await board("--code", "1XN-DP3-WW3");
  const second = commission(["--yes", "--key-file", keys, "--jid", `moved@${DOMAIN}`]);
  await heard(second, /^waiting/m);
  await heard(again.run, /offline/);
  await again.press();
  await second.gone;
  expect([second.code, second.error]).toEqual([0, ""]);
  expect(second.out).toMatch(/^done: the board is online as moved@home\.example\//m);
}, STORY_MS);

test("a wrong code gives nothing, and the board is as new", async () => {
  const { run, press, state } = await board("--code", "1XN-DP3-WW3");
  await heard(run, /^label /m);
  const tool = commission(["--code", "2XNDP3WW2", "--yes", "--wait", "20"]);
  await heard(tool, /^waiting/m);
  await press();
  await heard(tool, /does not know this code/);
  await heard(run, /joiner .*the other side does not know the code/);
  expect(await state()).toMatchObject({ online: false });
  await tool.gone;
  expect(tool.code).toBe(1);
  expect(tool.error).toMatch(/^commission: no board came that knows this secret[^\n]*\n$/);
  expect(server.online()).toEqual([]);
}, STORY_MS);

test("the code is read from what is piped in, and each question is one line", async () => {
  const { press } = await board("--code", "1XN-DP3-WW3");
  const tool = commission([], "1xn dp3 ww3\ny\n");
  await heard(tool, /^waiting/m);
  await press();
  await tool.gone;
  expect([tool.code, tool.error]).toEqual([0, ""]);
}, STORY_MS);

test("a network that does not take the board: it comes back, and says so", async () => {
  const { press, state } = await board("--code", "1XN-DP3-WW3", "--wifi", "home:another one");
  const tool = commission(["--code", "1XNDP3WW3", "--yes"]);
  await heard(tool, /^waiting/m);
  await press();
  await tool.gone;
  expect(tool.code).toBe(1);
  expect(tool.error).toMatch(/^commission: the board is back: the Wi-Fi network[^\n]*\n$/);
  expect(tool.out).toMatch(/^the account board@home\.example is still on the server.*--jid$/m);
  expect(await state()).toMatchObject({ online: false });
}, STORY_MS);

test.each<[string, string[], RegExp]>([
  ["no code", [], /Pairing code.* Nobody answered: give it as an option/],
  ["a code with a wrong check", ["--code", "1XNDP3WW4"], /no pairing code/],
  ["plain TCP to a host that is far", ["--code", "1XNDP3WW3", "--host", "xmpp.example"],
    /--tls off is refused/],
  ["a port that is taken", ["--code", "1XNDP3WW3", "--listen", "PORT"], /port cannot be used/],
  ["a key file that is none", ["--key-file", "package.json"], /does not hold keys/],
])("%s: exit 2 and one line", async (_what, args, line) => {
  const tool = commission(args.map((arg) => arg.replace("PORT", String(server.port))), "");
  await tool.gone;
  expect(tool.error).toMatch(line);
  expect(tool.error).toMatch(/^commission: [^\n]+\n$/);
  expect(tool.code).toBe(2);
}, STORY_MS);

test("Ctrl-C ends it, and its network is not in the air any more", async () => {
  const tool = commission(["--code", "1XNDP3WW3", "--yes"]);
  await heard(tool, /^waiting/m);
  tool.child.kill("SIGINT");
  await tool.gone;
  expect(tool.code).toBe(130);
  const run = await board("--code", "1XNDP3WW3");
  await heard(run.run, /joiner looks for networks/);
  await run.press();
  expect(run.run.out).not.toContain("joiner joins");
  expect(existsSync(join(folder, "board.flash.label"))).toBe(true);
}, STORY_MS);
