/** Caps (XEP-0115): believed where their hash was verified, else disco. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Authority } from "../../../sim/authority.js";
import { childOf } from "../../../sim/markup.js";
import { World, catalogue } from "../../../sim/world.js";

const NS = "urn:xmpp:iot:provisioning";
const INFO = "http://jabber.org/protocol/disco#info";
const NS_CAPS = "http://jabber.org/protocol/caps";

/** Of a client that has these features. */
const hashOf = (features: string[]): string =>
  createHash("sha1").update(`client/bot//<${features.sort().join("<")}<`).digest("base64");
const SERVER = hashOf([NS]);
const NONE = hashOf(["urn:x"]);

interface Candidate {
  caps: string;
  hash?: string;
  features?: string[];
}

interface Cast {
  world: World;
  authority: Authority;
  serial: number;
}

/** A device whose server lets a person decide about others. */
function cast(): Cast {
  const world = new World();
  const authority = world.trusting();
  return { world, authority, serial: 0 };
}

/** One more asks to be trusted, and a person presses: how often it was asked what it is. */
function pair(cast: Cast, { caps, hash = "sha-1", features = [NS] }: Candidate): number {
  const { world, authority } = cast;
  const bare = `p${++cast.serial}@ex.org`;
  const { actor } = world.stranger(`${bare}/home`);
  let asked = 0;
  actor.features = null;
  actor.answer = (stanza) => {
    const friend = childOf(stanza, "isFriend");
    if (friend) { // Once it is trusted it is asked about those who come after it.
      actor.send(`<iq type='result' id='${stanza.attributes.id}' to='${stanza.attributes.from}'>` +
        `<isFriendResponse xmlns='${NS}' jid='${friend.attributes.jid}' result='false'/></iq>`);
      return true;
    }
    if (childOf(stanza, "query")?.ns !== INFO || stanza.attributes.type !== "get") return false;
    asked++;
    const said = features.map((one) => `<feature var='${one}'/>`).join("");
    const { id, from } = stanza.attributes;
    actor.send(`<iq type='result' id='${id}' to='${from}'><query xmlns='${INFO}'>` +
      `<identity category='client' type='bot'/>${said}</query></iq>`);
    return true;
  };
  authority.rules.isFriend = { say: `<isFriendResponse xmlns='${NS}' jid='${bare}' ` +
    "result='false' secondaryTrustAllowed='true'/>" };
  actor.send(`<presence><c xmlns='${NS_CAPS}' hash='${hash}' node='n' ver='${caps}'/></presence>`);
  actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
  world.owner.press();
  actor.send(`<presence type='subscribed' to='${world.account}'/>`);
  world.pass(500);
  return asked;
}

const trusts = ({ world }: Cast): number => world.device.status().trust.length;

test("a hash that was verified is believed the next time", () => {
  const one = cast();
  expect([pair(one, { caps: SERVER }), trusts(one)]).toEqual([1, 2]);
  expect([pair(one, { caps: SERVER }), trusts(one)]).toEqual([0, 3]);
});

test("one that was never seen with its answer is asked about", () => {
  const one = cast();
  expect([pair(one, { caps: SERVER }), trusts(one)]).toEqual([1, 2]);
  expect([pair(one, { caps: NONE, features: ["urn:x"] }), trusts(one)]).toEqual([1, 2]);
  expect([pair(one, { caps: "", features: [NS] }), trusts(one)]).toEqual([1, 3]);
});

test("one that does not fit its answer verifies nothing: the next is asked, too", () => {
  const one = cast();
  expect([pair(one, { caps: NONE }), trusts(one)]).toEqual([1, 2]);
  expect([pair(one, { caps: NONE, features: ["urn:x"] }), trusts(one)]).toEqual([1, 2]);
});

test("a hash of another kind is none of ours", () => {
  const one = cast();
  expect([pair(one, { caps: SERVER, hash: "md5" }), trusts(one)]).toEqual([1, 2]);
  expect([pair(one, { caps: SERVER, hash: "sha-256" }), trusts(one)]).toEqual([1, 3]);
});

test("what is no provisioning server leaves nothing to believe", () => {
  const one = cast();
  expect([pair(one, { caps: NONE, features: ["urn:x"] }), trusts(one)]).toEqual([1, 1]);
  expect([pair(one, { caps: NONE, features: [NS] }), trusts(one)]).toEqual([1, 2]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile caps")).toBe("");
});
