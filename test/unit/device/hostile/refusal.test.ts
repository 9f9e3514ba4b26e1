/** Why a friend was refused: told to the provisioning server, as status fields, and to nobody else. */
import { describe, expect, test } from "vitest";
import {
  EXPLAINED_JID_BYTES_MAX, EXPLAINED_MAX, FRIEND_JID_BYTES_MAX,
} from "../../../../firmware/config.js";
import type { Authority } from "../../../sim/authority.js";
import { childOf, childrenOf } from "../../../sim/markup.js";
import type { Visitor } from "../../../sim/visitor.js";
import { AUTHORITY_COMPONENT, World, catalogue } from "../../../sim/world.js";

const NS = "urn:xmpp:iot:provisioning";
const SENSORDATA = "urn:xmpp:iot:sensordata";
const SERVER = AUTHORITY_COMPONENT;

interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

function cast(jid?: string): Cast {
  const world = new World();
  const visitor = world.friend(jid);
  const authority = world.trusting();
  return { world, visitor, authority };
}

/** The fields of the node `device` that somebody gets. */
function explained(world: World, actor: Authority["actor"], inner = ""): string[] {
  world.pass(100);
  actor.take();
  actor.send(`<iq type='get' to='${world.jid}'><req xmlns='${SENSORDATA}' seqnr='77' ` +
    `status='true'><node nodeId='device'/>${inner}</req></iq>`);
  world.pass(100);
  const found: string[] = [];
  for (const stanza of actor.takeSaid()) {
    const fields = childOf(stanza, "fields");
    const node = fields && childOf(fields, "node");
    for (const field of node ? childrenOf(childOf(node, "timestamp")!) : []) {
      if (field.name === "string") found.push(`${field.attributes.name}: ${field.attributes.value}`);
    }
  }
  return found;
}

const answer = (attributes: string, inner = ""): string => `<canReadResponse xmlns='${NS}' ` +
  `jid='visitor@ex.org' result='true' ${attributes}>${inner}</canReadResponse>`;
const ASKED = "<node nodeId='sensor'/><field name='Temperature'/>";

