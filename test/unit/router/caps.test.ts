/** The hash of a disco#info (XEP-0115), with the vector of the specification, and what has none. */
import { expect, test } from "vitest";
import { NS_DISCO_INFO, capsOf } from "../../../firmware/router/disco.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { parse } from "../xml/recorder.js";

const MUC = "http://jabber.org/protocol/muc";
const CAPS = "http://jabber.org/protocol/caps";
const ITEMS = "http://jabber.org/protocol/disco#items";
const EXODUS = "<identity category='client' name='Exodus 0.9.1' type='pc'/>";
const feature = (name: string): string => `<feature var='${name}'/>`;
const FEATURES = [CAPS, ITEMS, NS_DISCO_INFO, MUC].map(feature);
const VECTOR = "QgayPKawpkPSDYmwT/WM94uAlu0=";

function hash(inner: string): string {
  return capsOf(parse(`<query xmlns='${NS_DISCO_INFO}'>${inner}</query>`), new HostCrypto());
}

test("XEP-0115's example has its hash, in whatever order", () => {
  expect(hash(EXODUS + FEATURES.join(""))).toBe(VECTOR);
  expect(hash(FEATURES.reverse().join("") + EXODUS)).toBe(VECTOR);
});

test("identities are sorted by their octets, with their language", () => {
  // XEP-0115 5.3, without its form.
  const psi = "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>";
  const greek = "<identity xml:lang='el' category='client' name='\xce\xa8 0.11' type='pc'/>";
  const one = hash(psi + greek + FEATURES.join(""));
  expect(one).toBe(hash(greek + psi + FEATURES.join("")));
  expect(one).not.toBe(hash(psi.replace(" xml:lang='en'", "") + greek + FEATURES.join("")));
});

test.each([
  ["the same feature twice", EXODUS + FEATURES.join("") + feature(MUC)],
  ["the same identity twice", EXODUS + EXODUS + FEATURES.join("")],
  ["a form", `${EXODUS}<x xmlns='jabber:x:data' type='result'/>`],
  ["a feature that pretends to be two", EXODUS + feature(`${CAPS}&lt;${MUC}`)],
  ["a name that pretends to be a feature",
    EXODUS.replace("0.9.1", `0.9.1&lt;${MUC}`) + feature(CAPS)],
])("%s has no hash", (_what, inner) => {
  expect(hash(inner)).toBe("");
});
