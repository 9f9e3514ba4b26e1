import { type ChildProcess, spawn } from "node:child_process";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../../demo/start.ts", import.meta.url));
const START_MS = 60000;
/** A goodbye that nobody answers is given 0.7 s; a busy machine takes its time, too. */
const SOON_MS = 5000;
const USUAL_PORT = 8324;

const children: ChildProcess[] = [];
const servers: net.Server[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.on("close", resolve));
  }
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

interface Run {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
  /** The address, as soon as it is printed. */
  address: Promise<string>;
}

function start(...options: string[]): Run {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...options]);
  children.push(child);
  let text = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const address = new Promise<string>((resolve, reject) => {
    const take = (part: Buffer): void => {
      text += part.toString();
      const found = /^open (http:\/\/127\.0\.0\.1:\d+)$/m.exec(text);
      if (found) resolve(found[1]!);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void ended.then(() => reject(new Error(`it has ended: ${text}`)));
  });
  address.catch(() => undefined);
  return { child, ended, address, output: () => text };
}

async function occupy(port: number): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    // Taken by somebody else is as good.
    server.once("error", () => resolve());
    server.listen(port, "127.0.0.1", () => {
      servers.push(server);
      resolve();
    });
  });
  return (server.address() as net.AddressInfo | null)?.port ?? port;
}

test.each(["SIGINT", "SIGTERM"] as const)("one line says where; %s ends it soon",
  async (signal) => {
    const run = start("--port", "0");
    const url = await run.address;
    expect((await fetch(url)).status).toBe(200);
    // Somebody who watches must not hold it up.
    const feed = await fetch(`${url}/events`);
    const reader = feed.body!.getReader();
    await reader.read();
    const atMs = performance.now();
    run.child.kill(signal);
    run.child.kill(signal);
    expect(await run.ended).toBe(0);
    expect(performance.now() - atMs).toBeLessThan(SOON_MS);
    expect(run.output()).toBe(`open ${url}\n`);
    await reader.cancel().catch(() => undefined);
  }, START_MS);

test("where the usual port is taken, another one will do", async () => {
  await occupy(USUAL_PORT);
  const run = start();
  const url = await run.address;
  expect(new URL(url).port).not.toBe(String(USUAL_PORT));
  expect((await fetch(`${url}/state`)).status).toBe(200);
}, START_MS);

test("a port that was asked for and is taken, or is none, ends it with a reason", async () => {
  const taken = start("--port", String(await occupy(0)));
  expect(await taken.ended).toBe(2);
  expect(taken.output()).toMatch(/^start: the port cannot be used: EADDRINUSE\n$/);
  const odd = start("--port", "many");
  expect(await odd.ended).not.toBe(0);
  expect(odd.output()).toContain("a port is a number");
}, START_MS);
