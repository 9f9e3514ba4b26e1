/**
 * Sockets of the Espruino HAL against servers of Node, plain and TLS.
 */
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ESPRUINO, Interpreter } from "./interpreter.js";

/** What the HAL lets wait in one socket. */
const WINDOW_BYTES = 4096;
const BYE = "\xfe\xffbye";
const TEXT = Array.from({ length: 5000 }, (_, i) => String.fromCharCode((i * 31) & 255)).join("");
const NOWHERE = "example.invalid";

let engine: Interpreter;
const servers: Server[] = [];

/** Listens on a port of its own; `serve` is given each connection. */
function listen(serve: (socket: Socket) => void, server = createServer(serve)): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Sends back what comes, and `BYE` when there were as many octets as TEXT has. */
function echo(socket: Socket): void {
  let count = 0;
  socket.on("error", () => undefined).on("data", (chunk: Buffer) => {
    count += chunk.length;
    socket.write(chunk);
    if (count === TEXT.length) socket.write(BYE, "latin1");
  });
}

interface Outcome {
  events: string[];
  /** Everything came back. */
  same: boolean;
  count: number;
  writable: number;
}

async function outcome(port: number, given: object, host = "localhost"): Promise<Outcome> {
  const endpoint = { host, port, secure: false, name: "localhost" };
  const texts = { send: "", bye: "", ...given };
  const octets = { send: btoa(texts.send), bye: btoa(texts.bye) };
  return (await engine.results("socket.js", { endpoint, ...given, ...octets }))[0];
}

const secure = (port: number): object => ({
  endpoint: { host: "127.0.0.1", port, secure: true, name: "localhost" },
});
const last = (events: string[]): string => events[events.length - 1]!;

beforeAll(() => void (engine = new Interpreter()));
afterAll(() => {
  engine.remove();
  for (const server of servers) server.close();
});

describe.skipIf(!ESPRUINO)("a socket on Espruino", () => {
  test("writes 5,000 octets in two windows and reads them back", async () => {
    const port = await listen(echo);
    const { events, same, writable } = await outcome(port, { send: TEXT, bye: BYE, after: 300 });
    expect(same).toBe(true);
    const drain = `drain ${WINDOW_BYTES}`;
    expect(events).toEqual(
      ["connected 0 true false", `open ${WINDOW_BYTES}`, drain, drain, "close 0"]);
    expect(writable).toBe(0);
  });

  test("says nothing after close, and the server sees the end", async () => {
    let ended = "";
    const port = await listen((socket) => {
      echo(socket);
      socket.on("end", () => (ended = "end"));
    });
    const { events } = await outcome(port, { send: TEXT, bye: BYE, after: 500 });
    expect([last(events), ended]).toEqual(["close 0", "end"]);
  });

  test("a refused connection is an onClosed that comes later", async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const { events } = await outcome(port, {});
    expect(events).toEqual(["connected 0 true false", expect.stringMatching(/^closed .*socket/)]);
  });

  test("a name that does not exist is an onClosed too", async () => {
    const { events } = await outcome(5222, {}, NOWHERE);
    expect(events).toEqual(["connected 0 true false", expect.stringMatching(/^closed .*host/)]);
  });

  test("a server that ends the connection, and one that resets it, are told", async () => {
    const ending = await listen((socket) => void socket.end("last words"));
    const first = await outcome(ending, {});
    expect(first.count).toBe("last words".length);
    expect(last(first.events)).toBe("closed closed by the server");
    const resetting = await listen((socket) => void setTimeout(() => socket.resetAndDestroy(), 50));
    expect(last((await outcome(resetting, {})).events)).toMatch(/^closed /);
  });

  test("with Wi-Fi the name is looked up first, and the link is the station's", async () => {
    const names = { "xmpp.ex.org": "127.0.0.1" };
    const port = await listen((socket) => void socket.end("found"));
    const found = await outcome(port, { names }, "xmpp.ex.org");
    expect([found.count, found.events[0]]).toEqual([5, "connected 0 false false"]);
    const lost = await outcome(port, { names }, "other.ex.org");
    expect(last(lost.events)).toBe("closed no address for other.ex.org");
    const hungUp = await outcome(port, { names, hangUp: 10, most: 300 }, "xmpp.ex.org");
    expect(hungUp.events.slice(1)).toEqual(["refused overrun"]);
  });

  test("more than is writable is refused", async () => {
    const port = await listen((socket) => void socket.pause());
    const { events, writable } = await outcome(port, { most: 200 });
    expect([last(events), writable]).toEqual(["refused overrun", WINDOW_BYTES]);
  });

  test("a lost Wi-Fi closes it", async () => {
    const port = await listen(() => undefined);
    expect(last((await outcome(port, { drop: 200 })).events)).toBe("closed no Wi-Fi");
  });

  test("TLS carries the same octets", async () => {
    const pems = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });
    // COMPAT: mbedTLS 2.1 in Espruino for Linux knows the RSA key exchange of TLS 1.2 alone.
    const server = createTlsServer({
      key: pems.private,
      cert: pems.cert,
      maxVersion: "TLSv1.2",
      ciphers: "AES128-GCM-SHA256:AES128-SHA256:AES128-SHA:@SECLEVEL=0",
    }, echo);
    const port = await listen(echo, server);
    const given = { ...secure(port), send: TEXT, bye: BYE, after: 300 };
    const { events, same } = await outcome(0, given);
    expect(same).toBe(true);
    expect(events).toContain(`drain ${WINDOW_BYTES}`);
    expect(last(events)).toBe("close 0");
  });

  test("a failed handshake says why", async () => {
    const port = await listen((socket) => {
      socket.on("error", () => undefined).end("this is not TLS at all");
    });
    const { events } = await outcome(0, secure(port));
    expect(last(events)).toMatch(/^closed .*handshake/);
  });

  test("a peer that takes nothing holds a closed socket for two seconds", async () => {
    // Nothing written leaves before the handshake, and this server does not shake hands.
    let openMs = 0;
    const port = await listen((socket) => {
      const startMs = Date.now();
      socket.on("data", () => undefined).on("close", () => (openMs = Date.now() - startMs));
    });
    const given = { ...secure(port), send: TEXT, hangUp: 300, most: 3200 };
    const { events, writable } = await outcome(0, given);
    expect(events).toContain(`open ${WINDOW_BYTES}`);
    expect(events.filter((event) => event.startsWith("closed"))).toEqual([]);
    expect(writable).toBe(0);
    expect(openMs).toBeGreaterThan(1500);
    expect(openMs).toBeLessThan(3000);
  });
});
