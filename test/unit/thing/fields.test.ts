/** A read-out of many fields: a few in each tick, in order, and no more once it is over. */
import { beforeEach, expect, test } from "vitest";
import { Verb, list } from "../../../firmware/access/grant.js";
import { FIELDS_PER_TICK_MAX, REPLY_BYTES_MAX } from "../../../firmware/config.js";
import type { Link } from "../../../firmware/stream/link.js";
import { Calls } from "../../../firmware/thing/call.js";
import type { Call } from "../../../firmware/thing/call.js";
import { Fields } from "../../../firmware/thing/fields.js";
import type { NodeSpec } from "../../../firmware/thing/node.js";

const STAMP = "2026-11-22T00:00:00Z";
const GRANTS = [{ types: "", nodes: "", names: "" }];

let sent: string[];
let room: number;
/** How often a sensor was read. */
let reads: number;
let calls: Calls;

beforeEach(() => {
  sent = [];
  reads = 0;
  room = 8192;
  calls = new Calls({ admits: () => true } as never);
});

function fieldsOf(sensors: number): Fields {
  const input = { read: () => ++reads };
  const node: NodeSpec = {
    nodeId: "n", key: "n", place: " nodeId='n'", relays: [],
    sensors: Array.from({ length: sensors }, (_, i) =>
      ({ name: `s${i}`, unit: "V", decimals: 0, input })),
  };
  const link = { send: (xml: string) => void sent.push(xml), room: () => room };
  return calls.work = new Fields(link as unknown as Link, calls, [node], []) as Fields;
}

function begin(fields: Fields, seqnr: string, bare = "a@ex.org"): Call {
  const question = {
    verb: Verb.Read, jid: bare, from: `${bare}/x`, tokens: [], types: list(["momentary"]),
    nodes: "", names: "",
  };
  const caller = { iq: true, id: "i", from: `${bare}/x`, bare, late: false };
  const callee = { granted: () => undefined, refuse: () => undefined };
  const call: Call = { caller, callee, question, seqnr, parameters: [] };
  fields.begin(call, GRANTS, STAMP);
  return call;
}

const values = (): string[] =>
  [...sent.join("").matchAll(/name='(s\d+)'/g)].map((match) => match[1]!);
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${i}`);
/** The node itself counts as one. */
const MOST = FIELDS_PER_TICK_MAX - 1;

test("as many as the limit says are read in one tick, one more waits for the next", () => {
  for (const [sensors, ticks] of [[MOST, 1], [MOST + 1, 2]] as const) {
    sent = [];
    const fields = fieldsOf(sensors);
    begin(fields, "7");
    let done = 0;
    do done++; while (calls.tick(done));
    expect(done).toBe(ticks);
    expect(values()).toEqual(names(sensors));
    expect(sent.filter((one) => one.includes("done='true'")).length).toBe(1);
    expect(sent.at(-1)).toContain("done='true'");
  }
});

test("what was cancelled is read no further, and nothing is said of it any more", () => {
  const fields = fieldsOf(10 * MOST);
  const call = begin(fields, "7");
  expect(calls.tick(1)).toBe(true);
  expect([reads, calls.find("a@ex.org/x", "7")]).toEqual([MOST, call]);
  calls.drop(call);
  const before = sent.length;
  expect(calls.tick(2)).toBe(false);
  expect([reads, sent.length]).toEqual([MOST, before]);
});

test("one read-out after the other, in the order in which they were granted", () => {
  const fields = fieldsOf(2 * MOST);
  begin(fields, "1");
  begin(fields, "2", "b@ex.org");
  for (let beat = 1; calls.tick(beat);) beat++;
  const ends = sent.map((one) => /seqnr='(\d)'/.exec(one)![1]);
  expect(ends).toEqual([...ends].sort());
  expect(sent.filter((one) => one.includes("done='true'")).length).toBe(2);
  expect(calls.find("a@ex.org/x", "1")).toBeNull();
});

test("a slow peer is waited for: nothing is read that has no room", () => {
  const fields = fieldsOf(2);
  begin(fields, "7");
  room = REPLY_BYTES_MAX - 1;
  expect([calls.tick(1), reads, sent]).toEqual([true, 0, []]);
  room = REPLY_BYTES_MAX;
  expect(calls.tick(2)).toBe(false);
  expect(values()).toEqual(names(2));
});
