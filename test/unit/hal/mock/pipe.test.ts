import { expect, test } from "vitest";
import { TICK_MS } from "../../../../firmware/config.js";
import { createMockHal } from "../../../../hal/mock/hal.js";
import type { Endpoint, Socket, SocketListener } from "../../../../hal/hal.js";
import type { Peer } from "../../../../hal/mock/pipe.js";

const ENDPOINT: Endpoint = { host: "h", port: 5223, secure: true, name: "example.org" };

class Log implements SocketListener {
  lines: string[] = [];
  onOpen(): void { this.lines.push("open"); }
  onBytes(bytes: string): void { this.lines.push(`bytes ${bytes}`); }
  onDrain(): void { this.lines.push("drain"); }
  onClosed(why: string): void { this.lines.push(`closed ${why}`); }
  take(): string[] { return this.lines.splice(0); }
}

function connect() {
  const world = createMockHal();
  const log = new Log();
  const socket: Socket = world.network.connect(ENDPOINT, log);
  return { ...world, log, socket };
}

function open() {
  const world = connect();
  world.clock.flush();
  world.log.take();
  const peer: Peer = world.network.peers[0]!;
  return { ...world, peer };
}

test("a connection opens after connect, not inside it", () => {
  const { clock, log, socket, network } = connect();
  expect(log.lines).toEqual([]);
  expect(socket.writable()).toBe(0);
  clock.flush();
  expect(log.take()).toEqual(["open"]);
  expect(socket.writable()).toBe(2048);
  expect(network.peers[0]!.endpoint).toEqual(ENDPOINT);
});

test("octets go both ways, and onDrain says that all have left", () => {
  const { clock, log, socket, peer } = open();
  socket.write("hello");
  socket.write(" there");
  expect(peer.received).toBe("");
  expect(socket.writable()).toBe(2048 - 11);
  peer.send("answer");
  clock.flush();
  expect(peer.received).toBe("hello there");
  expect(log.take()).toEqual(["bytes answer", "drain"]);
  expect(socket.writable()).toBe(2048);
});

test("what the server does when it hears octets arrives at once, but never from inside", () => {
  const { clock, log, socket, peer } = open();
  peer.onBytes = (bytes) => peer.send(`echo ${bytes}`);
  socket.write("a");
  expect(log.lines).toEqual([]);
  clock.flush();
  expect(log.take()).toContain("bytes echo a");
});

test("more than is writable is a programmer error", () => {
  const { socket } = open();
  expect(() => socket.write("x".repeat(2049))).toThrow(/writable/);
  expect(() => socket.write("\u0100")).toThrow(/octet/);
  socket.write("x".repeat(2048));
  expect(() => socket.write("x")).toThrow(/writable/);
});

test("a peer that does not read fills the window; reading again empties it", () => {
  const { clock, log, socket, peer } = open();
  peer.pause();
  socket.write("x".repeat(2000));
  clock.advance(60000);
  expect(socket.writable()).toBe(48);
  expect(peer.received).toBe("");
  peer.resume();
  clock.flush();
  expect(peer.received.length).toBe(2000);
  expect(log.take()).toEqual(["drain"]);
});

test("deliveries are cut into the sizes asked for, both ways", () => {
  const { clock, log, socket, peer, network } = open();
  network.conditions.fragments = [1, 2];
  const heard: string[] = [];
  peer.onBytes = (bytes) => heard.push(bytes);
  peer.send("abcdef");
  clock.flush();
  expect(log.take()).toEqual(["bytes a", "bytes bc", "bytes d", "bytes ef"]);
  socket.write("12345");
  clock.flush();
  expect(heard).toEqual(["1", "23", "4", "5"]);
});

test("a delay holds events back for exactly as long", () => {
  const { clock, log, peer, network } = open();
  network.conditions.delayMs = 70;
  peer.send("late");
  clock.advance(69);
  expect(log.lines).toEqual([]);
  clock.advance(1);
  expect(log.take()).toEqual(["bytes late"]);
});

