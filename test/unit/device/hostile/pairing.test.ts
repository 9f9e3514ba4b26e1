/** HOSTILE-TESTS 7.1 to 7.13: the pairing window. */
import { describe, expect, test } from "vitest";
import {
  DELEGATION_MS, PAIRING_PERIOD_MS, PAIRING_WINDOW_MS, STUCK_MS, TICK_MS, WINDOWS_MAX,
  WINDOWS_PER_JID_MAX,
} from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import { PowerCut } from "../../../../hal/mock/flash.js";
import { Authority } from "../../../sim/authority.js";
import { childrenOf, parse } from "../../../sim/markup.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";

const NS = "xmlns='urn:xmpp:iot:provisioning'";
const TRUSTED = ["authority@ex.org"];
/** Half of the time, and what the rounding to ticks adds. */
const LIT_SHARE = 0.55;

interface Cast {
  world: World;
  authority: Authority;
}

function cast(): Cast {
  const world = new World();
  const authority = new Authority(world, AUTHORITY_ACCOUNT);
  world.start();
  return { world, authority };
}

function ask({ world, authority }: Cast): void {
  authority.actor.send(`<presence type='subscribe' to='${world.account}'/>`);
  world.settle();
}

function heard(authority: Authority): string[] {
  return authority.actor.takeSaid().map((one) => `${one.name} ${one.attributes.type ?? ""}`);
}

test("T 7.1: the light blinks at most 30 s, and a press accepts that JID alone", () => {
  const one = cast();
  const { world, authority } = one;
  ask(one);
  const stranger = world.stranger();
  world.pass(29_000);
  expect(world.board.led.transitions.length).toBeGreaterThan(100);
  world.owner.press();
  expect(heard(authority)).toEqual(["presence subscribed"]);
  expect(world.device.status().trust).toEqual(TRUSTED);
  expect(world.device.status().friends).toEqual(TRUSTED);
  expect(stranger.hears()).toEqual([]);
  world.pass(PAIRING_WINDOW_MS);
  expect(world.owner.litMs(0, world.board.clock.nowMs())).toBeLessThanOrEqual(PAIRING_WINDOW_MS);
  expect(world.board.led.on).toBe(false);
});

test("T 7.2: who asks second is refused at once, and the press is not for it", () => {
  const one = cast();
  ask(one);
  const stranger = one.world.stranger();
  for (let i = 0; i < 5; i++) stranger.befriend();
  expect(stranger.hears()).toEqual(Array(5).fill("presence unsubscribed"));
  one.world.owner.press();
  expect(one.world.device.status().trust).toEqual(TRUSTED);
  expect(one.world.device.status().friends).toEqual(TRUSTED);
});

test("T 7.3: a stranger that is first gets the press, but no trust without being a server", () => {
  const one = cast();
  const stranger = one.world.stranger();
  stranger.befriend();
  ask(one);
  expect(heard(one.authority)).toEqual(["presence unsubscribed"]);
  one.world.owner.press();
  one.world.pass(DELEGATION_MS);
  expect(one.world.device.status().trust).toEqual([]);
  stranger.actor.take();
  stranger.read();
  expect(stranger.hears()).toEqual(["cancel/forbidden"]);
  // And the right one can still come.
  ask(one);
  expect(one.world.owner.seesBlinking()).toBe(true);
});

describe("T 7.4: nobody keeps the light lit", () => {
  test("one JID that asks every 29 s", () => {
    const world = new World();
    world.start();
    const stranger = world.stranger();
    const startMs = world.board.clock.nowMs();
    for (let i = 0; i < 20; i++) {
      stranger.befriend();
      world.pass(29_000);
      stranger.actor.send(`<presence type='unsubscribe' to='${world.account}'/>`);
      world.pass(1000);
    }
    const lit = world.owner.litMs(startMs, world.board.clock.nowMs());
    expect(lit).toBeGreaterThan(0);
    expect(lit).toBeLessThanOrEqual(WINDOWS_PER_JID_MAX * PAIRING_WINDOW_MS * LIT_SHARE);
  });

  test("a hundred JIDs, one after the other", () => {
    const world = new World();
    world.start();
    const startMs = world.board.clock.nowMs();
    for (let i = 0; i < 20; i++) {
      world.stranger(`e${i}@far.example/r`).befriend();
      world.pass(PAIRING_PERIOD_MS / 20);
    }
    const lit = world.owner.litMs(startMs, world.board.clock.nowMs());
    expect(lit).toBeLessThanOrEqual(WINDOWS_MAX * PAIRING_WINDOW_MS * LIT_SHARE);
    world.skip(PAIRING_PERIOD_MS);
    const late = { world, authority: new Authority(world, AUTHORITY_ACCOUNT) };
    ask(late);
    expect(world.owner.seesBlinking()).toBe(true);
  });
});

test("T 7.5: a request that is delivered again at each connection opens few windows", () => {
  const one = cast();
  const { world } = one;
  ask(one);
  let windows = 0;
  for (let i = 0; i < 12; i++) {
    world.pass(1000);
    if (world.device.status().pattern === "pairing") windows++;
    world.dropStream();
    expect(world.board.led.on).toBe(false);
    world.pass(2000);
    while (!world.device.status().online) world.pass(1000);
  }
  expect(windows).toBeGreaterThan(0);
  expect(windows).toBeLessThanOrEqual(WINDOWS_PER_JID_MAX);
});

