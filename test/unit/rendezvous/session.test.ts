import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FRAME_BYTES_MAX, LABEL_BYTES_MAX, PAIRS_MAX } from "../../../firmware/config.js";
import { Ladder } from "../../../firmware/rendezvous/curve.js";
import { Delivery, Step } from "../../../firmware/rendezvous/delivery.js";
import {
  ANY, Suite, decodeCriteria, decodeDescription, encodeCriteria, encodeDescription, matches,
  suiteOf,
} from "../../../firmware/rendezvous/description.js";
import { createField } from "../../../firmware/rendezvous/field.js";
import { FrameType, Frames, Status, frame } from "../../../firmware/rendezvous/framing.js";
import {
  FailSafe, MessageType, PASSPHRASE_BYTES_MAX, PASSPHRASE_BYTES_MIN, SSID_BYTES_MAX, armFailSafe,
  decodeOffer, encodeOffer,
} from "../../../firmware/rendezvous/message.js";
import { isSame, lengthValue, sessionKey } from "../../../firmware/rendezvous/pake.js";
import { AccessProof } from "../../../firmware/rendezvous/proof.js";
import { CodeProof } from "../../../firmware/rendezvous/secret.js";
import { Session } from "../../../firmware/rendezvous/session.js";
import { HostCipher } from "../../../hal/host/cipher.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { MockRandom } from "../../../hal/mock/random.js";
import { CRITERIA, IDENTITY, Newcomer, OFFER, Scenery } from "../../sim/rendezvous.js";

const crypto = new HostCrypto();
const cipher = new HostCipher();
const field = createField(cipher.convolve);

interface Vector {
  sid: string; g: string; ya: string; ADa: string; Ya: string; yb: string; ADb: string; Yb: string;
  K: string; ISK_IR: string;
}

function hex(text: string): string {
  return Buffer.from(text, "hex").toString("latin1");
}

test("the draft's vectors for CPace on X25519 give shares, secret and key", () => {
  const file = JSON.parse(readFileSync("test/vectors/cpace.json", "utf8")) as { G_25519: Vector };
  const v = file.G_25519;
  const multiply = (scalar: string, point: string): string => {
    const ladder = new Ladder(field, hex(scalar), hex(point));
    while (!ladder.step());
    return ladder.result;
  };
  expect(multiply(v.ya, v.g)).toBe(hex(v.Ya));
  expect(multiply(v.yb, v.g)).toBe(hex(v.Yb));
  expect(multiply(v.ya, v.Yb)).toBe(hex(v.K));
  expect(multiply(v.yb, v.Ya)).toBe(hex(v.K));
  const a = { share: hex(v.Ya), data: hex(v.ADa) };
  const b = { share: hex(v.Yb), data: hex(v.ADb) };
  expect(sessionKey(Suite.Code, hex(v.sid), hex(v.K), a, b, cipher)).toBe(hex(v.ISK_IR));
});

test("the suites never come to the same key", () => {
  const half = { share: "s", data: "d" };
  const keys = [Suite.Code, Suite.Access, Suite.Unproven]
    .map((suite) => sessionKey(suite, "", "secret", half, half, cipher));
  expect(new Set(keys).size).toBe(3);
});

test("two proofs by code have one secret where they have one generator, and take no zero", () => {
  const random = new MockRandom("proofs");
  const finish = (proof: CodeProof): void => { while (!proof.work()); };
  const [one, other] = [0, 1].map(() => new CodeProof(field, IDENTITY.generator, "", random)) as
    [CodeProof, CodeProof];
  finish(one);
  finish(other);
  one.meet(other.share);
  other.meet(one.share);
  finish(one);
  finish(other);
  expect(one.secret).toBe(other.secret);
  expect(one.secret.length).toBe(32);
  for (const wrong of ["", "short", "\0".repeat(32), "x".repeat(33)]) {
    const proof = new CodeProof(field, IDENTITY.generator, "", random);
    finish(proof);
    proof.meet(wrong);
    finish(proof);
    expect(proof.broken).toBe(true);
    expect(proof.secret).toBe("");
  }
  expect(new CodeProof(field, "no generator", "", random).broken).toBe(true);
  expect(new AccessProof("no key", random, crypto).broken).toBe(true);
});

test("a length stands before each part, in one octet up to 127 and in two beyond", () => {
  expect(lengthValue("ab")).toBe("\x02ab");
  expect(lengthValue("x".repeat(127)).slice(0, 1)).toBe("\x7f");
  expect(lengthValue("x".repeat(128)).slice(0, 2)).toBe("\x80\x01");
});