test("the server's end of a connection is told once, after what it sent", () => {
  const { clock, log, socket, peer } = open();
  peer.send("last");
  peer.close("policy");
  peer.close("again");
  clock.flush();
  expect(log.take()).toEqual(["bytes last", "closed policy"]);
  expect(socket.writable()).toBe(0);
});

test("after close() the device hears nothing, and the server hears what was written", () => {
  const { clock, log, socket, peer } = open();
  let over = false;
  peer.onClosed = () => { over = true; };
  socket.write("bye");
  socket.close();
  socket.close();
  peer.send("too late");
  peer.close();
  clock.flush();
  expect(peer.received).toBe("bye");
  expect(log.lines).toEqual([]);
  expect(socket.writable()).toBe(0);
  expect(over).toBe(false);
});

test("a device that closes is seen by the server", () => {
  const { clock, socket, peer } = open();
  let over = 0;
  peer.onClosed = () => { over++; };
  socket.close();
  clock.flush();
  expect(over).toBe(1);
  expect(peer.closed).toBe("");
});

test("refused, hanging and linkless connections each end as in the field", () => {
  const { network, clock } = createMockHal();
  const refused = new Log();
  network.refusal = "ECONNREFUSED";
  network.connect(ENDPOINT, refused);
  expect(refused.lines).toEqual([]);
  clock.flush();
  expect(refused.lines).toEqual(["closed ECONNREFUSED"]);
  network.refusal = "";
  network.hangs = true;
  const hanging = new Log();
  network.connect(ENDPOINT, hanging);
  clock.advance(100000);
  expect(hanging.lines).toEqual([]);
  network.hangs = false;
  network.setUp(false);
  expect(network.isUp()).toBe(false);
  const linkless = new Log();
  network.connect(ENDPOINT, linkless);
  clock.flush();
  expect(linkless.lines).toEqual(["closed no link"]);
});

test("a lost link tells nobody: the connection is silent, also when the link is back", () => {
  const { clock, log, socket, peer, network } = open();
  network.setUp(false);
  socket.write("into the void");
  peer.send("from the void");
  clock.advance(1000);
  network.setUp(true);
  peer.send("still");
  clock.advance(1000);
  expect(log.lines).toEqual([]);
  expect(peer.received).toBe("");
});

test("run ticks every TICK_MS and after each event, in virtual time", () => {
  const world = createMockHal();
  const ticks: number[] = [];
  const start = (): void => void world.clock.schedule(0, () => ticks.push(-1));
  world.clock.schedule(TICK_MS + 5, start);
  world.run({ tick: (nowMs) => void ticks.push(nowMs) }, 2 * TICK_MS + 10);
  const end = 2 * TICK_MS + 10;
  // The event that came of an event is heard before the time goes on.
  expect(ticks).toEqual([0, TICK_MS, -1, 2 * TICK_MS, end]);
  expect(world.clock.nowMs()).toBe(end);
});

test("flush ticks until nothing more comes of it", () => {
  const world = createMockHal();
  let left = 3;
  let ticks = 0;
  const work = (): void => {
    ticks++;
    if (left-- > 0) world.clock.schedule(0, () => {});
  };
  world.flush({ tick: work });
  expect(ticks).toBe(4);
  expect(world.clock.nowMs()).toBe(0);
});

test("randomness is the same for a seed, another for another, and never repeats", () => {
  const first = createMockHal({ seed: 5 }).random;
  const text = first.bytes(40);
  expect(createMockHal({ seed: 5 }).random.bytes(40)).toBe(text);
  expect(createMockHal({ seed: 6 }).random.bytes(40)).not.toBe(text);
  expect(first.bytes(40)).not.toBe(text);
  expect(new Set(first.bytes(4096)).size).toBe(256);
});

test("the LED remembers when it changed", () => {
  const { led, clock } = createMockHal();
  led.write(false);
  clock.advance(30);
  led.write(true);
  led.write(true);
  clock.advance(20);
  led.write(false);
  expect(led.transitions).toEqual([{ atMs: 30, on: true }, { atMs: 50, on: false }]);
  expect(led.writes).toBe(4);
});
