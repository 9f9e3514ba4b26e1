/**
 * The real device and the real rendezvous on one board: the whole way in virtual time, and the
 * power cut at every operation of its flash.
 */
import { describe, expect, test } from "vitest";
import { JOIN_WINDOW_MS, LOCKED_MS, PROOFS_MAX, RESET_HOLD_MS } from "../../../firmware/config.js";
import { Kind } from "../../../firmware/store/record.js";
import { Newcomer } from "../../../firmware/rendezvous/newcomer.js";
import { Pool } from "../../../firmware/rendezvous/pool.js";
import { createField } from "../../../firmware/rendezvous/field.js";
import { Suite } from "../../../firmware/rendezvous/description.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { MockFlash, PowerCut } from "../../../hal/mock/flash.js";
import { Actor } from "../../sim/actor.js";
import { Authority } from "../../sim/authority.js";
import { Place, cipher } from "../../sim/place.js";
import { HOME_NETWORK, IDENTITY, OFFER, PASSPHRASE, Provisioner }
  from "../../sim/rendezvous.js";
import { AUTHORITY_COMPONENT } from "../../sim/world.js";

test("no network, code, network, account, trust, first read-out", () => {
  const place = new Place();
  const { world } = place;
  const authority = new Authority(world, AUTHORITY_COMPONENT);
  const owner = new Actor(world.wire, "owner@ex.org/phone");
  world.wire.account("owner@ex.org");
  owner.login();
  place.start();
  expect(world.device.status()).toMatchObject({ online: false, account: "" });
  expect(place.until(() => place.isCommissioned)).toBe(true);
  world.pass(5000);
  expect(world.device.status())
    .toMatchObject({ account: "dev@ex.org", trust: [AUTHORITY_COMPONENT] });
  const told = owner.take().map((stanza) => JSON.stringify(stanza)).join();
  expect(told).toContain(place.provisioner.trying[0]);
  authority.decide("yes");
  const visitor = world.friend();
  world.pass(6000);
  visitor.hears();
  visitor.read();
  world.pass(1000);
  expect(visitor.hears().join()).toContain("21.5");
});

test("what was handed over is there after a power cut, and the one-time pairs are not", () => {
  const place = new Place().start();
  place.until(() => place.isCommissioned);
  place.world.cutPower();
  const again = new Place(new MockFlash(place.world.board.flash.image())).start();
  expect(again.newcomer).toBe(null);
  expect(again.world.device.premises).toMatchObject({
    ssid: HOME_NETWORK, passphrase: PASSPHRASE, provisioning: OFFER.provisioning,
  });
  expect(again.until(() => again.world.device.status().online)).toBe(true);
  expect(again.world.device.journal.value(Kind.Pool)).toBe("");
});

test("an offer that does not work leaves nothing on flash, and the next one may", () => {
  const place = new Place();
  place.provisioner.offers.unshift({ ...OFFER, password: "wrong" });
  place.start();
  expect(place.until(() => place.provisioner.described.length === 2)).toBe(true);
  expect(place.world.device.account.bare).toBe("");
  expect(place.world.board.flash.image().includes("wrong")).toBe(false);
  expect(place.until(() => place.isCommissioned)).toBe(true);
});

test("cut at any flash operation, it is unprovisioned and ready, or provisioned", () => {
  const image = filled();
  const rehearsal = new Place(new MockFlash(image)).start();
  const begun = rehearsal.world.board.flash.operations;
  expect(rehearsal.until(() => rehearsal.isCommissioned)).toBe(true);
  const operations = rehearsal.world.board.flash.operations;
  expect(operations - begun).toBeGreaterThan(8);
  const outcomes = { vacant: 0, provisioned: 0 };
  for (let operation = 1; operation <= operations; operation++) {
    for (const keep of [-1, 0, 5, 9]) {
      const place = new Place(new MockFlash(image));
      const { flash } = place.world.board;
      if (keep < 0) flash.cutAfter(operation);
      else flash.cutInside(operation, keep);
      expect(() => { place.start(); place.until(() => place.isCommissioned); }).toThrow(PowerCut);
      const again = new Place(new MockFlash(flash.image())).start();
      const { account, journal, premises } = again.world.device;
      const where = `operation ${operation}, ${keep}`;
      const pool = journal.value(Kind.Pool);
      for (const share of place.shares()) expect(pool.includes(share), where).toBe(false);
      if (account.bare === "") {
        outcomes.vacant++;
        again.world.pass(1000);
        expect(journal.value(Kind.Premises), where).toBe("");
        expect(again.world.board.flash.image().includes(OFFER.password), where).toBe(false);
      } else {
        outcomes.provisioned++;
        expect(account.secret, where).toBe(OFFER.password);
        expect(premises.ssid, where).toBe(HOME_NETWORK);
      }
      expect(again.until(() => again.isCommissioned), where).toBe(true);
    }
  }
  expect(outcomes.vacant).toBeGreaterThan(20);
  expect(outcomes.provisioned).toBeGreaterThan(0);
}, 300000);

/** A board that has had time for its one-time pairs. */
function filled(): Buffer {
  const { world } = new Place().start();
  const { hal } = world.board;
  const field = createField(cipher.convolve);
  const { journal } = world.device;
  const pool = new Pool(journal, hal.random, field, IDENTITY.generator, hal.crypto);
  while (!pool.work());
  world.isOn = false;
  return world.board.flash.image();
}

test("who is online does not look for another network when its button is pressed", () => {
  const place = new Place().start();
  place.until(() => place.isCommissioned);
  const { world } = place;
  const { hal } = world.board;
  const home = new Newcomer(hal, cipher, place.air, world.device, IDENTITY, null);
  world.others.push(home);
  world.pass(1000);
  place.press();
  world.pass(5000);
  expect(home.joiner.stage).toBe(Stage.Closed);
  expect(home.suites()).toBe(Suite.Access);
  world.dropStream();
  world.board.network.refusal = "gone";
  world.pass(1000);
  place.press();
  world.pass(1000);
  expect(home.joiner.stage).not.toBe(Stage.Closed);
});

describe("a board that was given twenty wrong proofs", () => {
  /** Through a power cut. */
  const locked = (): Place => {
    const { world } = new Place().start();
    world.device.journal.append(Kind.Attempts, String.fromCharCode(PROOFS_MAX));
    world.cutPower();
    return new Place(new MockFlash(world.board.flash.image()));
  };

  test("looks for nobody for ten minutes after a power cut, and then for who knows its code", () => {
    const place = locked().start();
    place.world.pass(JOIN_WINDOW_MS + 1000);
    expect(place.newcomer!.joiner.stage).toBe(Stage.Closed);
    place.world.skip(LOCKED_MS - JOIN_WINDOW_MS - 60000);
    // The first has waited long enough.
    new Provisioner(place.provisioner.scenery, [OFFER], "XPR1-ANY-2");
    place.press();
    expect(place.air.joined).toEqual([]);
    expect(place.until(() => place.isCommissioned)).toBe(true);
    expect(place.world.device.journal.value(Kind.Attempts)).toBe("");
  });

  test("is freed by who can hold its button down, too: a factory reset", () => {
    const place = locked().start();
    place.world.pass(1000);
    place.world.owner.press(RESET_HOLD_MS + 1000);
    expect(place.world.device.journal.value(Kind.Attempts)).toBe("");
    place.arrive();
    expect(place.until(() => place.isCommissioned)).toBe(true);
  });
});
