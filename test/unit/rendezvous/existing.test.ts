import { describe, expect, test } from "vitest";
import { IDENTIFY_MS, INVITATION_MS, PASE_MS, REFUSALS_MAX, SECURE_IDLE_MS }
  from "../../../firmware/config.js";
import { Channel } from "../../../firmware/rendezvous/channel.js";
import { Mode, Suite, encodeDescription } from "../../../firmware/rendezvous/description.js";
import type { Description } from "../../../firmware/rendezvous/description.js";
import { Ending, Visit } from "../../../firmware/rendezvous/existing.js";
import { FrameType, Status, frame } from "../../../firmware/rendezvous/framing.js";
import { MessageType, statusMessage } from "../../../firmware/rendezvous/message.js";
import { confirmation, sessionKey, transcript } from "../../../firmware/rendezvous/pake.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import type { Proof } from "../../../firmware/rendezvous/proof.js";
import type { SocketListener } from "../../../hal/hal.js";
import { HostCipher } from "../../../hal/host/cipher.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { CRITERIA, Newcomer, OFFER, Provisioner, Scenery } from "../../sim/rendezvous.js";
import { UnprovenProof } from "../../sim/unproven.js";

const crypto = new HostCrypto();
const cipher = new HostCipher();

const DESCRIPTION: Description = {
  vendor: 0x235a, product: 7, revision: 1, deviceId: "0200000000000009", software: "1.0",
  flags: Mode.Unprovisioned, suites: Suite.Unproven | Suite.Code, serial: "",
};

/** A joiner by hand, and without credentials, so that every step can be a wrong one. */
class Visitor {
  readonly channel = new Channel();
  readonly said: string[] = [];
  request = "";
  private readonly listener: SocketListener;
  private isOver = false;

  constructor(readonly scenery: Scenery, readonly provisioner: Provisioner) {
    this.channel.opened = true;
    this.channel.socket = {
      writable: () => 4096,
      write: (bytes) => scenery.clock.schedule(0, () => {
        if (!this.isOver) this.listener.onBytes(bytes);
      }),
      close: () => this.leave(),
    };
    this.listener = provisioner.existing.accept({
      writable: () => 4096,
      write: (bytes) => scenery.clock.schedule(0, () => this.channel.onBytes(bytes)),
      close: () => scenery.clock.schedule(0, () => this.channel.onClosed("")),
    });
    scenery.pass(40);
  }

  leave(): void {
    this.scenery.clock.schedule(0, () => {
      this.isOver = true;
      this.listener.onClosed("gone");
    });
  }

  hear(): { type: FrameType; body: string } {
    this.scenery.pass(80);
    return { type: this.channel.next(), body: this.channel.body };
  }

  identify(description = DESCRIPTION): void {
    this.request = this.hear().body;
    this.channel.send(FrameType.IdentifyResponse, encodeDescription(description));
  }

  /** As far as the secured channel. `spoil` changes our proof. */
  prove(spoil = "", description = DESCRIPTION): void {
    this.identify(description);
    const data = transcript(this.request, encodeDescription(description), crypto);
    const a = { share: "a".repeat(32), data };
    this.channel.send(FrameType.Pase1, a.share);
    const { body } = this.hear();
    const b = { share: body.slice(0, 32), data: body.slice(32) };
    const isk = sessionKey(Suite.Unproven, "", "nobody knows nothing", a, b, cipher);
    expect(this.hear().body).toBe(confirmation(isk, b, crypto, cipher));
    this.channel.send(FrameType.ConfirmA, spoil || confirmation(isk, a, crypto, cipher));
    this.channel.secure(isk, true, crypto, cipher);
  }
}

class Open extends Provisioner {
  override admit(): Proof | null {
    return new UnprovenProof();
  }
}

function open(): { scenery: Scenery; provisioner: Provisioner } {
  const scenery = new Scenery();
  const criteria = { ...CRITERIA, suites: Suite.Unproven };
  return { scenery, provisioner: new Open(scenery, [OFFER], "XPR1-ANY-1", criteria) };
}