test("what differs in one octet or in its length is not the same", () => {
  expect([isSame("abc", "abc"), isSame("abc", "abd"), isSame("abc", "abcd"), isSame("abcd", "abc"),
    isSame("", "")]).toEqual([true, false, false, false, true]);
});

describe("a session", () => {
  const isk = "i".repeat(64);
  const pair = (): [Session, Session] => [
    new Session(isk, true, crypto, cipher), new Session(isk, false, crypto, cipher)];

  test("has the keys of RFC 5869", () => {
    const keys = hkdf(sha256, Buffer.from(isk), Buffer.from("xpr1"), undefined, 192);
    const [joiner] = pair();
    expect(joiner.commitKey()).toBe(Buffer.from(keys.slice(128, 160)).toString("latin1"));
    expect(joiner.accessKey()).toBe(Buffer.from(keys.slice(160)).toString("latin1"));
  });

  test("carries messages of any length both ways, no record like another", () => {
    const [joiner, other] = pair();
    const records = new Set<string>();
    for (let length = 1; length < 70; length++) {
      for (const [from, to] of [[joiner, other], [other, joiner]] as const) {
        const record = from.seal("m".repeat(length));
        records.add(record.slice(4));
        expect(to.open(record)).toBe("m".repeat(length));
      }
    }
    expect(records.size).toBe(2 * 69);
  });

  test("ends with a record that is changed in any octet, cut short, repeated, skipped or echoed",
    () => {
      const record = pair()[0].seal("message");
      for (let at = 0; at < record.length; at++) {
        const changed = record.slice(0, at) +
          String.fromCharCode(record.charCodeAt(at) ^ 1) + record.slice(at + 1);
        const [, other] = pair();
        expect(other.open(changed)).toBe("");
        expect(other.open(record)).toBe("");
      }
      for (let length = 0; length < record.length; length++) {
        expect(pair()[1].open(record.slice(0, length))).toBe("");
      }
      const [joiner, other] = pair();
      expect(joiner.open(joiner.seal("x"))).toBe("");
      const [first, second] = ["a", "b"].map((text) => pair()[0].seal(text));
      expect(other.open(first!)).toBe("a");
      expect(other.open(first!)).toBe("");
      const [, skipping] = pair();
      const sender = pair()[0];
      sender.seal("lost");
      expect(skipping.open(sender.seal("late"))).toBe("");
      expect(second).toBeDefined();
    });
});

describe("a delivery", () => {
  const messages: Record<string, string> = {
    arm: armFailSafe(FailSafe.New, 0x01020304), identify: String.fromCharCode(MessageType.Identify),
    provision: encodeOffer(OFFER), commit: String.fromCharCode(MessageType.Commit),
    disarm: String.fromCharCode(MessageType.Disarm),
  };
  const begin = (): Delivery => new Delivery("description", { token: "", last: Status.Ok });

  test("takes each step only from the one before: all orders of five messages", () => {
    const names = Object.keys(messages);
    let committed = 0;
    const walk = (order: string[]): void => {
      const delivery = begin();
      for (const name of order) delivery.answer(messages[name]!);
      const isRight = /^((arm|arm,identify|arm,identify(,provision)+),disarm,)*arm,identify(,provision)+,commit/;
      if (delivery.step === Step.Committed) committed++;
      expect(delivery.step === Step.Committed, order.join()).toBe(isRight.test(order.join()));
      if (order.length < 5) for (const name of names) walk([...order, name]);
    };
    walk([]);
    expect(committed).toBeGreaterThan(3);
  });

  test("keeps no offer that cannot work, and none that was disarmed", () => {
    const delivery = begin();
    for (const name of ["arm", "identify", "provision"]) delivery.answer(messages[name]!);
    expect(delivery.answer(String.fromCharCode(MessageType.Provision) + "rubbish"))
      .toBe(String.fromCharCode(MessageType.Status, Status.Reject));
    expect(delivery.offer).toBe(null);
    delivery.answer(messages.provision!);
    expect(delivery.offer).toEqual(OFFER);
    delivery.answer(messages.disarm!);
    expect(delivery.offer).toBe(null);
  });

  test("resumes a fail-safe that it knows, and tells what came of it", () => {
    const memory = { token: "", last: Status.Ok };
    new Delivery("", memory).answer(messages.arm!);
    memory.last = Status.NoLogin;
    const resume = armFailSafe(FailSafe.Resume, 0x01020304);
    expect(new Delivery("", memory).answer(resume))
      .toBe(String.fromCharCode(MessageType.Status, Status.NoLogin));
    expect(new Delivery("", memory).answer(armFailSafe(FailSafe.Resume, 5)))
      .toBe(String.fromCharCode(MessageType.Status, Status.FailSafe));
  });
});