describe("the reason is told", () => {
  test.each([
    ["a no", "no", `${SERVER}: no`],
    ["an error", "item-not-found", `${SERVER}: no answer`],
    ["silence", "silent", `${SERVER}: no answer`],
    ["an answer for another JID", answer("").replace("visitor", "other"),
      `${SERVER}: an answer that is none`],
    ["a type refused", answer("momentary='false'"), `${SERVER}: no momentary`],
    ["another type", answer("peak='true'"), `${SERVER}: none of the types asked for`],
    ["other nodes", answer("", "<node nodeId='relay1'/>"), `${SERVER}: none of the nodes asked for`],
    ["other fields", answer("", "<field name='X'/>"), `${SERVER}: none of the names asked for`],
  ])("%s", (_what, say, why) => {
    const { world, visitor, authority } = cast();
    authority.decide(say, "canRead");
    visitor.read("momentary='true'", ASKED);
    world.pass(12000);
    const [line, ...more] = explained(world, authority.actor);
    expect(line).toMatch(/ \(\d+ s ago\)$/);
    expect(line!.replace(/ \(.*/, "")).toBe(`Refusal 1: read by visitor@ex.org: ${why}`);
    expect(more).toEqual([]);
  });

  test("each of several servers has said something else", () => {
    const { world, visitor, authority } = cast();
    authority.rules.isFriend = { say: `<isFriendResponse xmlns='${NS}' jid='second@ex.org' ` +
      "result='false' secondaryTrustAllowed='true'/>" };
    const second = world.stranger("second@ex.org/home");
    second.actor.features = [NS];
    second.befriend();
    world.owner.press();
    world.pass(500);
    second.actor.send(`<presence type='subscribed' to='${world.account}'/>`);
    world.pass(500);
    expect(world.device.status().trust.length).toBe(2);
    authority.decide("no", "canRead");
    visitor.read("momentary='true'", ASKED);
    world.pass(12000);
    expect(explained(world, authority.actor)[0])
      .toContain(`visitor@ex.org: ${SERVER}: no; second@ex.org: no answer (`);
    second.actor.logout();
    world.pass(100);
    visitor.read("momentary='true'", ASKED);
    world.pass(12000);
    expect(explained(world, authority.actor)[0])
      .toContain("visitor@ex.org: second@ex.org: away; provisioning.ex.org: no (");
  });

  test("an answer of before; each reason apart, and counted", () => {
    const { world, visitor, authority } = cast();
    authority.decide("no");
    for (let i = 0; i < 4; i++) visitor.read("momentary='true'", ASKED);
    visitor.switch("relay1", true);
    expect(explained(world, authority.actor)).toEqual([
      `Refusal 1: control by visitor@ex.org: ${SERVER}: no (0 s ago)`,
      "Refusal 2: read by visitor@ex.org: an answer of before (3 times, the last 0 s ago)",
      `Refusal 3: read by visitor@ex.org: ${SERVER}: no (0 s ago)`,
    ]);
    world.pass(61000);
    visitor.read("momentary='true'", ASKED);
    expect(explained(world, authority.actor).slice(0, 2)).toEqual([
      "Refusal 1: read by visitor@ex.org: an answer of before (4 times, the last 0 s ago)",
      `Refusal 2: control by visitor@ex.org: ${SERVER}: no (61 s ago)`,
    ]);
  });
});

describe("who does not learn of it", () => {
  test("a friend who may read everything", () => {
    const { world, visitor, authority } = cast();
    authority.decide("no", "canControl");
    visitor.switch("relay1", true);
    authority.decide("yes", "canRead");
    expect(explained(world, visitor.actor)).toEqual([]);
    expect(explained(world, authority.actor).length).toBe(1);
  });

  test("a server gets the names that it asks for", () => {
    const { world, visitor, authority } = cast();
    authority.decide("no");
    visitor.read("momentary='true'", ASKED);
    visitor.switch("relay1", true);
    expect(explained(world, authority.actor, "<field name='Refusal 2'/>").length).toBe(1);
    expect(explained(world, authority.actor, "<field name='Erases'/>")).toEqual([]);
  });
});

describe("limits", () => {
  test("so many, the newest; one more drives out the oldest", () => {
    const { world, visitor, authority } = cast();
    authority.decide("no");
    const others = Array.from({ length: EXPLAINED_MAX }, (_, i) => world.friend(`f${i}@ex.org/x`));
    visitor.read("momentary='true'", ASKED);
    for (const one of others.slice(1)) one.read("momentary='true'", ASKED);
    expect(explained(world, authority.actor).length).toBe(EXPLAINED_MAX);
    expect(explained(world, authority.actor).at(-1)).toContain("visitor@ex.org");
    others[0]!.read("momentary='true'", ASKED);
    const lines = explained(world, authority.actor);
    expect(lines.length).toBe(EXPLAINED_MAX);
    expect(lines[0]).toContain("f0@ex.org");
    expect(lines.join()).not.toContain("visitor@ex.org");
  });

  test("strangers are not in it, nor questions about friendship", () => {
    const { world, authority } = cast();
    authority.decide("no");
    const stranger = world.stranger();
    stranger.read("momentary='true'", ASKED);
    stranger.switch("relay1", true);
    stranger.befriend();
    expect(explained(world, authority.actor)).toEqual([]);
  });

  test("a JID is told up to a length, and no longer", () => {
    for (const [bytes, isTold] of [[EXPLAINED_JID_BYTES_MAX, true],
      [EXPLAINED_JID_BYTES_MAX + 1, false], [FRIEND_JID_BYTES_MAX, false]] as const) {
      const jid = "j".repeat(bytes - "@ex.org".length) + "@ex.org";
      const { world, visitor, authority } = cast(`${jid}/x`);
      authority.decide("no");
      visitor.read("momentary='true'", ASKED);
      world.pass(100);
      expect(explained(world, authority.actor)[0])
        .toContain(`read by ${isTold ? jid : "a long JID"}: `);
    }
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile refusals")).toBe("");
});
