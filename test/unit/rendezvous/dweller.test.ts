/** What an offer does to what the board had before it. */
import { expect, test } from "vitest";
import { Device } from "../../../firmware/device.js";
import { Dweller } from "../../../firmware/rendezvous/dweller.js";
import type { Offer } from "../../../firmware/rendezvous/message.js";
import { MockFlash } from "../../../hal/mock/flash.js";
import { createMockHal } from "../../../hal/mock/hal.js";
import { World } from "../../sim/world.js";

const KEY = "k".repeat(32);

function offer(jid: string): Offer {
  return { ssid: "home", passphrase: "p", jid, password: "another", host: "", port: 5223,
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

test("with the same account and another password, they stay", () => {
  const { world, dweller } = settled();
  const { trust } = world.device.status();
  expect(dweller.attempt(offer("dev@ex.org"))).toBe(true);
  expect(dweller.keep(offer("dev@ex.org"), KEY)).toBe(true);
  expect(again(world)).toEqual({ account: "dev@ex.org", trust, entries: 1 });
});

test("an offer that does not work leaves all as it was", () => {
  const { world, dweller } = settled();
  const before = again(world);
  dweller.attempt(offer("moved@ex.org"));
  dweller.retreat();
  expect(again(world)).toEqual(before);
});
