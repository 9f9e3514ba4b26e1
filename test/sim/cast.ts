/** The board of the XEPs' examples, and who speaks to it there. */
import type { NodeSpec } from "../../firmware/thing/node.js";
import { MockAnalog } from "../../hal/mock/gpio.js";
import type { Authority } from "./authority.js";
import { load } from "./example.js";
import { childrenOf, print } from "./markup.js";
import type { Node } from "./markup.js";
import type { Visitor } from "./visitor.js";
import { World } from "./world.js";

/** Who asks in the examples of XEP-0324. */
const MASTER = "master@example.org/amr";

export interface Cast {
  world: World;
  visitor: Visitor;
  authority: Authority;
}

function nodes(world: World): NodeSpec[] {
  const sensor = (name: string, value: number, decimals: number, unit: string) =>
    ({ name, unit, decimals, input: new MockAnalog(value) });
  const celsius = "\xC2\xB0C";
  world.temperature.value = 23.4;
  const relay = (nodeId: string, names: string[]): NodeSpec => ({
    nodeId, sensors: [],
    relays: names.map((name) => {
      const output = world.relays[`${nodeId}/${name}`] ??= world.output();
      return { name, output };
    }),
  });
  return [
    { nodeId: "Device01", relays: [], sensors: [
      { ...sensor("Temperature", 0, 1, celsius), input: world.temperature },
    ] },
    { nodeId: "Device02", sensors: [sensor("Temperature", 23.4, 1, celsius)], relays: [] },
    { nodeId: "Device03", sensors: [sensor("Temperature", 22.8, 1, celsius)], relays: [] },
    { nodeId: "Device04", sensors: [sensor("Energy", 12345.67, 2, "MWh"),
      sensor("Power", 239.4, 1, "W")], relays: [] },
    ...[1, 2, 3, 4].map((i) => relay(`DigitalOutput${i}`, ["Output"])),
    relay("Outputs", [1, 2, 3, 4].map((i) => `DigitalOutput${i}`)),
  ];
}

export function cast(say: string, who = MASTER): Cast {
  const world = new World({ nodes });
  const visitor = world.friend(who);
  const authority = world.trusting();
  authority.decide(say);
  return { world, visitor, authority };
}

export function ask(one: Cast, type: string, payload: Node): Node[] {
  one.visitor.ask(type, print(payload));
  return one.visitor.actor.takeSaid();
}

export function question(one: Cast): Node {
  return childrenOf(one.authority.questions.at(-1)!)[0]!;
}

/** Why it failed is said in words, which are anybody's. */
export function withoutText(failure: Node): Node {
  for (const error of childrenOf(failure)) error.children = [];
  return failure;
}

/** The examples' base64 is not base64 (ERRATA N36). */
export function withBlock(payload: Node, block: string): Node {
  const text = Buffer.from(block).toString("base64");
  return payload.children.length ? { ...payload, children: [text] } : payload;
}

export const payloadOf = (stanza: Node): Node => childrenOf(stanza)[0]!;

export function command(one: Cast, name: string): void {
  const payload = print(load(name));
  one.authority.actor.send(`<message to='${one.world.jid}'>${payload}</message>`);
  one.world.settle();
}
