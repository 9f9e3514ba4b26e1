/** HOSTILE-TESTS 7.10 to 7.13: from the press to trust. */
import { describe, expect, test } from "vitest";
import { DELEGATION_MS } from "../../../../firmware/config.js";
import { PowerCut } from "../../../../hal/mock/flash.js";
import { Authority } from "../../../sim/authority.js";
import { childrenOf, parse } from "../../../sim/markup.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";
import { ask, deliver, heard, PROVISIONING, strangers, TRUSTED } from "./cast.js";

test("T 7.10: a power cut at any write of a pairing leaves no trust, or all of it", () => {
  let cuts = 0;
  let whole = 0;
  for (let operation = 1; operation < 20; operation++) {
    for (const keep of [-1, 0, 4, 9]) {
      const one = strangers();
      const { world, authority } = one;
      const flash = world.board.flash;
      ask(one);
      if (keep < 0) flash.cutAfter(operation);
      else flash.cutInside(operation, keep);
      try {
        world.owner.press();
        world.pass(2000);
        flash.revive();
        whole++;
      } catch (error) {
        expect(error).toBeInstanceOf(PowerCut);
        cuts++;
        flash.revive();
        world.owner.release();
        authority.rules = {};
        world.restart();
        world.pass(2000);
        const { trust } = world.device.status();
        expect([[], TRUSTED]).toContainEqual(trust);
        if (trust.length === 0) {
          // Nothing granted, and the way in is open: the request is repeated by the server.
          const visitor = world.friend();
          visitor.read();
          expect(visitor.hears()).toEqual(["cancel/forbidden"]);
        }
      }
    }
    if (whole > 0) break;
  }
  expect(cuts).toBeGreaterThan(4);
  expect(whole).toBeGreaterThan(0);
});

describe("T 7.11: accepted, but no provisioning server", () => {
  test.each([
    ["without the feature", "features"],
    ["an error", "error"],
    ["silence", "silent"],
    ["a stranger answers for it", "forged"],
    ["never available", "away"],
  ])("%s: a friend without trust", (_what, how) => {
    const one = strangers();
    const { world, authority } = one;
    const stranger = world.stranger();
    authority.actor.features = how === "features" ? ["urn:xmpp:iot:sensordata"] : null;
    if (how === "away") authority.isPolite = false;
    ask(one);
    world.owner.press();
    const question = authority.actor.inbox.find((stanza) => stanza.attributes.type === "get");
    const info = "<query xmlns='http://jabber.org/protocol/disco#info'>" +
      "<feature var='urn:xmpp:iot:provisioning'/></query>";
    if (how === "error") authority.reply(question!, "service-unavailable");
    if (how === "forged") {
      stranger.actor.send(`<iq type='result' id='${question!.attributes.id}' to='${world.jid}'>` +
        `${info}</iq>`);
    }
    world.pass(DELEGATION_MS);
    expect(world.device.status().trust).toEqual([]);
    expect(world.device.status().friends).toEqual(TRUSTED);
    if (how === "silent" || how === "forged") {
      authority.reply(question!, info);
      world.settle();
      expect(world.device.status().trust).toEqual([]);
    }
    const visitor = world.stranger("visitor@ex.org/phone");
    visitor.befriend();
    expect(world.owner.seesBlinking()).toBe(true);
    expect(authority.hears()).toEqual([]);
  });
});

