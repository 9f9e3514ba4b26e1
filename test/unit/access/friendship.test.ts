/** Who may become a friend at all. */
import { expect, test } from "vitest";
import { FRIEND_JID_BYTES_MAX } from "../../../firmware/config.js";
import { World } from "../../sim/world.js";

const DOMAIN = "@ex.org";

/** Octets, not characters: the user's name is UTF-8. */
function bareOf(bytes: number): string {
  const rest = bytes - DOMAIN.length;
  return "\u00e4".repeat(Math.floor(rest / 2)) + "x".repeat(rest % 2) + DOMAIN;
}

test("a bare JID as long as the limit says is asked about, let in, and served", () => {
  const world = new World();
  const authority = world.trusting();
  authority.decide("yes");
  const visitor = world.stranger(`${bareOf(FRIEND_JID_BYTES_MAX)}/x`);
  visitor.befriend();
  expect(authority.hears()).toEqual(["isFriend"]);
  expect(visitor.hears()).toEqual(["presence subscribed"]);
  expect(world.device.status().friends.map((jid) => jid.length)).toEqual([FRIEND_JID_BYTES_MAX]);
  visitor.read();
  expect(visitor.hears()[0]).toBe("accepted");
  // The server's roster says it again, in a tag that can be held.
  world.dropStream();
  world.pass(5000);
  expect(world.device.status().friends.map((jid) => jid.length)).toEqual([FRIEND_JID_BYTES_MAX]);
});

test("one octet more is refused, and nobody is asked", () => {
  const world = new World();
  const authority = world.trusting();
  authority.decide("yes");
  const visitor = world.stranger(`${bareOf(FRIEND_JID_BYTES_MAX + 1)}/x`);
  visitor.befriend();
  expect(authority.hears()).toEqual([]);
  expect(visitor.hears()).toEqual(["presence unsubscribed"]);
  expect(world.device.status().friends).toEqual([]);
});

test("one octet more lights no LED either, where no server is trusted yet", () => {
  const world = new World();
  world.start();
  world.stranger(`${bareOf(FRIEND_JID_BYTES_MAX + 1)}/x`).befriend();
  expect(world.device.status().pattern).toBe("off");
  world.stranger(`${bareOf(FRIEND_JID_BYTES_MAX)}/x`).befriend();
  expect(world.device.status().pattern).toBe("pairing");
});
