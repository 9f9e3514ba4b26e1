/** What waits on either side of a socket is counted, and bounded. */
import { beforeEach, expect, test } from "vitest";
import { INBOUND_BYTES_MAX, OUTBOUND_BYTES_MAX } from "../../../firmware/config.js";
import { Fault } from "../../../firmware/fault.js";
import { Link } from "../../../firmware/stream/link.js";
import { type MockHal, createMockHal } from "../../../hal/mock/hal.js";

const ENDPOINT = { host: "ex.org", port: 5223, secure: true, name: "ex.org" };

let hal: MockHal;
let link: Link;

beforeEach(() => {
  hal = createMockHal();
  link = new Link(hal.network);
  link.open(ENDPOINT);
  hal.clock.flush();
});

/** So many octets arrive at once. */
function arrive(bytes: number): void {
  hal.network.peers.at(-1)!.send("x".repeat(bytes));
  hal.clock.flush();
}

/** The server's end takes all that there is. */
function drain(): string {
  const peer = hal.network.peers.at(-1)!;
  do link.onDrain();
  while (hal.clock.flush() > 0);
  return peer.received;
}

test("as much as the limit says may wait to be read", () => {
  arrive(INBOUND_BYTES_MAX - 1);
  arrive(1);
  expect(link.fault).toBe(Fault.None);
  expect(link.take().length).toBe(INBOUND_BYTES_MAX);
  expect(link.take()).toBe("");
  arrive(INBOUND_BYTES_MAX);
  expect(link.fault).toBe(Fault.None);
});

test("one octet more ends the link, and frees what waited", () => {
  arrive(INBOUND_BYTES_MAX);
  arrive(1);
  expect(link.fault).toBe(Fault.Overflow);
  expect(link.take()).toBe("");
  arrive(1);
  expect(link.take()).toBe("");
});

test("as much as the limit says may wait to be sent", () => {
  expect(link.room()).toBe(OUTBOUND_BYTES_MAX);
  link.send("x".repeat(OUTBOUND_BYTES_MAX - 1));
  link.send("y");
  expect([link.fault, link.room()]).toEqual([Fault.None, 0]);
  expect(drain()).toBe("x".repeat(OUTBOUND_BYTES_MAX - 1) + "y");
  expect(link.room()).toBe(OUTBOUND_BYTES_MAX);
});

test("one octet more ends the link, and nothing is said any more", () => {
  link.send("x".repeat(OUTBOUND_BYTES_MAX + 1));
  expect(link.fault).toBe(Fault.Overflow);
  const { length } = drain();
  link.send("y");
  expect(drain().length).toBe(length);
});

test("who takes nothing is too slow when the limit is reached, whatever is under way", () => {
  hal.network.peers.at(-1)!.pause();
  const { windowBytes } = hal.network.conditions;
  link.send("x".repeat(windowBytes));
  link.onDrain();
  expect(link.room()).toBe(OUTBOUND_BYTES_MAX);
  link.send("x".repeat(OUTBOUND_BYTES_MAX));
  link.onDrain();
  expect(link.fault).toBe(Fault.None);
  link.send("x");
  expect(link.fault).toBe(Fault.Overflow);
});

test("the first reason counts, and a new link has none", () => {
  arrive(INBOUND_BYTES_MAX + 1);
  link.fail(Fault.Timeout, "late");
  expect([link.fault, link.why]).toEqual([Fault.Overflow, ""]);
  link.close("");
  link.open(ENDPOINT);
  hal.clock.flush();
  expect([link.fault, link.take(), link.room()]).toEqual([Fault.None, "", OUTBOUND_BYTES_MAX]);
});
