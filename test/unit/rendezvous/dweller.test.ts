/** What an offer does to what the board had before it. */
import { expect, test } from "vitest";
import { Verb } from "../../../firmware/access/grant.js";
import type { Question } from "../../../firmware/access/grant.js";
import { RELAY_DWELL_MS } from "../../../firmware/config.js";
import { Device } from "../../../firmware/device.js";
import { Dweller } from "../../../firmware/rendezvous/dweller.js";
import type { Offer } from "../../../firmware/rendezvous/message.js";
import { MockFlash } from "../../../hal/mock/flash.js";
import { createMockHal } from "../../../hal/mock/hal.js";
import { PASSWORD, World } from "../../sim/world.js";

const KEY = "k".repeat(32);

function offer(jid: string, password = "another"): Offer {
  return { ssid: "home", passphrase: "p", jid, password, host: "", port: 5223,
    secure: true, provisioning: "", owner: "", token: "t" } as unknown as Offer;
}

/** A board with trust and a decision, and what moves it. */
function settled(): { world: World; dweller: Dweller } {
  const world = new World();
  const visitor = world.friend();
  world.trusting().decide("yes");
  visitor.read();
  expect(world.device.status()).toMatchObject({ entries: 1, trust: [expect.any(String)] });
  return { world, dweller: new Dweller(world.device, world.board.hal.crypto) };
}

/** What a start of the same flash knows. */
function again(world: World): object {
  const hal = createMockHal({ flash: new MockFlash(world.board.flash.image()) }).hal;
  const device = new Device(hal, [], { jid: "", password: "", host: "", port: 5223, secure: true,
    provisioning: "", windowMs: 0 });
  device.load();
  const { account, trust, entries } = device.status();
  return { account, trust, entries };
}

test("with another account, trust and decisions end, on flash too", () => {
  const { world, dweller } = settled();
  expect(dweller.attempt(offer("moved@ex.org"))).toBe(true);
  // It is only tried: the power may fail, and the board is what it was.
  expect(again(world)).toMatchObject({ account: "dev@ex.org", entries: 1 });
  expect(dweller.keep(offer("moved@ex.org"), KEY)).toBe(true);
  expect(world.device.status()).toMatchObject({ trust: [], entries: 0 });
  expect(again(world)).toEqual({ account: "moved@ex.org", trust: [], entries: 0 });
});

test("with the same account and password, they stay", () => {
  const { world, dweller } = settled();
  const { trust } = world.device.status();
  const same = offer("dev@ex.org", PASSWORD);
  expect(dweller.attempt(same)).toBe(true);
  expect(world.device.status().trust).toEqual(trust);
  expect(dweller.keep(same, KEY)).toBe(true);
  expect(again(world)).toEqual({ account: "dev@ex.org", trust, entries: 1 });
});

test("with another password they end: who set it may be another server of that name", () => {
  const { world, dweller } = settled();
  dweller.attempt(offer("dev@ex.org"));
  expect(world.device.status().trust).toEqual([]);
  expect(dweller.keep(offer("dev@ex.org"), KEY)).toBe(true);
  expect(again(world)).toEqual({ account: "dev@ex.org", trust: [], entries: 0 });
});

test("refusals of before are told to nobody, and no relay stays on", () => {
  const { world, dweller } = settled();
  const { device } = world;
  device.refusals.note({ jid: "friend@ex.org", verb: Verb.Read } as Question, "no", 0);
  device.relays[0]!.set(true, world.board.clock.nowMs());
  world.pass(RELAY_DWELL_MS);
  dweller.attempt(offer("moved@ex.org"));
  dweller.keep(offer("moved@ex.org"), KEY);
  world.pass(RELAY_DWELL_MS);
  expect(device.refusals.lines(0)).toEqual([]);
  expect(world.relays.relay1!.on).toBe(false);
});

test("an offer that does not work leaves all as it was", () => {
  const { world, dweller } = settled();
  const before = again(world);
  const { trust } = world.device.status();
  dweller.attempt(offer("moved@ex.org"));
  expect(world.device.status().trust).toEqual([]);
  dweller.retreat();
  expect(world.device.status()).toMatchObject({ account: "dev@ex.org", trust, entries: 1 });
  expect(again(world)).toEqual(before);
});
