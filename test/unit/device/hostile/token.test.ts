/**
 * HOSTILE-TESTS 5: tokens and their challenges. The board's RSA is a stand-in here that solves
 * what begins with "!"; the real one is in test/unit/hal/host/identity.test.ts.
 */
import { describe, expect, test } from "vitest";
import {
  CHALLENGE_BYTES_MAX, TOKENS_SENT_MAX, TOKEN_BYTES_MAX, TOKEN_MS,
} from "../../../../firmware/config.js";
import type { Authority } from "../../../sim/authority.js";
import { childOf, childrenOf } from "../../../sim/markup.js";
import type { Node } from "../../../sim/markup.js";
import type { Actor } from "../../../sim/actor.js";
import type { Visitor } from "../../../sim/visitor.js";
import { tell } from "../../../sim/visitor.js";
import { World, catalogue } from "../../../sim/world.js";

const NS = "urn:xmpp:iot:provisioning";
const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
const identity = {
  certificate: () => "a certificate",
  decrypt: (block: string) => block.startsWith("!") ? block.slice(1) : "",
};

interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

function cast(hasRsa = true): Cast {
  const world = new World(hasRsa ? { identity } : {});
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  return { world, visitor, authority };
}

/** One that has got its token. */
function proven(token = "OWN"): Cast {
  const all = cast();
  const { authority, world } = all;
  authority.decide(`<getTokenChallenge xmlns='${NS}' seqnr='7'>${base64("!pearl")}` +
    "</getTokenChallenge>", "getToken");
  authority.decide(`<getTokenResponse xmlns='${NS}' token='${token}'/>`,
    "getTokenChallengeResponse");
  world.dropStream();
  world.pass(4000);
  authority.actor.take();
  authority.hears();
  return all;
}

/** What comes back, in a word, or the solved block. */
function challenge(world: World, actor: Actor, token: string, text = base64("!gem")): string {
  actor.take();
  ask(world, actor, token, text);
  world.pass(100);
  return replies(actor);
}

function ask(world: World, actor: Actor, token: string, text = base64("!gem")): void {
  actor.send(`<iq type='get' to='${world.jid}'><tokenChallenge xmlns='${NS}' ` +
    `token='${token}'>${text}</tokenChallenge></iq>`);
  world.settle();
}

function replies(actor: Actor): string {
  return actor.takeSaid().map((stanza) => {
    const solved = childOf(stanza, "tokenChallengeResponse");
    return solved ? Buffer.from(String(solved.children[0]), "base64").toString("latin1")
      : tell(stanza);
  }).join(", ");
}

/** What the visitor was asked, and its answer. */
function passed(visitor: Visitor): Node {
  const [iq] = visitor.actor.takeSaid().filter((one) => childOf(one, "tokenChallenge"));
  return iq!;
}

describe("a token of our own", () => {
  test("is asked for with the certificate and the solved challenge, and outlives a power cut", () => {
    const all = cast();
    const { authority, world } = all;
    // It was asked once on this stream, and got no answer.
    expect(authority.hears()).toEqual(["getToken"]);
    world.pass(20000);
    expect(authority.hears()).toEqual([]);
    authority.decide(`<getTokenChallenge xmlns='${NS}' seqnr='-12'>${base64("!pearl")}` +
      "</getTokenChallenge>", "getToken");
    world.dropStream();
    world.pass(4000);
    const [first, second] = authority.questions.map((one) => childrenOf(one)[0]!);
    expect([first!.name, String(first!.children[0])])
      .toEqual(["getToken", base64("a certificate")]);
    expect([second!.name, second!.attributes.seqnr, String(second!.children[0])])
      .toEqual(["getTokenChallengeResponse", "-12", base64("pearl")]);
    authority.hears();
    authority.decide(`<getTokenResponse xmlns='${NS}' token='OWN'/>`, "getTokenChallengeResponse");
    world.dropStream();
    world.pass(4000);
    expect(authority.hears()).toEqual(["getToken", "getTokenChallengeResponse"]);
    expect(challenge(world, authority.actor, "OWN")).toBe("gem");
    world.restart();
    world.pass(1000);
    expect(authority.hears()).toEqual([]);
  });

  test("is not asked for by a board without RSA", () => {
    const { authority, world } = cast(false);
    world.pass(5000);
    expect(authority.hears()).toEqual([]);
  });

  test.each([
    ["T 5.11: no seqnr", `<getTokenChallenge xmlns='${NS}'>${base64("!x")}</getTokenChallenge>`],
    ["a seqnr that is no number",
      `<getTokenChallenge xmlns='${NS}' seqnr='1 2'>${base64("!x")}</getTokenChallenge>`],
    ["no base64", `<getTokenChallenge xmlns='${NS}' seqnr='1'>!!</getTokenChallenge>`],
    ["nothing", `<getTokenChallenge xmlns='${NS}' seqnr='1'/>`],
    ["not for our key",
      `<getTokenChallenge xmlns='${NS}' seqnr='1'>${base64("x")}</getTokenChallenge>`],
    ["of another namespace",
      `<getTokenChallenge xmlns='urn:x' seqnr='1'>${base64("!x")}</getTokenChallenge>`],
    ["the token at once", `<getTokenResponse xmlns='${NS}' token='T'/>`],
    ["ERRATA N25: an error in a result", "<error xmlns='jabber:client' type='cancel'/>"],
    ["an error", "item-not-found"],
  ])("T 5.11: a challenge that is none is not answered: %s", (_what, said) => {
    const { authority, world } = cast();
    authority.hears();
    authority.decide(said, "getToken");
    authority.decide(`<getTokenResponse xmlns='${NS}' token='T'/>`, "getTokenChallengeResponse");
    const { operations } = world.board.flash;
    world.dropStream();
    world.pass(4000);
    expect(authority.hears()).toEqual(["getToken"]);
    expect(world.board.flash.operations).toBe(operations);
    expect(challenge(world, authority.actor, "T")).toBe("cancel/forbidden");
  });

  test.each([
    ["white space", "a b", false], ["nothing", "", false], ["a control character", "a&#9;b", false],
    ["as long as it may be", "t".repeat(TOKEN_BYTES_MAX), true],
    ["one octet longer", "t".repeat(TOKEN_BYTES_MAX + 1), false],
  ])("T 5.12: a token with %s is kept only where it is one", (_what, token, isKept) => {
    const { world, authority } = proven(token);
    expect(challenge(world, authority.actor, token) === "gem").toBe(isKept);
    world.restart();
    world.pass(1000);
    expect(authority.hears()[0]).toBe(isKept ? undefined : "getToken");
  });
});

