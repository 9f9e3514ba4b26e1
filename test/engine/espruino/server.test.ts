/**
 * The port of a board that lets others in, on the real interpreter with its real sockets, and
 * whoever means no good on the other side of it.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { IDENTIFY_MS } from "../../../firmware/config.js";
import { FrameType, Frames, Status } from "../../../firmware/rendezvous/framing.js";
import { ESPRUINO, Interpreter, type Run } from "./interpreter.js";

const LIMIT_MS = 120000;
/** What sockets, strings and timers on the way may hold at one moment more than at another. */
const LEEWAY = 20;
const STORM = 300;

if (!ESPRUINO) console.log("skipped: ESPRUINO is not set (the port of a board that lets others in)");

let engine: Interpreter;
let run: Run;
let port = 0;
const clients: Client[] = [];

/** Somebody on the other side, and what it was told. */
class Client {
  readonly frames: [FrameType, number][] = [];
  isClosed = false;
  readonly socket: Socket;
  private readonly cutter = new Frames();

  constructor() {
    clients.push(this);
    this.socket = connect(port, "127.0.0.1").setNoDelay();
    this.socket.on("error", () => undefined).on("close", () => (this.isClosed = true));
    this.socket.on("data", (chunk) => {
      this.cutter.push(chunk.toString("latin1"));
      for (let type = this.cutter.next(); type; type = this.cutter.next()) {
        this.frames.push([type, this.cutter.body.charCodeAt(0)]);
      }
    });
  }

  get types(): FrameType[] {
    return this.frames.map(([type]) => type);
  }
}

/** A port that nobody has; the interpreter cannot choose one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: LIMIT_MS }).toBe(true);

/** Open sockets of the interpreter, the one that listens among them. */
function sockets(): number {
  const folder = `/proc/${run.pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      return false; // Closed meanwhile.
    }
  }).length;
}

async function value(expression: string): Promise<any> {
  const before = run.values().length;
  run.type(expression);
  await until(() => run.values().length > before);
  return run.values().at(-1);
}

async function served(): Promise<Client> {
  const client = new Client();
  await until(() => client.types.includes(FrameType.IdentifyRequest));
  return client;
}

describe.skipIf(!ESPRUINO)("a port of a board on Espruino", () => {
  let rest = 0;

  beforeAll(() => void (engine = new Interpreter()));
  afterAll(() => engine.remove());
  beforeEach(async () => {
    port = await freePort();
    run = await engine.start("server.js", { port }, LIMIT_MS);
    await run.until("ready");
    rest = sockets();
    run.type("THING.open()");
    await run.until("listens true");
  });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await run.kill();
  });

  test("serves one, and tells the others that they must wait", async () => {
    const first = await served();
    const others = [new Client(), new Client(), new Client(), new Client(), new Client()];
    await until(() => others.every(({ isClosed }) => isClosed));
    // Those above the limit are told nothing.
    for (const { frames } of others) {
      if (frames.length > 0) expect(frames).toEqual([[FrameType.Status, Status.Busy]]);
    }
    expect(others.some(({ frames }) => frames.length > 0)).toBe(true);
    expect([first.isClosed, first.types]).toEqual([false, [FrameType.IdentifyRequest]]);
    first.socket.end();
    await run.until("gone 5");
    await served();
    // It is no sign of life of our own network.
    expect(await value("THING.heard()")).toEqual([false, 0]);
  }, LIMIT_MS);

  test("one that says nothing has its time, and makes room", async () => {
    const silent = await served();
    const startMs = Date.now();
    await until(() => silent.isClosed);
    expect(Date.now() - startMs).toBeGreaterThan(IDENTIFY_MS - 1000);
    expect(silent.frames.at(-1)).toEqual([FrameType.Status, Status.Timeout]);
    await served();
  }, LIMIT_MS);

  test("100 kB without the end of a frame are neither kept nor waited for", async () => {
    const before = await value("THING.usage()");
    for (const head of ["\xff\xff\x02", "\x00"]) {
      const flood = await served();
      const busy = new Client();
      const rubbish = head + "\xff".repeat(100000);
      for (const { socket } of [flood, busy]) socket.write(rubbish, "latin1");
      await until(() => flood.isClosed && busy.isClosed);
    }
    await until(() => sockets() === rest + 1);
    await expect.poll(() => value("THING.usage()"), { timeout: LIMIT_MS, interval: 500 })
      .toBeLessThan(before + LEEWAY);
    await served();
  }, LIMIT_MS);

  test("one that is told to wait, and neither reads nor goes, is closed all the same", async () => {
    await served();
    const stuck = new Client();
    stuck.socket.pause();
    await until(() => !stuck.socket.connecting);
    run.type("THING.usage()"); // It is at work, so it has accepted who is there.
    await until(() => run.values().length > 0 && sockets() === rest + 2);
    expect(stuck.frames).toEqual([]);
    stuck.socket.resume();
    await until(() => stuck.isClosed);
    expect(stuck.frames).toEqual([[FrameType.Status, Status.Busy]]);
  }, LIMIT_MS);

  test("who comes and goes leaves nothing behind", async () => {
    await served();
    clients.pop()!.socket.destroy();
    await run.until("gone 5");
    await until(() => sockets() === rest + 1);
    const before = await value("THING.usage()");
    for (let i = 0; i < STORM; i += 10) {
      const wave = Array.from({ length: 10 }, () => new Client());
      await until(() => wave.every(({ socket }) => !socket.connecting));
      // Half of them reset the connection, half of them end it, some in the middle of a frame.
      wave.forEach(({ socket }, at) => {
        if (at % 3 === 0) socket.write("\x00");
        if (at % 2) socket.resetAndDestroy();
        else socket.end();
      });
      await until(() => wave.every(({ isClosed }) => isClosed));
    }
    await until(() => sockets() === rest + 1);
    await expect.poll(() => value("THING.usage()"), { timeout: LIMIT_MS, interval: 500 })
      .toBeLessThan(before + LEEWAY);
    await served();
    expect(await value("THING.heard()")).toEqual([false, 0]);
  }, LIMIT_MS);

  test("when the window closes, nobody is left, and nobody comes any more", async () => {
    const half = await served();
    half.socket.write("\x00\x40\x02half of it");
    const deaf = new Client();
    deaf.socket.pause();
    await until(() => sockets() >= rest + 2);
    run.type("THING.shut()");
    await run.until("shut");
    await until(() => half.isClosed);
    expect(half.frames.at(-1)).toEqual([FrameType.Status, Status.Timeout]);
    await until(() => sockets() === rest);
    const late = new Client();
    await until(() => late.isClosed);
    expect(late.frames).toEqual([]);
    // And it can be opened again.
    const from = run.text.length;
    run.type("THING.open()");
    await until(() => run.text.slice(from).includes("listens true"));
    await served();
  }, LIMIT_MS);
});

test.skipIf(!ESPRUINO)("a port that somebody else has is one to which nobody comes", async () => {
  const other = createServer().listen(0, "0.0.0.0");
  await new Promise((resolve) => other.on("listening", resolve));
  engine = new Interpreter();
  run = await engine.start("server.js", { port: (other.address() as AddressInfo).port }, LIMIT_MS);
  await run.until("ready");
  run.type("THING.open()");
  await run.until("listens false");
  run.type("THING.shut()");
  await run.until("shut");
  expect(await value("THING.heard()")).toEqual([false, 0]);
  await run.kill();
  engine.remove();
  other.close();
}, LIMIT_MS);
