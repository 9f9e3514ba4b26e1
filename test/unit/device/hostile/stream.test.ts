/** HOSTILE-TESTS 8.5 to 8.20: a server that is broken, hostile, or not ours. */
import { describe, expect, test } from "vitest";
import {
  BACKOFF_MAX_MS, IDLE_MS, NEGOTIATION_MS, PING_WAIT_MS, SCRAM_ITERATIONS_MAX,
} from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import type { Quirks } from "../../../sim/stream.js";
import { PASSWORD, World, catalogue } from "../../../sim/world.js";

const NS_SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const STREAM = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";
const SUCCESS = `<success ${NS_SASL}>`;

/** A board that meets such a server, some time later. */
function meet(quirks: Partial<Quirks>, ms = 400): World {
  const world = new World();
  Object.assign(world.wire.quirks, quirks);
  world.start();
  world.pass(ms);
  return world;
}

/** What the device told before it gave up, as words. */
function handshake(world: World): string[] {
  return world.wire.streams[0]!.handshake.map((one) => one.name);
}

/** The first stream was ended by the device, and no stream ever came up. */
function expectRefusal(world: World, words: string[]): void {
  const first = world.wire.streams[0]!;
  expect(first.hasLeft).toBe(true);
  expect(handshake(world)).toEqual(words);
  expect(world.device.status().online).toBe(false);
  expect(world.device.status().jid).toBe("");
  expect(world.board.restarts).toEqual([]);
  // Neither the password nor anything but SCRAM was ever said.
  for (const one of world.wire.streams) {
    expect(one.peer.received).not.toContain(PASSWORD);
    expect(one.peer.received).not.toContain(Buffer.from(`\0dev\0${PASSWORD}`).toString("base64"));
    expect(one.peer.received).not.toContain("PLAIN");
  }
}

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

describe("T 8.6: without a mechanism that proves the server", () => {
  test.each([
    ["none", []],
    ["PLAIN alone", ["PLAIN"]],
    ["ANONYMOUS and EXTERNAL", ["ANONYMOUS", "EXTERNAL"]],
    ["DIGEST-MD5", ["DIGEST-MD5", "PLAIN", "LOGIN"]],
    ["SCRAM with a channel binding alone", ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]],
    ["a case that is no mechanism", ["scram-sha-256"]],
  ])("%s", (_what, mechanisms) => {
    expectRefusal(meet({ mechanisms }), []);
  });

  test("SCRAM-SHA-1 will do, until SCRAM-SHA-256 has been seen to work", () => {
    const world = meet({ mechanisms: ["PLAIN", "SCRAM-SHA-1"] });
    expect(world.device.status().online).toBe(true);
    world.wire.quirks.mechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-1"];
    world.dropStream();
    world.pass(3000);
    expect(world.device.status().online).toBe(true);
    world.wire.quirks.mechanisms = ["SCRAM-SHA-1"];
    world.restart();
    expect(world.device.status().online).toBe(false);
    expect(world.wire.stream.handshake).toEqual([]);
    expect(world.device.status().fault).toBe(Fault.NoMechanism);
  });
});

