/** XEP-0199, 0092 and 0202 as the device answers them: a ping to anybody, the rest to friends. */
import { expect, test } from "vitest";
import { VERSION } from "../../../firmware/config.js";
import type { Visitor } from "../../sim/visitor.js";
import { childOf, childrenOf } from "../../sim/markup.js";
import type { Node } from "../../sim/markup.js";
import { World } from "../../sim/world.js";

const PING = "<ping xmlns='urn:xmpp:ping'/>";
const VERSION_QUERY = "<query xmlns='jabber:iq:version'/>";
const TIME = "<time xmlns='urn:xmpp:time'/>";

function ask(visitor: Visitor, payload: string): Node {
  visitor.ask("get", payload);
  return visitor.actor.takeSaid()[0]!;
}

test("a friend hears the version, and the time in UTC", () => {
  const world = new World();
  const friend = world.friend();
  world.trusting();
  expect(ask(friend, PING).attributes.type).toBe("result");
  const version = childrenOf(ask(friend, VERSION_QUERY))[0]!;
  expect(childOf(version, "name")).toMatchObject({ children: ["Thingward"] });
  expect(childOf(version, "version")).toMatchObject({ children: [VERSION] });
  const time = childrenOf(ask(friend, TIME))[0]!;
  expect(childOf(time, "tzo")).toMatchObject({ children: ["Z"] });
  expect(childOf(time, "utc")!.children[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("a stranger hears that we are there, and nothing else", () => {
  const world = new World();
  const stranger = world.stranger();
  world.trusting();
  expect(ask(stranger, PING).attributes.type).toBe("result");
  for (const payload of [VERSION_QUERY, TIME]) {
    const answer = ask(stranger, payload);
    expect(answer.attributes.type).toBe("error");
    expect(childrenOf(childOf(answer, "error")!)[0]!.name).toBe("service-unavailable");
  }
});