describe("a challenge of our own token", () => {
  test("T 5.2, 5.3: counts from whom it was sent to within the last minute", () => {
    const { world, authority } = proven();
    // It came some time in the four seconds of `proven`.
    world.pass(TOKEN_MS - 5000);
    expect(challenge(world, authority.actor, "OWN")).toBe("gem");
    world.pass(5001);
    expect(challenge(world, authority.actor, "OWN")).toBe("cancel/forbidden");
  });

  test("T 5.13: the wall clock makes no difference", () => {
    const { world, authority } = proven();
    world.board.clock.utcStartMs -= 3600_000;
    expect(challenge(world, authority.actor, "OWN")).toBe("gem");
    world.pass(TOKEN_MS);
    expect(challenge(world, authority.actor, "OWN")).toBe("cancel/forbidden");
  });

  test("T 5.1, 5.4: is forbidden to everybody else, whoever they are", () => {
    const { world, visitor, authority } = proven();
    expect(challenge(world, visitor.actor, "OWN")).toBe("cancel/forbidden");
    expect(challenge(world, world.stranger().actor, "OWN")).toBe("cancel/forbidden");
    expect(challenge(world, authority.actor, "OWN")).toBe("gem");
  });

  test.each([
    ["another", "OTHER"], ["none", ""], ["two in one", "OWN OWN"], ["a part", "OW"],
    ["more", "OWNED"], ["10 kB", "x".repeat(1800)], ["with a blank before", " OWN"],
  ])("T 5.5: %s is forbidden", (_what, token) => {
    const { world, authority } = proven();
    expect(challenge(world, authority.actor, token)).toBe("cancel/forbidden");
  });

  test.each([
    ["no base64", "!!!"], ["nothing", ""], ["spare bits", "QR=="], ["not for our key", base64("x")],
    ["too long", base64("!".repeat(CHALLENGE_BYTES_MAX / 4 * 3 + 1))],
  ])("T 5.6: a block that is none has one and the same answer: %s", (_what, text) => {
    const { world, authority } = proven();
    expect(challenge(world, authority.actor, "OWN", text)).toBe("modify/bad-request");
  });

  test("as long as it may be is solved; white space in it does not matter", () => {
    const { world, authority } = proven();
    const gem = "g".repeat(CHALLENGE_BYTES_MAX / 4 * 3 - 1);
    const text = base64("!" + gem);
    expect(text.length).toBe(CHALLENGE_BYTES_MAX);
    expect(challenge(world, authority.actor, "OWN", text.replace(/.{64}/g, "$&\n"))).toBe(gem);
  });

  test("T 5.7: one at a time, the others are told to try again", () => {
    const { world, authority } = proven();
    const { actor } = authority;
    for (let i = 0; i < 5; i++) {
      actor.send(`<iq type='get' to='${world.jid}'><tokenChallenge xmlns='${NS}' token='OWN'>` +
        `${base64("!gem")}</tokenChallenge></iq>`);
    }
    world.pass(1000);
    const words = replies(actor).split(", ");
    expect(words.filter((word) => word === "gem").length).toBeGreaterThan(0);
    expect(words.filter((word) => word === "wait/resource-constraint").length).toBeGreaterThan(2);
    expect(words.length).toBe(5);
  });
});

