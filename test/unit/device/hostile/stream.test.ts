/** HOSTILE-TESTS 8.5 and 8.12 to 8.20: a server that is broken, hostile, or not ours. */
import { describe, expect, test } from "vitest";
import { IDLE_MS, NEGOTIATION_MS, PING_WAIT_MS } from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import type { Quirks } from "../../../sim/stream.js";
import { World, catalogue } from "../../../sim/world.js";
import { expectRefusal, handshake, meet } from "./cast.js";

const NS_SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

const STREAM = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";

describe("T 8.5: a header that we cannot trust", () => {
  const good = `id='1' version='1.0' from='ex.org'`;
  test.each([
    ["from another domain", `<stream:stream ${STREAM} id='1' version='1.0' from='evil.org'>`],
    ["from a domain below", `<stream:stream ${STREAM} id='1' version='1.0' from='x.ex.org'>`],
    ["from an account", `<stream:stream ${STREAM} id='1' version='1.0' from='dev@ex.org'>`],
    ["no from", `<stream:stream ${STREAM} id='1' version='1.0'>`],
    ["no version", `<stream:stream ${STREAM} id='1' from='ex.org'>`],
    ["version 0.9", `<stream:stream ${STREAM} id='1' version='0.9' from='ex.org'>`],
    ["version 2.0", `<stream:stream ${STREAM} id='1' version='2.0' from='ex.org'>`],
    ["no id", `<stream:stream ${STREAM} version='1.0' from='ex.org'>`],
    ["another namespace", `<stream:stream xmlns='jabber:client' xmlns:stream='urn:x' ${good}>`],
    ["another name", `<stream:flow ${STREAM} ${good}>`],
    ["no namespace", `<stream ${good}>`],
  ])("%s", (_what, header) => {
    expectRefusal(meet({ header }), []);
  });

  test("the domain in another case is the same; our JID is never taken from it", () => {
    const header = `<stream:stream ${STREAM} id='1' version='1.0' from='EX.ORG' to='evil@ex.org'>`;
    const world = meet({ header });
    expect(world.device.status().jid).toMatch(/^dev@ex\.org\//);
  });

  test("a namespace of stanzas that is not the client's carries no stanza", () => {
    const header = `<stream:stream xmlns='jabber:server' id='1' version='1.0' from='ex.org'` +
      " xmlns:stream='http://etherx.jabber.org/streams'>";
    const world = meet({ header });
    expect(world.device.status().online).toBe(false);
  });
});

describe("T 8.12: bound to what is not ours", () => {
  const bound = (jid: string): Partial<Quirks> => ({
    bound: `<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${jid}` +
      "</bind></iq>",
  });
  test.each([
    ["another user", "<jid>evil@ex.org/r</jid>"],
    ["another domain", "<jid>dev@evil.org/r</jid>"],
    ["no resource", "<jid>dev@ex.org</jid>"],
    ["an empty resource", "<jid>dev@ex.org/</jid>"],
    ["no JID", "<jid>dev</jid>"],
    ["nothing", ""],
  ])("%s", (_what, jid) => {
    expectRefusal(meet(bound(jid)), ["auth", "response", "iq"]);
  });

  test("refused", () => {
    const world = meet({ bound: "<iq type='error' id='{id}'><error type='cancel'><conflict " +
      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>" });
    expectRefusal(world, ["auth", "response", "iq"]);
  });
});

test("T 8.13: features that we do not want are left alone", () => {
  const world = meet({ extra: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" +
    "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>" +
    "<sm xmlns='urn:xmpp:sm:3'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>" +
    "<ver xmlns='urn:xmpp:features:rosterver'/><unknown xmlns='urn:x'><a/></unknown>" });
  expect(world.device.status().online).toBe(true);
  expect(handshake(world)).toEqual(["auth", "response", "iq"]);
});

describe("T 8.15: stanzas before the session are no stanzas", () => {
  const PING = "<iq type='get' id='1' from='ex.org'><ping xmlns='urn:xmpp:ping'/></iq>";
  const SUBSCRIBE = "<presence type='subscribe' from='evil@ex.org'/>";
  test.each([
    ["behind the features", { extra: `<mechanisms ${NS_SASL}><mechanism>SCRAM-SHA-1</mechanism>` +
      `</mechanisms></stream:features>${PING}<stream:features>` }, ["auth"]],
    ["in place of the challenge", { challenge: PING }, ["auth"]],
    ["in place of success", { success: SUBSCRIBE }, ["auth", "response"]],
    ["in place of the features", { mechanisms: [], extra: "</stream:features>" + PING +
      "<stream:features>" }, []],
    ["in place of the session", { bound: PING }, ["auth", "response", "iq"]],
    ["a roster push in place of the session", { bound: "<iq type='set' id='1'><query " +
      "xmlns='jabber:iq:roster'><item jid='evil@ex.org' subscription='both'/></query></iq>" },
      ["auth", "response", "iq"]],
  ])("%s", (_what, quirks, words) => {
    const world = meet(quirks);
    expectRefusal(world, words);
    // Nobody's press is asked for.
    expect(world.device.status().pattern).not.toBe("pairing");
    expect(world.wire.streams[0]!.peer.received).not.toContain("service-unavailable");
  });
});

describe("T 8.16: the server sends us away", () => {
  test.each(["evil.org", "ex.org:5223", "[::1]:5223"])("to %s: not followed", (host) => {
    const world = meet({ greeting: "<stream:error><see-other-host " +
      `xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${host}</see-other-host></stream:error>` });
    world.wire.quirks.greeting = "";
    world.pass(3000);
    expect(world.wire.streams.length).toBe(2);
    for (const one of world.wire.streams) expect(one.peer.endpoint.host).toBe("ex.org");
    expect(world.device.status().online).toBe(true);
  });
});

test("T 8.17: thrown out by a second session again and again: rarer and rarer", () => {
  const world = meet({ greeting: "<stream:error><conflict " +
    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>" });
  world.skip(3_600_000);
  // 32 s at least at first, doubled up to ten minutes: an hour holds about ten.
  expect(world.wire.streams.length).toBeGreaterThan(4);
  expect(world.wire.streams.length).toBeLessThan(16);
  expect(world.device.status().fault).toBe(Fault.Conflict);
  expect(world.board.restarts).toEqual([]);
});

test("T 8.18: the certificate that is asked for is the JID's domain's, wherever that is", () => {
  const world = meet({});
  expect(world.wire.stream.peer.endpoint).toMatchObject({ name: "ex.org", secure: true });
});

describe("T 8.19: silence, in each phase", () => {
  test.each([
    ["the server", "header"], ["no features", "features"], ["no challenge", "challenge"],
    ["no success", "success"], ["no bind", "bind"], ["no roster", "roster"],
  ])("%s", (_what, phase) => {
    const world = meet({ silent: [phase] }, NEGOTIATION_MS);
    world.pass(2000);
    expect(world.wire.streams[0]!.hasLeft).toBe(true);
    world.wire.quirks.silent = [];
    world.pass(5000);
    while (!world.device.status().online && world.board.clock.nowMs() < 300_000) world.pass(1000);
    expect(world.device.status().online).toBe(true);
    expect(world.wire.stream.received.some((one) => one.name === "presence")).toBe(true);
  });

  test("nothing answers at all: the connection itself hangs", () => {
    const world = new World();
    world.board.network.hangs = true;
    world.start();
    world.pass(NEGOTIATION_MS);
    world.board.network.hangs = false;
    world.pass(5000);
    expect(world.device.status().online).toBe(true);
  });

  test("online: a ping, and then a new connection", () => {
    const world = meet({});
    world.wire.quirks.silent = ["urn:xmpp:ping"];
    world.pass(IDLE_MS + PING_WAIT_MS - 1000);
    expect(world.wire.stream.peer.received).toContain("urn:xmpp:ping");
    expect(world.wire.streams.length).toBe(1);
    world.pass(5000);
    expect(world.wire.streams.length).toBe(2);
    expect(world.device.status().online).toBe(true);
  });

  test("a ping that is answered keeps the stream", () => {
    const world = meet({});
    world.pass(10 * IDLE_MS, 200);
    expect(world.wire.streams.length).toBe(1);
  });
});

describe("T 8.20: one octet a second", () => {
  test("from the start: the negotiation has its time, in all", () => {
    const world = meet({ bytesPerSecond: 1 }, NEGOTIATION_MS + 1000);
    expect(world.wire.streams[0]!.hasLeft).toBe(true);
    expect(world.device.status().online).toBe(false);
  });

  test("within a stanza: the light and the button go on", () => {
    const world = meet({});
    const stranger = world.stranger();
    stranger.befriend();
    world.wire.quirks.bytesPerSecond = 1;
    world.wire.stream.raw("<message from='evil@ex.org/x'><body>" + "x".repeat(1000));
    expect(world.owner.seesBlinking()).toBe(true);
    world.owner.press();
    expect(world.device.status().pattern).toBe("off");
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile servers")).toBe("");
});