describe("T 7.6: a request is from a bare JID, however it is dressed", () => {
  test.each([
    ["a resource", "from='authority@ex.org/home' to='dev@ex.org'", ""],
    ["a full to", "from='authority@ex.org' to='{full}'", ""],
    ["an id and children", "id='7' from='authority@ex.org' to='dev@ex.org'",
      "<status>let me in</status><c xmlns='http://jabber.org/protocol/caps' ver='x'/>"],
    ["another case", "from='Authority@EX.ORG' to='dev@ex.org'", ""],
  ])("%s", (_what, attributes, inner) => {
    const { world, authority } = cast();
    const roster = world.wire.account(world.account).roster;
    const dressed = attributes.replace("{full}", world.jid);
    const stanza = parse(`<presence type='subscribe' ${dressed}>${inner}</presence>`);
    roster.item("authority@ex.org").pending = stanza;
    world.wire.account("authority@ex.org").roster.item(world.account).ask = true;
    world.wire.stream.send(stanza);
    world.settle();
    expect(world.owner.seesBlinking()).toBe(true);
    world.owner.press();
    expect(heard(authority)).toEqual(["presence subscribed"]);
    expect(world.device.status().trust).toEqual(TRUSTED);
  });
});

describe("T 7.7: only the edge of a press, debounced, after the light is on", () => {
  test("down already when the window opens", () => {
    const one = cast();
    one.world.owner.hold();
    one.world.pass(1000);
    ask(one);
    one.world.pass(PAIRING_WINDOW_MS);
    expect(heard(one.authority)).toEqual(["presence unsubscribed"]);
  });

  test("down since the start", () => {
    const world = new World();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    world.owner.hold();
    world.start();
    ask({ world, authority });
    world.pass(PAIRING_WINDOW_MS);
    expect(heard(authority)).toEqual(["presence unsubscribed"]);
    expect(world.device.status().trust).toEqual([]);
  });

  test("stuck: a fault for people to see, and no accept, until it is seen released", () => {
    const world = new World();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    world.owner.hold();
    world.start();
    expect(world.device.status().defect).toBe(Fault.None);
    world.pass(STUCK_MS);
    expect(world.device.status().defect).toBe(Fault.ButtonStuck);
    ask({ world, authority });
    world.pass(1000);
    expect(world.device.status().trust).toEqual([]);
    world.owner.release();
    world.pass(1000);
    expect(world.device.status().defect).toBe(Fault.None);
    world.owner.press();
    expect(world.device.status().trust).toEqual(TRUSTED);
  });

  test("contacts that chatter are no press", () => {
    const one = cast();
    ask(one);
    for (let i = 0; i < 100; i++) {
      one.world.board.button.down = i % 2 === 0;
      one.world.pass(TICK_MS);
    }
    one.world.owner.release();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([]);
    one.world.owner.press();
    expect(heard(one.authority)).toEqual(["presence subscribed"]);
  });

  test("a glitch shorter than a sample is no press", () => {
    const one = cast();
    ask(one);
    one.world.owner.hold();
    one.world.pass(TICK_MS);
    one.world.owner.release();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([]);
  });
});

describe("T 7.8: before the deadline and after it", () => {
  test.each([
    ["down at 29.8 s: accepted", -200, "presence subscribed"],
    ["down at 29.99 s, which is noticed too late: refused", -10, "presence unsubscribed"],
    ["down at 30.01 s: refused", 10, "presence unsubscribed"],
  ])("%s", (_what, offsetMs, answer) => {
    const one = cast();
    ask(one);
    one.world.pass(PAIRING_WINDOW_MS + offsetMs);
    one.world.owner.press();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([answer]);
    expect(one.world.device.status().trust.length).toBe(offsetMs < -10 ? 1 : 0);
  });

  test("a press without a window is nothing", () => {
    const { world } = cast();
    const witness = new Witness(world);
    world.owner.press();
    world.owner.press();
    expect(witness.changes()).toEqual([]);
  });
});

describe("T 7.9: without its candidate the window closes", () => {
  test.each([
    ["it takes the request back", (one: Cast) => {
      one.authority.actor.send(`<presence type='unsubscribe' to='${one.world.account}'/>`);
      one.world.settle();
    }],
    ["the stream drops", (one: Cast) => one.world.dropStream()],
    ["the link is lost", (one: Cast) => {
      one.world.board.network.setUp(false);
      one.world.wire.stream.close();
      one.world.pass(85_000);
    }],
  ])("%s", (_what, act) => {
    const one = cast();
    ask(one);
    expect(one.world.owner.seesBlinking()).toBe(true);
    act(one);
    expect(one.world.device.status().pattern).toBe("off");
    expect(one.world.board.led.on).toBe(false);
    one.world.board.button.down = true;
    one.world.pass(3 * TICK_MS);
    expect(one.world.device.status().trust).toEqual([]);
    one.authority.actor.take();
  });
});

test("T 7.10: a power cut at any write of a pairing leaves no trust, or all of it", () => {
  let cuts = 0;
  let whole = 0;
  for (let operation = 1; operation < 20; operation++) {
    for (const keep of [-1, 0, 4, 9]) {
      const one = cast();
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
    const one = cast();
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
  const RESPONSE = `<isFriendResponse ${NS} jid='second@ex.org' result='false'`;
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
  const ALLOWED = `<isFriendResponse ${NS} jid='second@ex.org' result='false'` +
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

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile pairing")).toBe("");
});