test("a joiner by hand is led through all steps", () => {
  const { scenery, provisioner } = open();
  const visitor = new Visitor(scenery, provisioner);
  visitor.prove();
  expect(visitor.hear().body.charCodeAt(0)).toBe(MessageType.ArmFailSafe);
  visitor.channel.say(statusMessage(Status.Ok));
  expect(visitor.hear().body.charCodeAt(0)).toBe(MessageType.Identify);
  const serial = { ...DESCRIPTION, serial: "S-9" };
  visitor.channel.say(String.fromCharCode(MessageType.Description) + encodeDescription(serial));
  expect(visitor.hear().body.charCodeAt(0)).toBe(MessageType.Provision);
  visitor.channel.say(statusMessage(Status.Reject));
  scenery.pass(80);
  expect(provisioner.described.map(({ last }) => last)).toEqual([Status.Ok, Status.Reject]);
  expect(provisioner.existing.visit).toBe(Visit.Described);
  provisioner.existing.provision(OFFER);
  expect(visitor.hear().body.charCodeAt(0)).toBe(MessageType.Provision);
  visitor.channel.say(statusMessage(Status.Ok));
  expect(visitor.hear().body.charCodeAt(0)).toBe(MessageType.Commit);
  visitor.channel.say(statusMessage(Status.Ok));
  scenery.pass(80);
  expect(provisioner.trying.length).toBe(1);
  expect(provisioner.visits).toEqual([Visit.Identifying, Visit.Proving, Visit.Secured,
    Visit.Described, Visit.Provisioning, Visit.Described, Visit.Provisioning, Visit.None]);
});

test("a second joiner is told that we are busy, and the first is served on", () => {
  const { scenery, provisioner } = open();
  const first = new Visitor(scenery, provisioner);
  const second = new Visitor(scenery, provisioner);
  expect(second.hear()).toEqual({ type: FrameType.Status, body: String.fromCharCode(Status.Busy) });
  expect(second.channel.closed).toBe(true);
  first.prove();
  expect(first.hear().type).toBe(FrameType.Secure);
  first.leave();
  scenery.pass(80);
  const third = new Visitor(scenery, provisioner);
  expect(third.hear().type).toBe(FrameType.IdentifyRequest);
});

test("two boards at once: one after the other they are both commissioned", () => {
  const scenery = new Scenery();
  new Provisioner(scenery, [OFFER, OFFER]);
  const one = new Newcomer(scenery);
  one.press();
  expect(scenery.until(() => one.stage === Stage.Done)).toBe(true);
  const other = new Newcomer(scenery);
  other.press();
  expect(scenery.until(() => other.stage === Stage.Done)).toBe(true);
});

describe("a description", () => {
  test("that is not the expected one is rejected and dropped, and we listen on", () => {
    const { scenery, provisioner } = open();
    for (const wrong of [{ vendor: 1 }, { suites: Suite.None }, { deviceId: "with blanks in it" },
      { serial: "in clear" }]) {
      const visitor = new Visitor(scenery, provisioner);
      visitor.identify({ ...DESCRIPTION, ...wrong });
      expect(visitor.hear())
        .toEqual({ type: FrameType.Status, body: String.fromCharCode(Status.Reject) });
      expect(visitor.channel.closed).toBe(true);
    }
    expect(provisioner.gone).toEqual(Array(4).fill(Status.Reject));
    expect(provisioner.existing.ended).toBe(false);
    new Visitor(scenery, provisioner).prove();
  });

  test("that is another one over the secured channel is rejected and dropped", () => {
    for (const wrong of [{ product: 8 }, { deviceId: "0200000000000008" }, { flags: 3 }]) {
      const { scenery, provisioner } = open();
      const visitor = new Visitor(scenery, provisioner);
      visitor.prove();
      visitor.hear();
      visitor.channel.say(statusMessage(Status.Ok));
      visitor.hear();
      visitor.channel.say(String.fromCharCode(MessageType.Description) +
        encodeDescription({ ...DESCRIPTION, ...wrong, serial: "S-9" }));
      expect(visitor.hear().type).toBe(FrameType.Status);
      expect(provisioner.described).toEqual([]);
      expect(provisioner.gone).toEqual([Status.Reject]);
    }
  });

  test("that somebody changed on its way makes the proofs fail", () => {
    const { scenery, provisioner } = open();
    const visitor = new Visitor(scenery, provisioner);
    visitor.identify({ ...DESCRIPTION, revision: 99 });
    const data = transcript(visitor.request, encodeDescription(DESCRIPTION), crypto);
    const a = { share: "a".repeat(32), data };
    visitor.channel.send(FrameType.Pase1, a.share);
    const { body } = visitor.hear();
    const b = { share: body.slice(0, 32), data: body.slice(32) };
    const isk = sessionKey(Suite.Unproven, "", "nobody knows nothing", a, b, cipher);
    expect(visitor.hear().body).not.toBe(confirmation(isk, b, crypto, cipher));
    visitor.channel.send(FrameType.ConfirmA, confirmation(isk, a, crypto, cipher));
    expect(visitor.hear())
      .toEqual({ type: FrameType.Status, body: String.fromCharCode(Status.Auth) });
    expect(provisioner.described).toEqual([]);
  });
});

