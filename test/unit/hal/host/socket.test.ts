import { createServer as createPlain } from "node:net";
import type { AddressInfo, Server, Socket as NodeSocket } from "node:net";
import { createServer as createTls } from "node:tls";
import type { TLSSocket, TlsOptions } from "node:tls";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { Endpoint, Socket, SocketListener } from "../../../../hal/hal.js";
import { HostNetwork } from "../../../../hal/host/network.js";
import { CHUNK_BYTES, WINDOW_BYTES } from "../../../../hal/host/socket.js";
import { createCertificate } from "./certificate.js";
import type { Pair } from "./certificate.js";

const NAME = "thing.test";
const servers: Server[] = [];
const accepted: NodeSocket[] = [];
let authority: Pair;
let good: Pair;

beforeAll(async () => {
  authority = await createCertificate({ name: "Test Authority", isAuthority: true });
  good = await createCertificate({ name: NAME, ca: authority });
});

afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function serve(options: TlsOptions | null, take: (socket: NodeSocket) => void) {
  const accept = (socket: NodeSocket): void => {
    accepted.push(socket);
    socket.on("error", () => {});
    take(socket);
  };
  const server = options === null ? createPlain(accept) : createTls(options, accept);
  server.on("tlsClientError", () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

class Log implements SocketListener {
  lines: string[] = [];
  received = "";
  largest = 0;
  isInside = false;
  onOpen(): void { this.add("open"); }
  onBytes(bytes: string): void {
    this.largest = Math.max(this.largest, bytes.length);
    this.received += bytes;
    this.add("bytes");
  }
  onDrain(): void { this.add("drain"); }
  onClosed(why: string): void { this.add(`closed ${why}`); }
  async until(test: () => boolean): Promise<void> {
    const endMs = Date.now() + 20000;
    while (!test()) {
      if (Date.now() > endMs) throw new Error(`waited in vain: ${this.lines.join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  has(word: string): boolean { return this.lines.some((line) => line.startsWith(word)); }
  private add(line: string): void {
    expect(this.isInside).toBe(false);
    this.lines.push(line);
  }
}

function connect(port: number, secure: boolean, ca?: string[], name = NAME) {
  const log = new Log();
  const network = new HostNetwork(ca === undefined ? {} : { ca });
  const endpoint: Endpoint = { host: "127.0.0.1", port, secure, name };
  log.isInside = true;
  const socket: Socket = network.connect(endpoint, log);
  log.isInside = false;
  return { log, socket, network };
}

/** A connection that must fail: why it did, after which nothing more is heard. */
async function failure(port: number, ca: string[], name = NAME): Promise<string> {
  const { log, socket } = connect(port, true, ca, name);
  await log.until(() => log.has("closed"));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(log.lines.length).toBe(1);
  expect(socket.writable()).toBe(0);
  return log.lines[0]!;
}

const nothing = (): void => {};

test("octets of every value go both ways, plain", async () => {
  const port = await serve(null, (socket) => socket.on("data", (bytes) => socket.write(bytes)));
  const { log, socket, network } = connect(port, false);
  expect(network.isUp() && network.verifies).toBe(true);
  expect(socket.writable()).toBe(0);
  await log.until(() => log.has("open"));
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
  socket.write(all);
  await log.until(() => log.received.length === 256);
  expect(log.received).toBe(all);
  expect(log.has("drain")).toBe(true);
  expect(socket.writable()).toBe(WINDOW_BYTES);
  socket.close();
});

test("TLS is verified for the JID's domain, with its SNI and the ALPN of XEP-0368", async () => {
  let seen: TLSSocket | undefined;
  const tls = { ...good, ALPNProtocols: ["xmpp-client"] };
  const port = await serve(tls, (socket) => { seen = socket as TLSSocket; });
  const { log, socket } = connect(port, true, [authority.cert]);
  await log.until(() => log.has("open") && seen !== undefined);
  expect((seen as TLSSocket & { servername: string }).servername).toBe(NAME);
  expect(seen!.alpnProtocol).toBe("xmpp-client");
  expect(seen!.getProtocol()).toMatch(/^TLSv1\.[23]$/);
  socket.close();
});

test("TLS 1.2 is enough", async () => {
  const port = await serve({ ...good, maxVersion: "TLSv1.2" }, nothing);
  const { log, socket } = connect(port, true, [authority.cert]);
  await log.until(() => log.has("open"));
  socket.close();
});

test("a server's own certificate can be trusted, whoever signed it", async () => {
  const alone = await createCertificate({ name: NAME });
  for (const pair of [alone, good]) {
    const port = await serve(pair, nothing);
    const { log, socket } = connect(port, true, [pair.cert]);
    await log.until(() => log.lines.length > 0);
    expect(log.lines).toEqual(["open"]);
    socket.close();
  }
});

test("a certificate for another name is refused before anything is open", async () => {
  const port = await serve(good, nothing);
  expect(await failure(port, [authority.cert], "other.test")).toMatch(/does not match/);
});

test("the host that was dialled is not a name: only the JID's domain counts", async () => {
  const local = await createCertificate({ name: "localhost", ca: authority });
  const port = await serve(local, nothing);
  expect(await failure(port, [authority.cert])).toMatch(/does not match/);
});

test("a certificate that nobody vouches for is refused", async () => {
  const stranger = await createCertificate({ name: NAME });
  const port = await serve(stranger, nothing);
  expect(await failure(port, [authority.cert])).toMatch(/self.signed certificate/);
  const log = connect(port, true).log;
  await log.until(() => log.has("closed"));
  expect(log.lines).toHaveLength(1);
});

test("a certificate of another authority with the same name is refused", async () => {
  const forger = await createCertificate({ name: "Test Authority", isAuthority: true });
  const forged = await createCertificate({ name: NAME, ca: forger });
  expect(await failure(await serve(forged, nothing), [authority.cert])).toMatch(/certificate/);
});

test("an expired certificate is refused", async () => {
  const old = await createCertificate({ name: NAME, ca: authority, days: -1 });
  expect(await failure(await serve(old, nothing), [authority.cert])).toMatch(/expired/);
});

test("TLS 1.1 is refused", async () => {
  const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  const port = await serve({ ...good, ...old }, nothing);
  expect(await failure(port, [authority.cert])).toMatch(/TLS/);
});

test("a server that speaks no TLS is refused", async () => {
  const port = await serve(null, (socket) => socket.write("<?xml version='1.0'?>"));
  expect(await failure(port, [authority.cert])).toMatch(/TLS: wrong version number/);
});

test("nobody there, no such host, no such port: each arrives as onClosed", async () => {
  const port = await serve(null, nothing);
  servers.pop()!.close();
  const refused = connect(port, false);
  await refused.log.until(() => refused.log.has("closed"));
  expect(refused.log.lines).toEqual(["closed connection refused"]);
  const wrong = connect(70000, false);
  await wrong.log.until(() => wrong.log.has("closed"));
  expect(wrong.log.lines).toHaveLength(1);
});

test("a large burst arrives whole, in pieces that a small reader can take", async () => {
  const burst = "0123456789".repeat(20000);
  const port = await serve(null, (socket) => socket.end(burst, "latin1"));
  const { log } = connect(port, false);
  await log.until(() => log.has("closed"));
  expect(log.received).toBe(burst);
  expect(log.largest).toBe(CHUNK_BYTES);
  expect(log.lines.at(-1)).toBe("closed closed by the server");
});

test("a server that does not read fills the window, and more is a programmer error", async () => {
  let peer: NodeSocket | undefined;
  const port = await serve(null, (socket) => { socket.pause(); peer = socket; });
  const { log, socket } = connect(port, false);
  await log.until(() => log.has("open"));
  expect(() => socket.write("x".repeat(WINDOW_BYTES + 1))).toThrow(/writable/);
  let sent = 0;
  const endMs = Date.now() + 30000;
  for (let idle = 0; idle < 20 && Date.now() < endMs;) {
    const free = socket.writable();
    if (free > 0) socket.write("x".repeat(free));
    idle = free > 0 ? 0 : idle + 1;
    sent += free;
    await new Promise((resolve) => setTimeout(resolve, free > 0 ? 0 : 5));
  }
  expect(socket.writable()).toBe(0);
  let received = 0;
  log.lines = [];
  peer!.on("data", (bytes: Buffer) => { received += bytes.length; });
  peer!.resume();
  await log.until(() => received === sent && log.has("drain"));
  expect(socket.writable()).toBe(WINDOW_BYTES);
  socket.close();
});

test("close() sends what was written, and the listener hears nothing any more", async () => {
  let received = "";
  let isOver = false;
  const port = await serve(good, (socket) => {
    socket.write("late");
    socket.on("data", (bytes: Buffer) => { received += bytes.toString("latin1"); });
    socket.on("end", () => { isOver = true; });
  });
  const { log, socket, network } = connect(port, true, [authority.cert]);
  await log.until(() => log.has("open"));
  socket.write("x".repeat(5000) + "</stream:stream>");
  socket.close();
  socket.close();
  const before = log.lines.length;
  expect(socket.writable()).toBe(0);
  await network.closeAll(20000);
  await log.until(() => isOver);
  expect(received.endsWith("</stream:stream>")).toBe(true);
  expect(log.lines.length).toBe(before);
});

test("closing while connecting leaves nothing behind", async () => {
  let ends = 0;
  const port = await serve(good, (socket) => socket.on("close", () => { ends++; }));
  const { log, socket, network } = connect(port, true, [authority.cert]);
  socket.close();
  await network.closeAll(20000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await log.until(() => ends === accepted.length);
  expect(log.lines).toEqual([]);
});
