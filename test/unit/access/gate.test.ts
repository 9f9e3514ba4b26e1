/** How many may wait for the provisioning servers at once, and what the others are told. */
import { beforeEach, describe, expect, test } from "vitest";
import { QUESTIONS_MAX, STRANGERS_MAX, WAITERS_MAX } from "../../../firmware/config.js";
import { Verdict } from "../../../firmware/access/case.js";
import { Gate } from "../../../firmware/access/gate.js";
import { friendQuestion } from "../../../firmware/access/grant.js";
import type { Question } from "../../../firmware/access/grant.js";
import { Refusals } from "../../../firmware/access/refusal.js";
import { Role } from "../../../firmware/access/trust.js";
import type { Roster } from "../../../firmware/router/roster.js";
import { Agenda } from "../../../firmware/stream/agenda.js";
import type { Requests } from "../../../firmware/stream/requests.js";
import { type Parts, erased, question } from "../../power/part.js";
import { World } from "../../sim/world.js";
import { parse } from "../xml/recorder.js";

const SERVER = "prov.ex.org";

let parts: Parts;
/** Questions on their way, in order. */
let asked: unknown[];
let told: string[];
let gate: Gate;

beforeEach(() => {
  asked = [];
  told = [];
  parts = erased(4);
  parts.trust.put(SERVER, Role.Trusted);
  const requests = {
    ask: (_to: string, _type: string, _payload: string, _asker: object, context: unknown) =>
      asked.push(context) > 0,
    count: () => 0,
  };
  const roster = { isFriend: () => true };
  gate = new Gate(parts.trust, parts.cache, requests as unknown as Requests,
    roster as unknown as Roster,
    { note: () => undefined }, new Refusals(), new Agenda());
});

const WORDS = {
  [Verdict.Denied]: "denied", [Verdict.Granted]: "granted", [Verdict.Unknown]: "unknown",
  [Verdict.Busy]: "busy", [Verdict.Secondary]: "secondary",
};

function ask(what: Question, name: string): void {
  const waiter = {
    decided: (context: unknown, verdict: Verdict) =>
      void told.push(`${context} ${WORDS[verdict]}`),
  };
  gate.ask(what, waiter, name, true, 0);
}

/** The server is silent about the first question that is still open. */
function silence(): void {
  gate.answered(asked.shift(), null, 0);
}

describe("equal questions", () => {
  const same = (name: string): void => ask(question("friend@ex.org", "Temperature"), name);

  test("are one, for as many as may wait for its answer, and each hears it once", () => {
    for (let i = 0; i < WAITERS_MAX; i++) same(`w${i}`);
    expect([asked.length, told]).toEqual([1, []]);
    silence();
    expect(told).toEqual(Array.from({ length: WAITERS_MAX }, (_, i) => `w${i} unknown`));
    same("again");
    expect(asked.length).toBe(1);
  });

  test("one more asks for itself, as anybody with another question would", () => {
    for (let i = 0; i <= WAITERS_MAX; i++) same(`w${i}`);
    expect([asked.length, told]).toEqual([2, []]);
    silence();
    expect(told.length).toBe(WAITERS_MAX);
    silence();
    expect(told.at(-1)).toBe(`w${WAITERS_MAX} unknown`);
  });
});

describe("strangers", () => {
  const stranger = (i: number): void => ask(friendQuestion(`s${i}@ex.org`), `s${i}`);

  test("as many as the limit says are asked about, one more is told at once", () => {
    for (let i = 0; i < STRANGERS_MAX; i++) stranger(i);
    expect([asked.length, told]).toEqual([STRANGERS_MAX, []]);
    stranger(STRANGERS_MAX);
    expect([asked.length, told]).toEqual([STRANGERS_MAX, [`s${STRANGERS_MAX} busy`]]);
    silence();
    stranger(STRANGERS_MAX);
    expect(asked.length).toBe(STRANGERS_MAX);
    expect(told.slice(1)).toEqual(["s0 unknown"]);
  });

  test("take no place from friends, nor friends from them", () => {
    for (let i = 0; i <= STRANGERS_MAX; i++) stranger(i);
    for (let i = 0; i <= QUESTIONS_MAX; i++) ask(question(`f${i}@ex.org`, "Temperature"), `f${i}`);
    expect(asked.length).toBe(STRANGERS_MAX + QUESTIONS_MAX);
    expect(told).toEqual([`s${STRANGERS_MAX} busy`, `f${QUESTIONS_MAX} busy`]);
    for (let i = 0; i < STRANGERS_MAX; i++) silence();
    told.length = 0;
    stranger(0);
    expect(told).toEqual([]);
  });
});

test("on the device: a crowd of strangers is left open, and a friend is served meanwhile", () => {
  const world = new World();
  const friend = world.friend();
  const authority = world.trusting();
  authority.decide("yes", "canRead");
  const crowd = Array.from({ length: STRANGERS_MAX + 1 },
    (_, i) => world.stranger(`s${i}@ex.org/x`));
  for (const one of crowd) one.befriend();
  friend.read();
  expect(authority.hears()).toEqual([...crowd.slice(1).map(() => "isFriend"), "canRead"]);
  expect(friend.hears()[0]).toBe("accepted");
  expect(crowd.flatMap((one) => one.hears())).toEqual([]);
});

test("what a silent server says late of a question before a clearing is not believed", () => {
  const late = "late.ex.org";
  parts.trust.put(late, Role.Trusted);
  parts.trust.hear(late, false);
  ask(question("friend@ex.org", "Temperature"), "w");
  const [awaited, unawaited] = asked.splice(0) as object[];
  parts.cache.clear();
  gate.answered(awaited, null, 0);
  expect([asked.length, told]).toEqual([2, []]);
  gate.answered(unawaited, parse("<canReadResponse xmlns='urn:xmpp:iot:provisioning' " +
    "jid='friend@ex.org' result='true'/>"), 0);
  expect(told).toEqual([]);
});
