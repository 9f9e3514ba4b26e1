import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Fault } from "../../../../firmware/fault.js";
import { afterTick, createFakeBoard } from "./fake.js";

const TICKS_MS = 100;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("the state is what VIRTUAL-BOARD promises, with JIDs as text", async () => {
  const { board, firmware } = createFakeBoard();
  expect(board.state()).toEqual({
    led: { on: false, pattern: "off" }, relays: { relay1: false, relay2: false },
    sensors: { Temperature: 21.5, Humidity: 40 }, online: false, jid: null, trust: [], friends: [],
    cache: { entries: 0, hits: 0, misses: 0 }, flash: { bytesWritten: 0, erases: 0 },
  });
  firmware.now = {
    ...firmware.now, jid: "d\xc3\xa4@x.y/1", online: true, pattern: "pairing",
    trust: ["p@\xc3\xbc.y"], friends: ["v@x.y"], entries: 1, hits: 2, misses: 3,
  };
  firmware.hal.led.write(true);
  firmware.hal.flash.write(0, 0, "abcd");
  firmware.hal.flash.erase(1);
  board.nodes[2]!.relays[0]!.output.write(true);
  expect(board.state()).toEqual({
    led: { on: true, pattern: "pairing" }, relays: { relay1: false, relay2: true },
    sensors: { Temperature: 21.5, Humidity: 40 }, online: true, jid: "d\u00e4@x.y/1",
    trust: ["p@\u00fc.y"], friends: ["v@x.y"],
    cache: { entries: 1, hits: 2, misses: 3 }, flash: { bytesWritten: 4, erases: 1 },
  });
  await board.stop();
});

test("what a tick changes becomes events, each once", async () => {
  const { board, firmware, events, lines } = createFakeBoard();
  board.start();
  expect(firmware.calls).toEqual(["load"]);
  firmware.now = { ...firmware.now, fault: Fault.Link, why: "refused" };
  await afterTick(firmware);
  firmware.now = { ...firmware.now, fault: Fault.None };
  await afterTick(firmware);
  firmware.now = { ...firmware.now, fault: Fault.Link };
  await afterTick(firmware);
  firmware.now = { ...firmware.now, jid: "d@x.y/1", online: true };
  await afterTick(firmware);
  firmware.now = { ...firmware.now, trust: ["p@x.y"] };
  await afterTick(firmware);
  firmware.now = { ...firmware.now, jid: "", online: false, why: "closed by the server" };
  firmware.now.fault = Fault.Link;
  await afterTick(firmware);
  expect(events).toEqual([
    { type: "offline", why: "no connection: refused" },
    { type: "online", jid: "d@x.y/1" },
    { type: "trust", jid: "p@x.y" },
    { type: "offline", why: "no connection: closed by the server" },
  ]);
  expect(lines.filter((line) => !line.startsWith("led"))).toEqual([
    "offline no connection: refused", "online d@x.y/1", "trust p@x.y",
    "offline no connection: closed by the server",
  ]);
  await board.stop();
  expect(firmware.calls).toEqual(["load", "stop"]);
});

test("LED and relays are events when they change; the log has the pattern alone", async () => {
  const { board, firmware, events, lines } = createFakeBoard();
  board.start();
  firmware.hal.led.write(true);
  firmware.hal.led.write(true);
  board.nodes[1]!.relays[0]!.output.write(true);
  firmware.now = { ...firmware.now, pattern: "pairing" };
  await afterTick(firmware);
  expect(events).toEqual([{ type: "led", on: true }, { type: "relay", node: "relay1", on: true }]);
  expect(lines).toEqual(["led off", "relay relay1 on", "led pairing"]);
  await board.stop();
});

test("a click that is shorter than a tick is seen in two samples", async () => {
  const { board, firmware } = createFakeBoard();
  const seen: boolean[] = [];
  firmware.onTick = () => seen.push(firmware.hal.button.read());
  board.start();
  await board.button.press(1);
  await afterTick(firmware);
  const text = seen.map((down) => (down ? "1" : "0")).join("");
  expect(text).toMatch(/^0+11+0+$/);
  await board.stop();
});

test("a restart stops the ticks and is told to whoever runs the board", async () => {
  const { board, firmware, restarts, lines } = createFakeBoard();
  board.start();
  firmware.hal.restart("out of ideas");
  let ticks = 0;
  firmware.onTick = () => { ticks++; };
  await pause(TICKS_MS);
  expect([restarts, ticks]).toEqual([["out of ideas"], 0]);
  expect(lines).toContain("restart out of ideas");
  await board.stop();
});

test("stanzas that pass the socket are events, and ticks follow what was heard", async () => {
  const stream = "<s xmlns='jabber:client'><iq type='get'/></s>";
  const server = createServer((socket) => socket.end(stream));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { board, firmware, events } = createFakeBoard();
  board.start();
  const order: string[] = [];
  firmware.onTick = () => {
    if (order.at(-1) !== "tick") order.push("tick");
  };
  const port = (server.address() as AddressInfo).port;
  await new Promise<void>((resolve) => {
    firmware.hal.network.connect({ host: "127.0.0.1", port, secure: false, name: "x.y" }, {
      onOpen: () => order.push("open"), onBytes: () => order.push("bytes"),
      onDrain: () => {}, onClosed: () => { order.push("closed"); setImmediate(resolve); },
    });
  });
  expect(order.join(" ")).toMatch(/open tick bytes tick closed tick$/);
  expect(events).toEqual([{ type: "stanza", dir: "in", xml: "<iq type='get'/>" }]);
  server.close();
  await board.stop();
});
