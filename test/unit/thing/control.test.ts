/** The same iq again: whose last one is remembered, and which. */
import { beforeEach, describe, expect, test } from "vitest";
import { RELAY_DWELL_MS, REPEATS_MAX, REPEAT_BYTES_MAX } from "../../../firmware/config.js";
import { Visitor } from "../../sim/visitor.js";
import { World } from "../../sim/world.js";

const SET = "<set xmlns='urn:xmpp:iot:control'>";
/** What counts beside the id: nodes and parameters, with their separators. */
const REST_BYTES = "\x01\x01relay1\x01\x03boolean\x02Output\x02true".length;

let world: World;
let callers: Visitor[];

beforeEach(() => {
  world = new World();
  callers = Array.from({ length: REPEATS_MAX + 1 },
    (_, i) => world.friend(`visitor@ex.org/r${i}`));
  world.trusting().decide("yes");
});

function switchOn(caller: Visitor, id: string): void {
  caller.actor.send(`<iq type='set' id='${id}' to='${world.jid}'>${SET}<node nodeId='relay1'/>` +
    "<boolean name='Output' value='true'/></set></iq>");
  world.settle();
  expect(caller.hears()).toEqual(["done"]);
  world.pass(RELAY_DWELL_MS);
}

/** By a message of somebody else, which is never remembered. */
function switchOff(): void {
  const other = world.stranger("visitor@ex.org/other");
  other.actor.send(`<message to='${world.jid}'>${SET}<node nodeId='relay1'/>` +
    "<boolean name='Output' value='false'/></set></message>");
  world.settle();
  other.actor.logout();
  world.pass(RELAY_DWELL_MS);
  expect(world.relays.relay1!.on).toBe(false);
}

/** Whether the relay goes on when that iq comes again. */
function isExecuted(caller: Visitor, id: string): boolean {
  switchOff();
  switchOn(caller, id);
  return world.relays.relay1!.on;
}

describe("the last of as many callers as the limit says", () => {
  test("is not executed again, but answered", () => {
    const known = callers.slice(0, REPEATS_MAX);
    for (const one of known) switchOn(one, "1");
    expect(known.map((one) => isExecuted(one, "1"))).toEqual(known.map(() => false));
  });

  test("is forgotten when there is one more: the oldest, and no other", () => {
    for (const one of callers) switchOn(one, "1");
    expect(callers.slice(1).map((one) => isExecuted(one, "1"))).toEqual(callers.slice(1)
      .map(() => false));
    expect(isExecuted(callers[0]!, "1")).toBe(true);
  });

  test("is one each: who asks often takes no place from the others", () => {
    const [first, second] = callers;
    switchOn(first!, "1");
    for (let i = 0; i <= REPEATS_MAX; i++) switchOn(second!, `${i}`);
    expect(isExecuted(first!, "1")).toBe(false);
    expect(isExecuted(second!, "0")).toBe(true);
  });
});

describe("a request", () => {
  test("as long as the limit says is not executed again", () => {
    const id = "i".repeat(REPEAT_BYTES_MAX - REST_BYTES);
    switchOn(callers[0]!, id);
    expect(isExecuted(callers[0]!, id)).toBe(false);
  });

  test("one octet longer is, and ends what was remembered of before", () => {
    const id = "i".repeat(REPEAT_BYTES_MAX - REST_BYTES + 1);
    switchOn(callers[0]!, "1");
    switchOn(callers[0]!, id);
    expect(isExecuted(callers[0]!, id)).toBe(true);
    expect(isExecuted(callers[0]!, "1")).toBe(true);
  });
});
