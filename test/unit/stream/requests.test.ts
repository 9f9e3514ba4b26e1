/** Our own questions: so many at once, each answered once, by the one who was asked. */
import { beforeEach, expect, test } from "vitest";
import { ANSWER_MS, REQUESTS_MAX } from "../../../firmware/config.js";
import { Agenda } from "../../../firmware/stream/agenda.js";
import { Requests } from "../../../firmware/stream/requests.js";
import { tag, EMPTY } from "../../../firmware/xml/print.js";
import { MockRandom } from "../../../hal/mock/random.js";
import { crypto, erased } from "../../power/part.js";
import { attend } from "../../sim/agenda.js";

const PING = tag("ping", " xmlns='urn:xmpp:ping'", EMPTY);

let sent: string[];
let told: string[];
let own: string;
let agenda: Agenda;
let requests: Requests;

beforeEach(() => {
  sent = [];
  told = [];
  agenda = new Agenda();
  own = "dev@ex.org/r";
  const outlet = { send: (xml: string) => void sent.push(xml), get jid() { return own; } };
  const parts = erased(4);
  parts.setPassword("secret");
  requests = new Requests(outlet, parts.account, new MockRandom("requests"), crypto,
    agenda);
});

function tick(nowMs: number): void {
  requests.tick(nowMs);
  attend(agenda, nowMs);
}

function ask(name: string, nowMs = 0): boolean {
  const asker = {
    answered: (context: unknown, payload: unknown, atMs: number) =>
      void told.push(`${context} ${payload === null ? "null" : "answer"} ${atMs}`),
  };
  return requests.ask("prov.ex.org", "get", PING, asker, name, nowMs);
}

test("as many as the limit says are under way, one more is not even sent", () => {
  for (let i = 0; i < REQUESTS_MAX; i++) expect(ask(`q${i}`)).toBe(true);
  expect(ask("more")).toBe(false);
  expect(sent.length).toBe(REQUESTS_MAX);
  expect(new Set(sent.map((xml) => / id='([^']+)'/.exec(xml)![1])).size).toBe(REQUESTS_MAX);
  expect(told).toEqual([]);
});

test("silence ends each at its time, in order, and makes room again", () => {
  ask("first", 1);
  for (let i = 1; i < REQUESTS_MAX; i++) ask(`q${i}`, 2);
  tick(ANSWER_MS);
  expect([told, ask("more", ANSWER_MS)]).toEqual([[], false]);
  tick(ANSWER_MS + 1);
  expect(told).toEqual([`first null ${ANSWER_MS + 1}`]);
  expect([ask("more", ANSWER_MS + 1), ask("yet more", ANSWER_MS + 1)]).toEqual([true, false]);
});

test("a lost stream answers all of them, and without one nothing is asked", () => {
  for (let i = 0; i < REQUESTS_MAX; i++) ask(`q${i}`);
  requests.abandon();
  tick(5);
  expect(told).toEqual(Array.from({ length: REQUESTS_MAX }, (_, i) => `q${i} null 5`));
  own = "";
  expect([ask("more"), sent.length]).toEqual([false, REQUESTS_MAX]);
});