describe("a challenge of a caller's token", () => {
  const READ = "momentary='true' serviceToken='S1 S2' userToken='U'";
  const SOLVED = `<tokenChallengeResponse xmlns='${NS}'>${base64("solved")}` +
    "</tokenChallengeResponse>";

  test("T 5.8: is passed on to the full JID it came from, and its answer comes back", () => {
    for (const token of ["S1", "S2", "U"]) {
      const { world, visitor, authority } = cast(false);
      const second = world.friend("visitor@ex.org/second");
      visitor.read(READ);
      visitor.actor.takeSaid();
      ask(world, authority.actor, token, base64("block"));
      expect(second.actor.takeSaid()).toEqual([]);
      const iq = passed(visitor);
      const said = childrenOf(iq)[0]!;
      expect([iq.attributes.type, said.attributes.token, String(said.children[0])])
        .toEqual(["get", token, base64("block")]);
      visitor.actor.send(`<iq type='result' id='${iq.attributes.id}' to='${world.jid}'>` +
        `${SOLVED}</iq>`);
      world.settle();
      expect(replies(authority.actor)).toBe("solved");
    }
  });

  test("T 5.8: silence is told before the minute is over; an error, or nonsense, at once", () => {
    const { world, visitor, authority } = cast(false);
    visitor.read(READ);
    const wrong = [null, "<x xmlns='urn:x'/>", SOLVED.replace(NS, "urn:x"),
      `<tokenChallengeResponse xmlns='${NS}'>?</tokenChallengeResponse>`, SOLVED + SOLVED];
    for (const payload of wrong) {
      visitor.actor.take();
      ask(world, authority.actor, "S1");
      const iq = passed(visitor);
      if (payload !== null) {
        visitor.actor.send(`<iq type='result' id='${iq.attributes.id}' to='${world.jid}'>` +
          `${payload}</iq>`);
      }
      world.pass(payload === null ? 11000 : 100);
      expect(replies(authority.actor)).toBe("wait/remote-server-timeout");
    }
  });

  test("T 5.9: an answer from another resource is none", () => {
    const { world, visitor, authority } = cast(false);
    const second = world.friend("visitor@ex.org/second");
    visitor.read(READ);
    visitor.actor.take();
    ask(world, authority.actor, "U");
    const { id } = passed(visitor).attributes;
    second.actor.send(`<iq type='result' id='${id}' to='${world.jid}'>${SOLVED}</iq>`);
    world.settle();
    expect(replies(authority.actor)).toBe("");
    visitor.actor.send(`<iq type='result' id='${id}' to='${world.jid}'>${SOLVED}</iq>`);
    world.settle();
    expect(replies(authority.actor)).toBe("solved");
  });

  test("is nobody's but the server's that was asked; none where the cache knew", () => {
    const { world, visitor, authority } = cast(false);
    visitor.read(READ);
    expect(challenge(world, world.stranger().actor, "U")).toBe("cancel/forbidden");
    world.pass(TOKEN_MS + 1000);
    visitor.actor.take();
    visitor.read(READ);
    expect(visitor.hears().length).toBe(2);
    expect(challenge(world, authority.actor, "U")).toBe("cancel/forbidden");
    expect(visitor.actor.takeSaid()).toEqual([]);
  });

  test("one at a time, whoever's it is", () => {
    const { world, visitor, authority } = cast(false);
    visitor.read(READ);
    ask(world, authority.actor, "U");
    expect(challenge(world, authority.actor, "S1")).toBe("wait/resource-constraint");
    world.pass(11000);
    expect(replies(authority.actor)).toBe("wait/remote-server-timeout");
    visitor.actor.take();
    ask(world, authority.actor, "S1");
    expect(passed(visitor)).toBeDefined();
  });

  test("so many are remembered; one more takes the place of one's own, or of the oldest", () => {
    const { world, visitor, authority } = cast(false);
    const other = world.friend("other@ex.org/x");
    other.read("momentary='true' userToken='O'");
    for (let i = 0; i < TOKENS_SENT_MAX; i++) visitor.read(`momentary='true' userToken='U${i}'`);
    visitor.actor.take();
    expect(challenge(world, authority.actor, "U0")).toBe("cancel/forbidden");
    ask(world, authority.actor, "O");
    expect(replies(authority.actor)).toBe("");
    world.pass(11000);
    authority.actor.take();
    const newcomer = world.friend("newcomer@ex.org/x");
    newcomer.read("momentary='true' userToken='N'");
    expect(challenge(world, authority.actor, "O")).toBe("cancel/forbidden");
    ask(world, authority.actor, "N");
    expect(replies(authority.actor)).toBe("");
  });

  test("a stream that is lost while it is under way leaves nothing behind", () => {
    const { world, visitor, authority } = cast(false);
    visitor.read(READ);
    ask(world, authority.actor, "U");
    world.dropStream();
    world.pass(4000);
    authority.actor.take();
    visitor.actor.take();
    ask(world, authority.actor, "S1");
    expect(passed(visitor)).toBeDefined();
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile tokens")).toBe("");
});
