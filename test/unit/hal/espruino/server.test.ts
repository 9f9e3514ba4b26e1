/**
 * The port of a board that lets others in, with a `net` that is not there. The same against the
 * real one: test/engine/espruino/server.test.ts.
 */
import Module from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Socket, SocketListener } from "../../../../hal/hal.js";
import { Chip } from "./chip.js";
import { Net } from "./net.js";

const LINGER_MS = 2000;

let net: Net;
let port: { close(): void };
let server: any;
/** Who was accepted, and what they were told. */
let guests: Guest[];
/** What is done with the next one. */
let greet: (socket: Socket) => void;

class Guest implements SocketListener {
  heard = "";
  constructor(readonly socket: Socket) {}
  onOpen(): void {
    this.heard += "open ";
  }
  onBytes(bytes: string): void {
    this.heard += bytes;
  }
  onDrain(): void {
    this.heard += "drain ";
  }
  onClosed(why: string): void {
    this.heard += `closed ${why}`;
  }
}

function turn(turns = 1): void {
  for (let i = 0; i < turns; i++) {
    net.turn();
    vi.advanceTimersByTime(1);
  }
}

beforeEach(async () => {
  vi.useFakeTimers();
  net = new Net();
  guests = [];
  greet = () => undefined;
  for (const [name, value] of Object.entries(new Chip().globals())) vi.stubGlobal(name, value);
  vi.spyOn(Module as any, "_load").mockImplementation(() => net.module);
  const load = (file: string): Promise<any> =>
    import(join(import.meta.dirname, "../../../../hal/espruino", `${file}.ts`));
  const { EngineNetwork } = await load("socket");
  const { EngineServer } = await load("server");
  server = new EngineServer(new EngineNetwork({ soon: () => undefined, trouble: "" }, {}, null), 0);
  port = server.listen(11096, {
    accept: (socket: Socket) => {
      const guest = new Guest(socket);
      guests.push(guest);
      greet(socket);
      return guest;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("who comes is open from the start, and is heard from the first octet", () => {
  expect(net.port).toBe(11096);
  const raw = net.connect();
  turn();
  raw.push("before anybody listens, ");
  turn(2);
  raw.push("and after");
  turn(2);
  expect(guests.map(({ heard }) => heard)).toEqual(["before anybody listens, and after"]);
  guests[0]!.socket.write("answer");
  turn();
  expect([raw.sent, guests[0]!.socket.writable()]).toEqual(["answer", 4096 - 6]);
  raw.isGone = true;
  turn(3);
  expect(guests[0]!.heard).toContain("closed");
});

test("three at once, and the others are gone without a word", () => {
  const all = Array.from({ length: 8 }, () => net.connect());
  turn(20);
  // One above the limit is on its way out while the next comes in; the chip has ten in all.
  expect([guests.length, net.sockets.length, net.most]).toEqual([3, 3, 5]);
  expect(all.filter(({ isEnded }) => isEnded).length).toBe(5);
  all[0]!.isGone = true;
  turn(3);
  net.connect();
  turn(3);
  expect(guests.length).toBe(4);
});

test("who came and went before we were told takes nobody's place", () => {
  for (let i = 0; i < 10; i++) {
    const raw = net.connect();
    raw.isGone = true;
    turn(3);
  }
  expect([guests.length, net.sockets.length]).toEqual([0, 0]);
  for (let i = 0; i < 3; i++) net.connect();
  turn(6);
  expect(guests.length).toBe(3);
});

test("one that is turned away is heard out, or its connection would never end", () => {
  greet = (socket) => {
    socket.write("busy");
    socket.close();
  };
  const raw = net.connect();
  turn();
  raw.push("x".repeat(536));
  turn();
  raw.push("x".repeat(536));
  turn(3);
  expect([raw.sent, raw.isEnded, guests[0]!.heard]).toEqual(["busy", true, ""]);
});

test("a timer is left for nobody who has gone, and ends who does not go", () => {
  greet = (socket) => {
    socket.write("busy");
    socket.close();
  };
  net.connect();
  turn(5);
  expect(vi.getTimerCount()).toBe(0);
  greet = () => undefined;
  const stuck = net.connect();
  turn(3);
  guests[1]!.socket.write("never taken");
  vi.spyOn(stuck, "idle").mockImplementation(() => stuck.clsNow === true);
  guests[1]!.socket.close();
  turn(3);
  expect(stuck.clsNow).toBeUndefined();
  vi.advanceTimersByTime(LINGER_MS);
  expect(stuck.clsNow).toBe(true);
});

test("when it is closed nobody comes any more; a port of somebody else is told", () => {
  port.close();
  expect(net.port).toBe(0);
  net.connect();
  turn(3);
  expect([guests.length, server.isDeaf]).toEqual([0, false]);
  net.isTaken = true;
  port = server.listen(11096, { accept: () => { throw new Error("nobody"); } });
  expect([server.isDeaf, net.port]).toEqual([true, 0]);
  port.close();
});
