/** XEP-0324 "largesubsystems": nodes whose ids repeat, told apart by source and cache type. */
import { expect, test } from "vitest";
import type { NodeSpec } from "../../../firmware/thing/node.js";
import type { Authority } from "../../sim/authority.js";
import type { Visitor } from "../../sim/visitor.js";
import { World, catalogue } from "../../sim/world.js";

const NS = "xmlns='urn:xmpp:iot:provisioning'";
const GRANT = `<canControlResponse ${NS} jid='visitor@ex.org' result='true'>` +
  "<node nodeId='lamp' sourceId='attic'/></canControlResponse>";

interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

function nodes(world: World): NodeSpec[] {
  const lamp = (sourceId: string, cacheType = ""): NodeSpec => {
    const output = world.relays[`${sourceId}/${cacheType}`] ??= world.output();
    return { nodeId: "lamp", sourceId, cacheType, sensors: [], relays: [{ name: "On", output }] };
  };
  return [lamp("hall"), lamp("attic"), lamp("attic", "old"),
    { nodeId: "fan", sensors: [], relays: [{ name: "On", output: world.relays.fan ??= world.output() }] }];
}

function cast(): Cast {
  const world = new World({ nodes });
  const visitor = world.friend();
  const authority = world.trusting();
  authority.decide("yes");
  return { world, visitor, authority };
}

/** Which of them are on, after this node was switched on. */
function switched({ world, visitor }: Cast, place: string): string[] {
  visitor.set(`<node nodeId='lamp' ${place}/><boolean name='On' value='true'/>`);
  return Object.entries(world.relays).filter(([, one]) => one.on).map(([name]) => name);
}

test.each([
  ["", ["hall/", "attic/", "attic/old"]],
  ["sourceId='hall'", ["hall/"]],
  ["sourceId='attic'", ["attic/"]],
  ["sourceId='attic' cacheType='old'", ["attic/old"]],
])("control: nodeId='lamp' %s means %j", (place, names) => {
  const one = cast();
  expect(switched(one, place)).toEqual(names);
  expect(one.world.ledger.problems()).toEqual([]);
});

test.each(["sourceId='cellar'", "cacheType='old'", "sourceId='hall' cacheType='old'"])(
  "nodeId='lamp' %s is no node of this board", (place) => {
    const one = cast();
    expect(switched(one, place)).toEqual([]);
    expect(one.visitor.hears()).toEqual(["cancel/item-not-found"]);
    one.visitor.read("momentary='true'", `<node nodeId='lamp' ${place}/>`);
    expect(one.visitor.hears()).toEqual(["cancel/item-not-found"]);
  });

test("a read-out by the id alone tells all of them, each with its place", () => {
  const { visitor } = cast();
  visitor.read("momentary='true'", "<node nodeId='lamp'/>");
  const fields = visitor.actor.takeSaid().at(-1)!;
  expect(JSON.stringify(fields).match(/"attributes":\{"nodeId[^}]*\}/g)).toEqual([
    '"attributes":{"nodeId":"lamp","sourceId":"hall"}',
    '"attributes":{"nodeId":"lamp","sourceId":"attic"}',
    '"attributes":{"nodeId":"lamp","sourceId":"attic","cacheType":"old"}',
  ]);
});

test("who is granted one of them by its place switches that one, and is told so", () => {
  const one = cast();
  one.authority.decide(GRANT, "canControl");
  expect(switched(one, "")).toEqual(["attic/"]);
  const [answer] = one.visitor.actor.takeSaid();
  expect(JSON.stringify(answer)).toContain('{"nodeId":"lamp","sourceId":"attic"}');
});

test("who is granted all of them by the id may switch one by its place", () => {
  const one = cast();
  one.authority.decide(GRANT.replace(" sourceId='attic'", ""), "canControl");
  expect(switched(one, "sourceId='attic' cacheType='old'")).toEqual(["attic/old"]);
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("places")).toBe("");
});