describe("SCRAM challenges that are unsound are not answered", () => {
  const scram = { iterations: "4096", salt: "c2FsdCBvZiB0aGUgdGVzdHM=" };
  const first = (change: (message: string) => string): Partial<Quirks> =>
    ({ scram: { ...scram, first: change } });
  test.each([
    ["T 8.7", "a nonce that is not ours", first((said) => said.replace(/r=./, "r=!"))],
    ["T 8.7", "a nonce that adds nothing", first((said) => said.replace(/r=(.{24})[^,]*/, "r=$1"))],
    ["T 8.7", "no nonce", first((said) => said.replace(/^r=[^,]*,/, ""))],
    ["T 8.7", "no salt", first((said) => said.replace(/,s=[^,]*/, ""))],
    ["T 8.7", "no iterations", first((said) => said.replace(/,i=.*/, ""))],
    ["T 8.7", "a mandatory extension", first((said) => "m=ext," + said)],
    ["T 8.7", "an error", first(() => "e=other-error")],
    ["T 8.7", "nothing", first(() => "")],
    ["T 8.7", "another order", first((said) => said.split(",").reverse().join(","))],
    ["T 8.8", "1", { scram: { ...scram, iterations: "1" } }],
    ["T 8.8", "0", first((said) => said.replace("i=4096", "i=0"))],
    ["T 8.8", "-1", first((said) => said.replace("i=4096", "i=-1"))],
    ["T 8.8", "4095", { scram: { ...scram, iterations: "4095" } }],
    ["T 8.8", "more than the ceiling",
      first((said) => said.replace("4096", `${SCRAM_ITERATIONS_MAX + 1}`))],
    ["T 8.8", "a thousand million", first((said) => said.replace("4096", "1000000000"))],
    ["T 8.8", "5x", first((said) => said.replace("4096", "5000x"))],
    ["T 8.8", "1e4", first((said) => said.replace("4096", "1e4"))],
    ["T 8.8", "04096", first((said) => said.replace("4096", "04096"))],
    ["T 8.10", "a salt without octets", first((said) => said.replace(/s=[^,]*/, "s="))],
    ["T 8.10", "a salt that is not base64", first((said) => said.replace(/s=[^,]*/, "s=***"))],
    ["T 8.10", "a salt of 64 kB",
      first((said) => said.replace(/s=[^,]*/, "s=" + "A".repeat(65_536)))],
    ["T 8.10", "a salt of 65 octets",
      first((said) => said.replace(/s=[^,]*/, "s=" + Buffer.alloc(65).toString("base64")))],
    ["T 8.7", "a challenge that is not base64",
      { challenge: `<challenge ${NS_SASL}>%%%</challenge>` }],
    ["T 8.9", "success before the challenge", { challenge: `${SUCCESS}dj1hYmM=</success>` }],
    ["T 8.9", "an empty success before the challenge", { challenge: `<success ${NS_SASL}/>` }],
  ])("%s: %s", (_id, _what, quirks) => {
    const started = Date.now();
    expectRefusal(meet(quirks), ["auth"]);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  test("T 8.8: the floor and the ceiling themselves are answered", () => {
    for (const iterations of ["4096", `${SCRAM_ITERATIONS_MAX}`]) {
      const world = meet({ scram: { ...scram, iterations } });
      expect(world.device.status().online).toBe(true);
    }
  });
});

describe("T 8.9: a server that does not prove itself gets no session", () => {
  const scram = { iterations: "4096", salt: "c2FsdCBvZiB0aGUgdGVzdHM=" };
  test.each([
    ["a wrong signature", { scram: { ...scram, final: () => "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }],
    ["an empty signature", { scram: { ...scram, final: () => "v=" } }],
    ["an error", { scram: { ...scram, final: () => "e=invalid-proof" } }],
    ["a signature cut short",
      { scram: { ...scram, final: (said: string) => said.slice(0, 20) } }],
    ["no data", { success: `<success ${NS_SASL}/>` }],
    ["another namespace", { success: "<success xmlns='urn:x'>dj1hYmM=</success>" }],
  ])("%s", (_what, quirks) => {
    expectRefusal(meet(quirks), ["auth", "response"]);
  });

  test("the final message in a challenge, and then success, proves it as well", () => {
    const world = meet({ lastWord: "challenge" });
    expect(handshake(world)).toEqual(["auth", "response", "response", "iq"]);
    expect(world.device.status().online).toBe(true);
  });

  test("but not a wrong one", () => {
    const final = (): string => "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    expectRefusal(meet({ lastWord: "challenge", scram: { ...scram, final } }),
      ["auth", "response"]);
  });
});

test("T 8.11: a hundred refusals of the password: later and later, nothing is forgotten", () => {
  const world = new World({ password: "wrong" });
  world.start();
  const before = world.board.flash.operations;
  const times: number[] = [];
  let seen = 0;
  while (times.length < 100) {
    world.skip(5000);
    if (world.wire.streams.length > seen) times.push(world.board.clock.nowMs());
    seen = world.wire.streams.length;
  }
  const waits = times.slice(1).map((ms, i) => ms - times[i]!);
  expect(Math.max(...waits)).toBeLessThanOrEqual(BACKOFF_MAX_MS + 10_000);
  expect(Math.min(...waits.slice(-50))).toBeGreaterThanOrEqual(BACKOFF_MAX_MS / 2 - 10_000);
  expect(world.board.restarts).toEqual([]);
  expect(world.board.flash.operations).toBe(before);
  expect(world.device.status().account).toBe("dev@ex.org");
  expect(world.device.status().fault).toBe(Fault.Unauthorised);
  world.wire.passwords.dev = "wrong";
  world.skip(BACKOFF_MAX_MS);
  expect(world.device.status().online).toBe(true);
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
    expect(world.board.led.transitions).toEqual([]);
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
