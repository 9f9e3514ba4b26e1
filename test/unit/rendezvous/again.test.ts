/**
 * A board that was paired before is given to its owner again, by the key of then: through the
 * whole device, its flash and its power, and against whoever has stolen that key.
 */
import { describe, expect, test } from "vitest";
import { RESET_HOLD_MS } from "../../../firmware/config.js";
import { Suite } from "../../../firmware/rendezvous/description.js";
import type { Offer } from "../../../firmware/rendezvous/message.js";
import { Status } from "../../../firmware/rendezvous/framing.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { Kind } from "../../../firmware/store/record.js";
import { MockFlash, PowerCut } from "../../../hal/mock/flash.js";
import { Authority } from "../../sim/authority.js";
import { Place } from "../../sim/place.js";
import { CODE, CRITERIA, OFFER, Provisioner } from "../../sim/rendezvous.js";
import { AUTHORITY_COMPONENT } from "../../sim/world.js";

const BY_KEY = { ...CRITERIA, suites: Suite.Access | Suite.Code };
const MOVED: Offer = { ...OFFER, jid: "moved@ex.org", password: "its new password" };
/** From a server that says it is the old one: a switch, a question, and an order. */
const FORGED = "<iq type='set' id='f1' from='provisioning.ex.org'>" +
  "<set xmlns='urn:xmpp:iot:control'><node nodeId='relay1'/>" +
  "<boolean name='Output' value='true'/></set></iq>" +
  "<iq type='get' id='f2' from='visitor@ex.org/phone'>" +
  "<req xmlns='urn:xmpp:iot:sensordata' seqnr='7' momentary='true'/></iq>";

interface Paired {
  image: Buffer;
  key: string;
}

/** By its code, once: it trusts, has a friend, and remembers what that one may do. */
function paired(): Paired {
  const place = new Place();
  const { world } = place;
  const authority = new Authority(world, AUTHORITY_COMPONENT);
  authority.decide("yes");
  place.start();
  expect(place.until(() => place.isCommissioned)).toBe(true);
  world.pass(5000);
  const visitor = world.friend();
  visitor.read();
  world.pass(6000);
  expect(world.device.status()).toMatchObject({ trust: [AUTHORITY_COMPONENT], entries: 1 });
  world.cutPower();
  return { image: world.board.flash.image(), key: place.provisioner.accessKey };
}

/** The same board after a power cut, where its network is gone, and somebody who has a key. */
function later(image: Buffer, key: string, ...offers: Offer[]): Place {
  const place = new Place(new MockFlash(image), BY_KEY);
  const { world, provisioner } = place;
  world.wire.passwords.moved = MOVED.password;
  world.board.network.setUp(false);
  provisioner.key = key;
  provisioner.code = "000000000";
  provisioner.offers.splice(0, 9, ...offers);
  return place;
}

/** Its next start, on its network again. */
function next(place: Place): Place {
  place.world.cutPower();
  const again = new Place(new MockFlash(place.world.board.flash.image()), BY_KEY);
  again.world.wire.passwords.moved = MOVED.password;
  return again.start();
}

/** What the next start finds, and every key that it could be let in by. */
function lookAt(image: Buffer): { account: string; keys: string[] } {
  const { world } = new Place(new MockFlash(image));
  world.device.load();
  const { account, premises } = world.device;
  return { account: account.bare,
    keys: premises.key === "" ? [] : [Buffer.from(premises.key, "base64").toString("latin1")] };
}

/** Its button, and all that follows where somebody has its key. */
function pressed(place: Place): void {
  place.world.pass(1000);
  place.press();
  expect(place.until(() => place.isCommissioned)).toBe(true);
  // Online, it is worth a look whether that lasts.
  place.world.pass(2000);
}

const PAIRED = paired();
const BASE64 = Buffer.from(PAIRED.key, "latin1").toString("base64");

test("a press, its key and no code: it goes over to another network and account", () => {
  const place = later(PAIRED.image, PAIRED.key, MOVED).start().arrive();
  place.world.pass(60000);
  expect(place.newcomer!.joiner.stage).toBe(Stage.Closed);
  place.press();
  expect(place.until(() => place.isCommissioned)).toBe(true);
  expect(place.provisioner.suites).toEqual([Suite.Access]);
  expect(place.world.device.status().account).toBe("moved@ex.org");
  expect(place.provisioner.accessKey).not.toBe(PAIRED.key);
  const again = next(place);
  expect(again.until(() => again.world.device.status().online)).toBe(true);
  expect(again.world.device.status()).toMatchObject({ account: "moved@ex.org", entries: 0 });
  expect(lookAt(again.world.board.flash.image()).keys).toEqual([place.provisioner.accessKey]);
});

test("cut at any flash operation of that, one of two keys lets it in again", () => {
  const rehearsal = later(PAIRED.image, PAIRED.key, MOVED).start().arrive();
  const begun = rehearsal.world.board.flash.operations;
  pressed(rehearsal);
  const operations = rehearsal.world.board.flash.operations;
  expect(operations - begun).toBeGreaterThan(8);
  const accounts: Record<string, number> = { "dev@ex.org": 0, "moved@ex.org": 0 };
  for (let operation = begun + 1; operation <= operations; operation++) {
    for (const keep of [-1, 0, 5, 9]) {
      const place = later(PAIRED.image, PAIRED.key, MOVED);
      const { flash } = place.world.board;
      place.start().arrive();
      if (keep < 0) flash.cutAfter(operation);
      else flash.cutInside(operation, keep);
      expect(() => pressed(place)).toThrow(PowerCut);
      const where = `operation ${operation}, ${keep}`;
      const { account, keys } = lookAt(flash.image());
      accounts[account]!++;
      const known = [PAIRED.key, place.provisioner.accessKey];
      expect(known.filter((key) => keys.includes(key)).length, where).toBe(1);
      // An old account without trust may be, a new one with old trust must not.
      const again = later(flash.image(), keys[0]!, MOVED).start().arrive();
      const { trust, entries } = again.world.device.status();
      if (account === MOVED.jid) expect([trust, entries], where).toEqual([[], 0]);
      pressed(again);
      expect(again.world.device.status().account, where).toBe(MOVED.jid);
      const passphrases = again.world.board.flash.image().toString("latin1");
      expect(passphrases.split(OFFER.passphrase).length, where).toBe(2);
    }
  }
  expect(accounts["dev@ex.org"]).toBeGreaterThan(8);
  expect(accounts["moved@ex.org"]).toBeGreaterThan(8);
}, 300000);

