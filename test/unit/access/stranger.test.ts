/** Strangers about whom the provisioning server says nothing: asked about again, within limits. */
import { expect, test } from "vitest";
import { ANSWER_MS, ASK_AGAIN_MS, STRANGERS_MAX } from "../../../firmware/config.js";
import type { Authority } from "../../sim/authority.js";
import type { Visitor } from "../../sim/visitor.js";
import { World } from "../../sim/world.js";

interface Cast {
  world: World;
  authority: Authority;
  strangers: Visitor[];
}

/** So many ask, one after the other, and the server says nothing about any. */
function met(count: number): Cast {
  const world = new World();
  const authority = world.trusting();
  authority.decide("silent");
  const strangers: Visitor[] = [];
  for (let i = 0; i < count; i++) {
    const one = world.stranger(`s${i}@ex.org/x`);
    strangers.push(one);
    one.befriend();
    if (i === 0 || i === count - 2) world.pass(ANSWER_MS + 500);
  }
  authority.hears();
  return { world, authority, strangers };
}

const heard = ({ strangers }: Cast): string[] => strangers.map((one) => one.hears().join());

test("after so long it is asked again, and not sooner", () => {
  const all = met(1);
  // The silence was noticed half a second ago, give or take a tick.
  all.world.pass(ASK_AGAIN_MS - 1000);
  expect(all.authority.hears()).toEqual([]);
  all.world.pass(1000);
  expect(all.authority.hears()).toEqual(["isFriend"]);
  all.world.pass(ASK_AGAIN_MS + ANSWER_MS);
  expect(all.authority.hears()).toEqual(["isFriend"]);
});

test("one at a time, and as many as may be asked about at once; one more waits for a stream", () => {
  const all = met(STRANGERS_MAX + 1);
  all.world.pass(ANSWER_MS + 500);
  all.authority.hears();
  all.authority.decide("yes");
  all.world.skip((STRANGERS_MAX + 2) * ASK_AGAIN_MS);
  const words = heard(all);
  expect(words.filter((word) => word === "presence subscribed").length).toBe(STRANGERS_MAX);
  expect(words.filter((word) => word === "").length).toBe(1);
  all.world.dropStream();
  all.world.pass(5000);
  expect(heard(all).filter((word) => word === "presence subscribed").length).toBe(1);
});

test("who takes the request back is not asked about any more", () => {
  const all = met(1);
  all.strangers[0]!.actor.send(`<presence type='unsubscribe' to='${all.world.account}'/>`);
  all.authority.decide("yes");
  all.world.skip(3 * ASK_AGAIN_MS);
  expect(all.authority.hears()).toEqual([]);
});