describe("T 7.12: with trust, a new one comes in only where the first allows it", () => {
  const RESPONSE = `<isFriendResponse ${PROVISIONING} jid='second@ex.org' result='false'`;
  test.each([
    ["not said", "", false],
    ["false", " secondaryTrustAllowed='false'", false],
    ["0", " secondaryTrustAllowed='0'", false],
    ["true", " secondaryTrustAllowed='true'", true],
    ["1", " secondaryTrustAllowed='1'", true],
    ["junk", " secondaryTrustAllowed='yes'", false],
  ])("%s", (_what, attribute, isOpen) => {
    const world = new World();
    const authority = world.trusting();
    const second = new Authority(world, "second@ex.org/s");
    authority.decide(`${RESPONSE}${attribute}/>`, "isFriend");
    second.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
    world.settle();
    expect(world.owner.seesBlinking()).toBe(isOpen);
    world.owner.press();
    const both = [AUTHORITY_COMPONENT, "second@ex.org"];
    expect(world.device.status().trust).toEqual(isOpen ? both : [AUTHORITY_COMPONENT]);
    expect(heard(second)).toEqual([isOpen ? "presence subscribed" : "presence unsubscribed"]);
  });
});

describe("T 7.13: secondary trust is said by the first server, and now", () => {
  const ALLOWED = `<isFriendResponse ${PROVISIONING} jid='second@ex.org' result='false'` +
    " secondaryTrustAllowed='true'/>";

  function pending(): { world: World; authority: Authority; second: Authority } {
    const world = new World();
    const authority = world.trusting();
    const second = new Authority(world, "second@ex.org/s");
    authority.decide("silent");
    second.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
    world.settle();
    return { world, authority, second };
  }

  test("an answer by a stranger opens nothing", () => {
    const { world, authority } = pending();
    const id = authority.questions[0]!.attributes.id!;
    const witness = new Witness(world);
    for (const from of ["second@ex.org/s", "evil@ex.org/x", "ex.org"]) {
      const stanza = parse(`<iq type='result' id='${id}'>${ALLOWED}</iq>`);
      stanza.attributes.from = from;
      world.wire.stream.send(stanza);
      world.settle();
    }
    expect(world.owner.seesDark()).toBe(true);
    expect(witness.changes()).toEqual([]);
  });

  test("an answer to a question from before a clearCache opens nothing: asked again", () => {
    const { world, authority } = pending();
    const first = authority.questions[0]!;
    authority.clearCache();
    authority.reply(first, ALLOWED);
    world.settle();
    expect(world.owner.seesDark()).toBe(true);
    expect(authority.questions.map((one) => childrenOf(one)[0]!.name))
      .toEqual(["isFriend", "isFriend"]);
    authority.reply(authority.questions[1]!, "no");
    world.settle();
    expect(world.owner.seesDark()).toBe(true);
  });
});

describe("a component that was away when the board came is told again that it is here", () => {
  const presences = (authority: Authority): string[] => authority.actor.take()
    .filter((one) => one.name === "presence").map((one) => one.attributes.type ?? "available");
  const away = "<presence type='error'><error type='wait'>" +
    "<remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>";

  function trusted(): { world: World; authority: Authority } {
    const world = new World({ provisioning: AUTHORITY_COMPONENT });
    const authority = new Authority(world, AUTHORITY_COMPONENT);
    world.start();
    world.pass(1000);
    expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT]);
    presences(authority);
    return { world, authority };
  }

  test("after a minute, once, for each time that it was missed", () => {
    const { world, authority } = trusted();
    deliver(world, AUTHORITY_COMPONENT, away);
    deliver(world, AUTHORITY_COMPONENT, away);
    world.pass(DELEGATION_MS - 1000);
    expect(presences(authority)).toEqual([]);
    world.pass(2000);
    expect(presences(authority)).toEqual(["available"]);
    world.pass(5 * DELEGATION_MS);
    expect(presences(authority)).toEqual([]);
    expect(world.device.status().trust).toEqual([AUTHORITY_COMPONENT]);
  });

  test.each(["evil@ex.org/x", "other.ex.org", `${AUTHORITY_COMPONENT}/x`, "provisioning@ex.org", ""])(
    "an error of '%s' says nothing", (from) => {
      const { world, authority } = trusted();
      deliver(world, from, away);
      world.pass(5 * DELEGATION_MS);
      expect(presences(authority)).toEqual([]);
    });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile delegation")).toBe("");
});