test("another network alone leaves it its account, whom it trusts, and what they decided", () => {
  const place = later(PAIRED.image, PAIRED.key, { ...OFFER, ssid: "New house" });
  place.air.add("New house", null, OFFER.passphrase);
  pressed(place.start().arrive());
  const again = next(place);
  expect(again.world.device.premises.ssid).toBe("New house");
  expect(again.world.device.status())
    .toMatchObject({ account: "dev@ex.org", trust: [AUTHORITY_COMPONENT], entries: 1 });
});

test("an offer that does not work costs nothing of what it had, and the old key is still right", () => {
  const place = later(PAIRED.image, PAIRED.key, { ...MOVED, password: "wrong" }).start().arrive();
  place.world.pass(1000);
  place.press();
  expect(place.until(() => place.provisioner.described.length === 2)).toBe(true);
  expect(place.provisioner.described[1]!.last).toBe(Status.NoLogin);
  expect(lookAt(place.world.board.flash.image()))
    .toEqual({ account: "dev@ex.org", keys: [PAIRED.key] });
  expect(place.world.device.status())
    .toMatchObject({ account: "dev@ex.org", trust: [AUTHORITY_COMPONENT], entries: 1 });
});

describe("without its key", () => {
  test.each([["another key", "k".repeat(32), 1], ["a key that is none", "", 0]])(
    "%s gives nothing, and is counted where there was something to guess", (_what, key, count) => {
      const place = later(PAIRED.image, key, MOVED).start().arrive();
      place.world.pass(1000);
      place.press();
      place.until(() => place.provisioner.gone.length > 0);
      expect(place.provisioner.described).toEqual([]);
      expect(place.world.device.journal.value(Kind.Attempts)).toBe(count ? "\x01" : "");
      expect(lookAt(place.world.board.flash.image()))
        .toEqual({ account: "dev@ex.org", keys: [PAIRED.key] });
    });

  test("its code gives nothing: it is not even tried", () => {
    const place = later(PAIRED.image, "", MOVED);
    place.provisioner.existing.close();
    const byCode = new Provisioner(place.provisioner.scenery, [MOVED], "XPR1-ANY-2");
    place.start().arrive().world.pass(1000);
    place.press();
    place.until(() => byCode.gone.length > 0);
    expect(byCode.gone).toEqual([Status.Reject]);
    expect(place.newcomer!.suites()).toBe(Suite.Access);
  });

  test("after a factory reset the key is nowhere, and opens nothing; the code does", () => {
    const place = later(PAIRED.image, PAIRED.key, MOVED).start();
    place.world.pass(1000);
    place.world.owner.press(RESET_HOLD_MS + 1000);
    expect(lookAt(place.world.board.flash.image())).toEqual({ account: "", keys: [] });
    expect(place.world.board.flash.image().includes(Buffer.from(BASE64))).toBe(false);
    place.provisioner.code = CODE;
    place.arrive();
    expect(place.newcomer!.suites()).toBe(Suite.Code);
    expect(place.until(() => place.isCommissioned)).toBe(true);
    expect(place.provisioner.suites).toEqual([Suite.Code]);
  });
});

describe("whoever has its key, and an account of his own", () => {
  test("is not obeyed where he speaks for those whom it trusted before", () => {
    const place = later(PAIRED.image, PAIRED.key, MOVED).start().arrive();
    place.world.pass(1000);
    place.press();
    expect(place.until(() => place.provisioner.trying.length === 1)).toBe(true);
    place.world.wire.quirks.greeting = FORGED;
    expect(place.until(() => place.isCommissioned)).toBe(true);
    place.world.pass(10000);
    expect(place.world.relays.relay1!.on).toBe(false);
    expect(place.world.relays.relay1!.transitions.length).toBe(0);
    const answers = place.world.wire.stream.received.map((one) => JSON.stringify(one)).join();
    expect(answers).not.toContain("21.5");
  });

  test("does not bring whom it trusts with it: that is a person's choice, at the button", () => {
    const place = later(PAIRED.image, PAIRED.key, MOVED).start().arrive();
    const authority = new Authority(place.world, AUTHORITY_COMPONENT);
    pressed(place);
    place.world.pass(60000);
    expect(place.world.device.status()).toMatchObject({ account: MOVED.jid, trust: [] });
    expect(authority.questions).toEqual([]);
    const again = next(place);
    again.world.pass(60000);
    expect(again.world.device.status()).toMatchObject({ online: true, trust: [] });
  });

  test("cannot have the Wi-Fi of before handed on by an invitation", () => {
    const place = later(PAIRED.image, PAIRED.key, { ...MOVED, ssid: "", passphrase: "" });
    pressed(place.start().arrive());
    expect(place.world.device.premises).toMatchObject({ ssid: "", passphrase: "" });
    expect(place.world.board.flash.image().includes(OFFER.passphrase)).toBe(false);
  });
});
