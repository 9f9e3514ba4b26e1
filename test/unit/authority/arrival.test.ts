import xml from "@xmpp/xml";
import { expect, test } from "vitest";
import { ARRIVALS_MAX, Arrivals } from "../../../authority/arrival.js";
import { NS_RENDEZVOUS } from "../../../authority/invitation.js";

const DEVICE = "18B4300400001234";
const PROOF = "0123456789abcdef".repeat(4);
const OTHER = PROOF.replace("0", "1");

const given = (proof: string, device = DEVICE) => xml("message", {},
  xml("invitation", { xmlns: NS_RENDEZVOUS, device, state: "given", why: "0", proof }));
const committed = (proof: string) => xml("message", {},
  xml("committed", { xmlns: NS_RENDEZVOUS }, proof));

function arrivals(): Arrivals {
  const one = new Arrivals();
  one.expect(DEVICE, "new@ex.org", "old@ex.org");
  return one;
}

const said = (one: Arrivals, jid: string, stanza: ReturnType<typeof given>, isDevice = true) =>
  one.hear(jid, stanza, isDevice).map(({ state }) => state);

test("the right proof is that of the board that was let in, whoever speaks first", () => {
  const one = arrivals();
  expect(said(one, "old@ex.org", given(PROOF))).toEqual(["given"]);
  expect(said(one, "new@ex.org", committed(PROOF), false)).toEqual(["proved"]);
  const other = arrivals();
  expect(said(other, "new@ex.org", committed(PROOF), false)).toEqual([]);
  expect(said(other, "old@ex.org", given(PROOF))).toEqual(["given", "proved"]);
});

test.each([["another", OTHER], ["one that is cut short", PROOF.slice(1)], ["none", ""]])(
  "%s is somebody else's", (_what, proof) => {
    const one = arrivals();
    said(one, "old@ex.org", given(PROOF));
    expect(said(one, "new@ex.org", committed(proof), false)).toEqual(["forged"]);
  });

test("that of an earlier time is worth nothing", () => {
  const one = arrivals();
  said(one, "old@ex.org", given(PROOF));
  said(one, "new@ex.org", committed(PROOF), false);
  expect(said(one, "new@ex.org", committed(PROOF), false)).toEqual([]);
  one.expect(DEVICE, "new@ex.org", "old@ex.org");
  said(one, "old@ex.org", given(OTHER));
  expect(said(one, "new@ex.org", committed(PROOF), false)).toEqual(["forged"]);
});

test("nobody speaks for the board, or for the device that lets it in", () => {
  const one = arrivals();
  expect(said(one, "evil@ex.org", committed(OTHER), false)).toEqual([]);
  expect(said(one, "old@ex.org", given(OTHER), false)).toEqual([]);
  expect(said(one, "evil@ex.org", given(OTHER))).toEqual(["given"]);
  expect(said(one, "old@ex.org", given(PROOF, "18B4300400009999"))).toEqual(["given"]);
  expect(said(one, "old@ex.org", given(PROOF))).toEqual(["given"]);
  expect(said(one, "new@ex.org", committed(PROOF), false)).toEqual(["proved"]);
});

test("so many are waited for; one more, and the oldest is not any longer", () => {
  const one = arrivals();
  for (let i = 1; i < ARRIVALS_MAX; i++) one.expect(`${i}`, `${i}@ex.org`, "old@ex.org");
  said(one, "old@ex.org", given(PROOF));
  const isKnown = said(one, "new@ex.org", committed(PROOF), false);
  expect(isKnown).toEqual(["proved"]);
  const other = arrivals();
  for (let i = 1; i <= ARRIVALS_MAX; i++) other.expect(`${i}`, `${i}@ex.org`, "old@ex.org");
  said(other, "old@ex.org", given(PROOF));
  expect(said(other, "new@ex.org", committed(PROOF), false)).toEqual([]);
});