describe("on the wire", () => {
  test("a frame may be as long as it may be, and not longer", () => {
    const frames = new Frames();
    frames.push(frame(FrameType.Secure, "x".repeat(FRAME_BYTES_MAX)));
    expect(frames.next()).toBe(FrameType.Secure);
    frames.push(frame(FrameType.Secure, "x".repeat(FRAME_BYTES_MAX + 1)));
    expect(frames.next()).toBe(FrameType.None);
    expect(frames.broken).toBe(true);
  });

  test("what is more than two frames is not kept, nor is anything after it", () => {
    const frames = new Frames();
    frames.push("\x04");
    for (let i = 0; i < 100; i++) frames.push("x".repeat(1000));
    expect([frames.broken, frames.isWaiting(), frames.next()]).toEqual([true, false, FrameType.None]);
  });

  test("criteria and descriptions come out as they went in, and rubbish as nothing", () => {
    expect(decodeCriteria(encodeCriteria(CRITERIA))).toEqual(CRITERIA);
    const { vendor, product, revision, deviceId, serial } = IDENTITY;
    const one = { vendor, product, revision, deviceId, serial, software: "1", flags: 1, suites: 3 };
    const body = encodeDescription(one);
    expect(decodeDescription(body)).toEqual(one);
    for (let length = 0; length < body.length; length++) {
      const cut = decodeDescription(body.slice(0, length));
      if (cut) expect(body.startsWith(encodeDescription(cut).slice(0, 20))).toBe(true);
    }
    const id = "i".repeat(LABEL_BYTES_MAX);
    expect(decodeDescription(encodeDescription({ ...one, deviceId: id }))?.deviceId).toBe(id);
    expect(decodeDescription(encodeDescription({ ...one, deviceId: `${id}i` }))).toBe(null);
    expect(decodeCriteria("")).toBe(null);
    expect(decodeCriteria(`\x02${encodeCriteria(CRITERIA).slice(1)}`)).toBe(null);
    expect(matches({ ...CRITERIA, vendor: ANY }, one, crypto)).toBe(true);
    expect(matches({ ...CRITERIA, hash: 1 }, one, crypto)).toBe(false);
    expect([suiteOf(3, 1), suiteOf(3, 3), suiteOf(1, 2)])
      .toEqual([Suite.Code, Suite.Access, Suite.None]);
  });

  test("an offer comes out as it went in; one that cannot work is none", () => {
    expect(decodeOffer(encodeOffer(OFFER))).toEqual(OFFER);
    const long = (count: number): string => "p".repeat(count);
    const at = [{ ssid: long(SSID_BYTES_MAX) }, { passphrase: long(PASSPHRASE_BYTES_MAX) },
      { passphrase: long(PASSPHRASE_BYTES_MIN) }, { password: long(256) }, { owner: "" },
      { provisioning: "*" }];
    for (const each of at) expect(encodeOffer({ ...OFFER, ...each })).not.toBe("");
    const beyond = [{ ssid: long(SSID_BYTES_MAX + 1) }, { port: 0 }, { jid: "component" },
      { passphrase: long(PASSPHRASE_BYTES_MAX + 1) }, { jid: "A@b" }, { password: "" },
      { passphrase: long(PASSPHRASE_BYTES_MIN - 1) }, { password: long(257) }, { owner: "@" },
      { host: "a\x00b" }, { provisioning: "x@" }, { host: long(900) }];
    for (const each of beyond) {
      expect(encodeOffer({ ...OFFER, ...each }), JSON.stringify(each)).toBe("");
    }
  });
});

test("the pool fills to its limit, gives each pair once, and is of one generator", () => {
  const board = new Newcomer(new Scenery());
  board.fillPool();
  expect(board.pool.count()).toBe(PAIRS_MAX);
  expect(board.pool.work()).toBe(true);
  const taken = Array.from({ length: PAIRS_MAX }, () => board.pool.take());
  expect(new Set(taken).size).toBe(PAIRS_MAX);
  expect(board.pool.take()).toBe("");
  const image = board.flash.image();
  for (const pair of taken) expect(image.includes(Buffer.from(pair, "latin1"))).toBe(false);
  board.fillPool();
  const identity = { ...IDENTITY, generator: "g".repeat(32) };
  expect(new Newcomer(new Scenery(), board.flash, identity).pool.count()).toBe(0);
});
