/** The scenes whose every flash operation is cut: what a device does to its journal in a life. */
import { Role } from "../../firmware/access/trust.js";
import { Kind } from "../../firmware/store/record.js";
import { MockRandom } from "../../hal/mock/random.js";
import type { Scene } from "./cut.js";
import type { Parts } from "./part.js";

const SERVER = "provisioning.ex.org";
const ALICE = "alice@ex.org";
const BOB = "bob@ex.org";

type Step = (parts: Parts) => void;

const names = (caller: string, count: number): string[] =>
  [...Array(count).keys()].map((one) => `${caller} field${one}${"x".repeat((one * 37) % 90)}`);

const decide = (one: string, granted = true, hour = 0): Step => (parts) => {
  const [caller, name] = one.split(" ");
  parts.decide(caller!, name!, granted, hour);
};

const clear: Step = (parts) => {
  if (!parts.cache.clear()) throw new Error("not cleared");
};

const revoke = (jids: string): Step => (parts) => {
  if (jids === "") parts.journal.remove(Kind.Revoked);
  else parts.journal.append(Kind.Revoked, jids);
};

const firstAccount: Scene = {
  name: "the first account", pages: 4, universe: [],
  steps: [(parts) => void parts.setPassword("secret-one")],
};

const passwords = [...Array(6).keys()].map((one) => `secret-number-${one}-${"p".repeat(one * 40)}`);

const newPassword: Scene = {
  name: "another password", pages: 4, universe: [],
  steps: passwords.map((one) => (parts) => void parts.setPassword(one)),
  secrets: (done) => passwords.slice(0, Math.max(0, done - 1)).map((one) => one.slice(0, 15)),
};

const paired = names(ALICE, 4);

const pairing: Scene = {
  name: "pairing", pages: 4, universe: paired,
  prepare: (parts) => {
    parts.setPassword("secret");
    for (const one of paired) decide(one)(parts);
  },
  steps: [
    (parts) => void parts.trust.put(SERVER, Role.Pending),
    clear,
    (parts) => void parts.trust.put(SERVER, Role.Trusted),
    decide(paired[0]!),
    (parts) => void parts.trust.put("second@ex.org", Role.Pending),
    (parts) => void parts.trust.put("second@ex.org", Role.None),
  ],
};

const many = [...names(ALICE, 40), ...names(BOB, 30)];

const decisions: Scene = {
  name: "decisions over several pages, cleared in between", pages: 5, universe: many,
  prepare: (parts) => {
    parts.setPassword("secret");
    parts.trust.put(SERVER, Role.Trusted);
  },
  steps: many.flatMap((one, index) =>
    index % 17 === 16 ? [decide(one, index % 3 > 0, index), clear] : [decide(one, true, index)]),
};

const crowd = names(ALICE, 110);

const crowded: Scene = {
  name: "more decisions than fit", pages: 5, universe: crowd, isCrowded: true,
  prepare: (parts) => {
    parts.setPassword("secret");
    parts.trust.put(SERVER, Role.Trusted);
    for (const one of crowd.slice(0, 60)) decide(one, true, 100)(parts);
  },
  steps: crowd.slice(60).map((one, index) => decide(one, true, 200 + index)),
};

const both = [...names(ALICE, 6), ...names(BOB, 6)];

const clearing: Scene = {
  name: "clearCache", pages: 4, universe: both,
  prepare: (parts) => both.slice(0, 8).forEach((one) => decide(one)(parts)),
  steps: [clear, clear, decide(both[9]!), decide(both[10]!, false), clear, decide(both[0]!)],
};

const purging: Scene = {
  name: "unfriend", pages: 4, universe: both,
  prepare: (parts) => {
    parts.trust.put(SERVER, Role.Trusted);
    for (const one of both) decide(one)(parts);
  },
  steps: [
    revoke(ALICE), (parts) => void parts.cache.purge(ALICE), revoke(`${ALICE} ${BOB}`),
    (parts) => void parts.cache.purge(BOB), revoke(BOB), revoke(""), decide(both[1]!),
  ],
};

const resetSecrets = ["secret-word", SERVER, "alice@", "dev@"];

const reset: Scene = {
  name: "factory reset", pages: 5, universe: many,
  prepare: (parts) => {
    parts.setPassword("secret-word");
    parts.trust.put(SERVER, Role.Trusted);
    parts.journal.append(Kind.Revoked, ALICE);
    many.forEach((one, index) => decide(one, true, index)(parts));
  },
  steps: [(parts) => parts.reset()],
  secrets: (done) => (done > 0 ? resetSecrets : []),
};

/** A seeded life: everything in any order, for many turns of the pages. */
export function life(seed: number, length: number): Scene {
  const random = new MockRandom(`life ${seed}`);
  const universe = [...names(ALICE, 5), ...names(BOB, 5)];
  const steps: Step[] = [];
  for (let hour = 1; hour <= length; hour++) {
    const one = universe[random.below(universe.length)]!;
    const secret = `p${random.below(1000)}${"q".repeat(random.below(200))}`;
    const kinds: [number, Step][] = [
      [55, decide(one, random.below(2) > 0, hour)],
      [12, (parts) => void parts.setPassword(secret)],
      [8, clear],
      [8, (parts) => void parts.cache.purge(one.split(" ")[0]!)],
      [8, (parts) => void parts.trust.put(`s${hour}@ex.org`, Role.Pending)],
      [8, revoke(random.below(2) ? one.split(" ")[0]! : "")],
      [1, (parts) => parts.reset()],
    ];
    let lot = random.below(100);
    const chosen = kinds.find(([weight]) => (lot -= weight) < 0)!;
    steps.push(chosen[1]);
  }
  return { name: `life ${seed}`, pages: 4, universe, steps };
}

export const scenes: Scene[] = [
  firstAccount, newPassword, pairing, decisions, crowded, clearing, purging, reset,
];