describe("the window closes", () => {
  test("after its time", () => {
    const { scenery, provisioner } = open();
    scenery.pass(INVITATION_MS - 1000);
    expect(provisioner.endings).toEqual([]);
    scenery.pass(1040);
    expect(provisioner.endings).toEqual([Ending.Timeout]);
    const late = new Visitor(scenery, provisioner);
    expect(late.hear().body).toBe(String.fromCharCode(Status.Busy));
  });

  test("after five who had our share and did not prove themselves, and not after four", () => {
    const { scenery, provisioner } = open();
    for (let i = 1; i <= REFUSALS_MAX; i++) {
      expect(provisioner.endings).toEqual([]);
      const visitor = new Visitor(scenery, provisioner);
      // Whether with a wrong proof or by going away.
      if (i % 2) visitor.prove("x".repeat(32));
      else {
        visitor.identify();
        visitor.channel.send(FrameType.Pase1, "a".repeat(32));
        visitor.hear();
        visitor.leave();
      }
      scenery.pass(200);
    }
    expect(provisioner.endings).toEqual([Ending.Refusals]);
  });

  test("when it is told to, also while somebody is here", () => {
    const { scenery, provisioner } = open();
    const visitor = new Visitor(scenery, provisioner);
    visitor.prove();
    visitor.hear();
    provisioner.existing.close();
    expect(provisioner.endings).toEqual([Ending.Closed]);
    expect(visitor.hear().type).toBe(FrameType.Status);
  });
});

test("whoever is silent is dropped: before the description, the proof, in the channel", () => {
  const { scenery, provisioner } = open();
  const mute = new Visitor(scenery, provisioner);
  scenery.pass(IDENTIFY_MS + 40);
  expect(provisioner.gone).toEqual([Status.Timeout]);
  mute.leave();
  const slow = new Visitor(scenery, provisioner);
  slow.identify();
  scenery.pass(PASE_MS + 200);
  expect(provisioner.gone.length).toBe(2);
  const quiet = new Visitor(scenery, provisioner);
  quiet.prove();
  scenery.pass(SECURE_IDLE_MS + 200);
  expect(provisioner.gone).toEqual(Array(3).fill(Status.Timeout));
});

test("every frame out of order ends the visit, and hands nothing over", () => {
  const steps = 4;
  const types = [FrameType.IdentifyRequest, FrameType.IdentifyResponse, FrameType.Pase1,
    FrameType.Pase2, FrameType.ConfirmB, FrameType.ConfirmA, FrameType.Secure, FrameType.Status];
  const due = [FrameType.IdentifyResponse, FrameType.Pase1, FrameType.ConfirmA, FrameType.Secure];
  for (let step = 0; step < steps; step++) {
    for (const type of types.filter((each) => each !== due[step])) {
      const { scenery, provisioner } = open();
      const visitor = new Visitor(scenery, provisioner);
      if (step === 3) visitor.prove();
      else if (step > 0) visitor.identify();
      if (step === 2) {
        visitor.channel.send(FrameType.Pase1, "a".repeat(32));
        visitor.hear();
      }
      scenery.pass(80);
      visitor.channel.send(type, "z".repeat(32));
      scenery.pass(200);
      expect(provisioner.existing.visit, `${type} at ${step}`).toBe(Visit.None);
      expect(provisioner.described).toEqual([]);
      expect(provisioner.gone.length).toBe(1);
    }
  }
});

test("a record that comes again, or that is changed, ends the visit", () => {
  for (const spoil of [
    (record: string) => record + record,
    (record: string) => record.slice(0, -1) + String.fromCharCode(record.charCodeAt(34) ^ 1),
    (record: string) => record.slice(0, 20),
    () => frame(FrameType.Secure, ""),
  ]) {
    const { scenery, provisioner } = open();
    const visitor = new Visitor(scenery, provisioner);
    visitor.prove();
    visitor.hear();
    const socket = visitor.channel.socket!;
    const write = socket.write;
    socket.write = (bytes) => write(spoil(bytes));
    visitor.channel.say(statusMessage(Status.Ok));
    scenery.pass(SECURE_IDLE_MS + 200);
    expect(provisioner.existing.visit).toBe(Visit.None);
    expect(provisioner.described).toEqual([]);
  }
});
