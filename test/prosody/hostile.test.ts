/**
 * What a stranger on the same Prosody, who has learned the board's full JID, can throw at it
 * (HOSTILE-TESTS 0 measured that the server passes all of this on): the stream stays up, nobody
 * becomes a friend, nothing is written, and a friend is still served.
 */
import xml, { type Element } from "@xmpp/xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authority } from "../../authority/authority.js";
import { Link } from "../../authority/link.js";
import type { Visitor } from "../../demo/visitor.js";
import type { Board, State } from "./board.js";
import { missingProsody } from "./prosody.js";
import { Stage, meet, overhear } from "./stage.js";

const DOMAIN = "home.example";
const COMPONENT = `prov.${DOMAIN}`;
const NS_SENSOR = "urn:xmpp:iot:sensordata";
/** Prosody's own limit for a stanza of a client is 256 KiB. */
const LARGE = "x".repeat(200 * 1024);
const FLOOD = 1000;
/** Far more than the board takes; our own printer calls itself for each. */
const DEPTH = 500;
const ANSWER_MS = 50000;

const missing = missingProsody();
if (missing) console.log(`skipped: ${missing}`);

let stage: Stage;
let board: Board;
let authority: Authority;
let visitor: Visitor;
let stranger: Link;
let before: State;

describe.skipIf(missing && process.env["CI"] !== "true")("a stranger on Prosody", () => {
  beforeAll(async () => {
    if (missing) throw new Error(missing);
    stage = await Stage.open({
      domain: DOMAIN, components: { [COMPONENT]: "hush" },
      accounts: { device: "thing", visitor: "knocks", stranger: "lurks" },
    });
    authority = await stage.employ(stage.component(COMPONENT));
    board = await stage.start("device", "flash", ["--provisioning", COMPONENT]);
    await board.event(({ type }) => type === "trust");
    visitor = await stage.visit("visitor");
    const device = stage.server.jid("device");
    await authority.setRule({
      device, peer: stage.server.jid("visitor"), friend: true, read: true,
    });
    expect(await visitor.befriend(device)).toBe("accepted");
    await meet(visitor, board, device);
    expect(await visitor.read(device)).toMatchObject({ outcome: "read" });
    stranger = new Link(await stage.account("stranger"), {
      onOnline: () => undefined, onOffline: () => undefined, onRequest: () => null,
      onPresence: () => undefined, onMessage: () => undefined, onFault: () => undefined,
    });
    await stranger.start();
    before = await board.state();
  });

  afterAll(async () => {
    await stranger?.stop();
    await stage?.close();
  });

  test("a stanza of 200 KB is refused without being held", async () => {
    send(xml("message", {}, xml("body", {}, LARGE)));
    send(xml("message", { about: LARGE }, xml("body", {}, "small")));
    send(xml("presence", {}, xml("status", {}, LARGE)));
    const large = { xmlns: NS_SENSOR, seqnr: "1", about: LARGE };
    await expect(ask("get", xml("req", large))).rejects.toThrow("policy-violation");
    await expect(ask("get", nested(DEPTH))).rejects.toThrow("policy-violation");
    await unharmed();
  });

  test("a thousand messages and a thousand requests are worked off", async () => {
    for (let i = 0; i < FLOOD; i++) send(xml("message", {}, xml("body", {}, `hello ${i}`)));
    const asked = overhear(authority);
    const request = (i: number) => xml("req", { xmlns: NS_SENSOR, seqnr: `${i}`, all: "true" });
    const answers = await Promise.allSettled(
      Array.from({ length: FLOOD }, (_, i) => ask("get", request(i))));
    const reasons = new Set(answers.map((one) => one.status === "rejected" && `${one.reason}`));
    expect([...reasons]).toEqual([expect.stringContaining("forbidden")]);
    expect(asked).toEqual([]);
    await unharmed();
  });

  test("a roster, a clearCache and answers that are not the stranger's to send", async () => {
    const { jid } = stranger;
    const roster = xml("query", { xmlns: "jabber:iq:roster" },
      xml("item", { jid: stage.server.jid("stranger"), subscription: "both" }));
    await expect(ask("set", roster)).rejects.toThrow("service-unavailable");
    const clear = xml("clearCache", { xmlns: "urn:xmpp:iot:provisioning" });
    await expect(ask("set", clear)).rejects.toThrow("forbidden");
    const granted = { xmlns: "urn:xmpp:iot:provisioning", jid, result: "true" };
    for (let i = 0; i < 100; i++) {
      send(xml("iq", { type: "result", id: `${i}` }, xml("isFriendResponse", granted)));
      send(xml("presence", { type: ["subscribed", "unsubscribed", "error", "probe"][i % 4]! }));
    }
    await unharmed();
  });
});

/** Its own answer to a ping comes after everything that was sent before it. */
async function unharmed(): Promise<void> {
  await ask("get", xml("ping", { xmlns: "urn:xmpp:ping" }));
  const { jid, friends, trust, led, cache, flash } = await board.state();
  const { entries } = before.cache;
  expect({ jid, friends, trust, led, flash, entries: cache.entries }).toEqual({
    jid: before.jid, friends: before.friends, trust: before.trust, led: before.led,
    flash: before.flash, entries,
  });
  expect(await visitor.read(stage.server.jid("device"))).toMatchObject({ outcome: "read" });
}

function send(stanza: Element): void {
  stanza.attrs["to"] = before.jid!;
  stranger.send(stanza);
}

function ask(type: "get" | "set", payload: Element): Promise<Element> {
  return stranger.request(xml("iq", { type, to: before.jid! }, payload), ANSWER_MS);
}

function nested(depth: number): Element {
  let element = xml("x", { xmlns: "urn:example:deep" });
  for (let i = 0; i < depth; i++) element = xml("x", { xmlns: "urn:example:deep" }, element);
  return element;
}
