/** Who can be answered at all: an answer must fit where nobody knows how much will be said. */
import { beforeEach, describe, expect, test } from "vitest";
import { CALLER_BYTES_MAX, REPLY_BYTES_MAX } from "../../../firmware/config.js";
import type { Visitor } from "../../sim/visitor.js";
import { World } from "../../sim/world.js";

const PING = "<ping xmlns='urn:xmpp:ping'/>";
const READ = "<req xmlns='urn:xmpp:iot:sensordata' seqnr='1' momentary='true'/>";

let world: World;
let friend: Visitor;
let stranger: Visitor;

beforeEach(() => {
  world = new World();
  friend = world.friend();
  stranger = world.stranger();
  world.trusting().decide("yes");
});

/** As the server writes it: quotes in quotes of the other kind need no entity (XML 1.0). */
function ask(who: Visitor, id: string, payload: string): number {
  const before = world.wire.stream.peer.received.length;
  world.wire.stream.raw(
    `<iq type='get' id="${id}" from='${who.actor.jid}' to='${world.jid}'>${payload}</iq>`);
  world.pass(400);
  return world.wire.stream.peer.received.length - before;
}

function expectUnmoved(): void {
  expect(world.device.status()).toMatchObject({ online: true, fault: 0 });
  expect(world.wire.streams.length).toBe(1);
}

describe("an id and a JID", () => {
  test.each([["plain", "x", 1], ["with a sign that grows", "'", 6], ["with another", ">", 4]])(
    "%s, as long as the limit says when written, are answered; one octet more is not",
    (_what, sign, size) => {
      const room = CALLER_BYTES_MAX - stranger.actor.jid.length;
      const id = sign.repeat(Math.floor(room / size)) + "x".repeat(room % size);
      const said = ask(stranger, id, PING);
      expect(stranger.actor.takeSaid().map((one) => one.attributes.id)).toEqual([id]);
      expect(said).toBeLessThanOrEqual(REPLY_BYTES_MAX);
      expect(ask(stranger, `${id}x`, PING)).toBe(0);
      expect(stranger.hears()).toEqual([]);
      expectUnmoved();
    });

  test.each(["'", ">", "x"])("of nothing but %s end no stream, whatever is asked", (sign) => {
    for (const [who, payload] of [[stranger, PING], [stranger, READ], [friend, READ]] as const) {
      expect(ask(who, sign.repeat(1850), payload)).toBe(0);
      expect(ask(who, "i", payload)).toBeGreaterThan(0);
    }
    expectUnmoved();
  });
});
