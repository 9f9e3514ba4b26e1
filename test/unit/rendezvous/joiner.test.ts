import { describe, expect, test } from "vitest";
import {
  ASSOCIATE_MS, DIALS_MAX, JOIN_WINDOW_MS, LOCKED_MS, NETWORKS_MAX, PAUSE_MIN_MS, PROOFS_FREE,
  PROOFS_MAX, SECURE_IDLE_MS,
} from "../../../firmware/config.js";
import { Mode, Suite, encodeCriteria } from "../../../firmware/rendezvous/description.js";
import { FrameType, Frames, Status, frame, statusFrame }
  from "../../../firmware/rendezvous/framing.js";
import { printDiscriminator } from "../../../firmware/rendezvous/network.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import type { Acceptor, Socket } from "../../../hal/hal.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { MockFlash } from "../../../hal/mock/flash.js";
import { CRITERIA, DEVICE_ID, HOME_NETWORK, Newcomer, OFFER, Provisioner, Scenery }
  from "../../sim/rendezvous.js";

/** A network of somebody else: says what it wants to, notes what it hears. */
class Rogue implements Acceptor {
  heard: FrameType[] = [];
  bodies: string[] = [];
  visits = 0;
  closed = 0;
  private frames = new Frames();

  constructor(readonly says: (socket: Socket, type: FrameType, rogue: Rogue) => void) {}

  accept(socket: Socket) {
    this.visits++;
    this.frames = new Frames();
    this.says(socket, FrameType.None, this);
    return {
      onOpen: () => undefined,
      onDrain: () => undefined,
      onClosed: () => void this.closed++,
      onBytes: (bytes: string) => {
        this.frames.push(bytes);
        for (let type = this.frames.next(); type !== FrameType.None; type = this.frames.next()) {
          this.heard.push(type);
          this.bodies.push(this.frames.body);
          this.says(socket, type, this);
        }
      },
    };
  }
}

const REQUEST = frame(FrameType.IdentifyRequest, encodeCriteria(CRITERIA));

function scene(): { scenery: Scenery; board: Newcomer } {
  const scenery = new Scenery();
  return { scenery, board: new Newcomer(scenery) };
}

function done(board: Newcomer): boolean {
  return board.scenery.until(() => board.stage === Stage.Done);
}

test("a press, and a board without a network has one, and an account", () => {
  const { scenery, board } = scene();
  const provisioner = new Provisioner(scenery);
  board.fillPool();
  scenery.pass(10000);
  expect(board.stage).toBe(Stage.Closed);
  board.press();
  expect(done(board)).toBe(true);
  expect(board.stages).toEqual([Stage.Scanning, Stage.Associating, Stage.Dialling,
    Stage.Identifying, Stage.Proving, Stage.Secured, Stage.Homing, Stage.Done]);
  expect(board.kept).toEqual(OFFER);
  expect(board.told).toEqual([`owner@ex.org ${provisioner.trying[0]}`]);
  expect(board.accessKey).toBe(provisioner.accessKey);
  expect(board.accessKey.length).toBe(32);
  expect(provisioner.described[0]!.joiner.serial).toBe("SN-0001");
  expect(provisioner.gone).toEqual([]);
  expect(board.attempts.failures()).toBe(0);
  expect(board.pool.count()).toBe(3);
});

test("what arrives octet by octet is the same", () => {
  const { scenery, board } = scene();
  scenery.network.conditions.fragments = [1, 2, 1, 7];
  new Provisioner(scenery);
  board.press();
  expect(done(board)).toBe(true);
});

test("neither code nor what is made of it, nor the serial number, is ever sent in clear", () => {
  const { scenery, board } = scene();
  const provisioner = new Provisioner(scenery);
  board.press();
  done(board);
  const sent = scenery.network.peers.map((peer) => peer.received).join("");
  expect(sent).toContain(DEVICE_ID);
  for (const secret of ["1XNDP3WW3", board.identity.generator, "SN-0001", board.accessKey,
    OFFER.password]) expect(sent).not.toContain(secret);
  expect(provisioner.trying[0]).toMatch(/^[0-9a-f]{64}$/);
});

describe("a provisioner with a wrong code", () => {
  test("gets no proof from us, and is counted", () => {
    const { scenery, board } = scene();
    const provisioner = new Provisioner(scenery);
    provisioner.code = "000000000";
    board.press();
    scenery.until(() => board.whys.length > 0);
    expect(board.whys).toEqual([Status.Auth]);
    expect(board.attempts.failures()).toBe(1);
    expect(provisioner.gone).toEqual([Status.Auth]);
    expect(provisioner.described).toEqual([]);
    expect(board.stage).toBe(Stage.Scanning);
  });

  test("pauses us after the third, and each pause is longer; the plug does not help", () => {
    const { scenery, board } = scene();
    const provisioner = new Provisioner(scenery);
    provisioner.code = "000000000";
    const fail = (one: Newcomer): number => {
      const whys = one.whys.length;
      one.press();
      const startMs = scenery.clock.nowMs();
      expect(scenery.until(() => one.whys.length > whys, JOIN_WINDOW_MS)).toBe(true);
      return scenery.clock.nowMs() - startMs;
    };
    for (let i = 0; i < PROOFS_FREE; i++) expect(fail(board)).toBeLessThan(PAUSE_MIN_MS);
    expect(fail(board)).toBeGreaterThanOrEqual(PAUSE_MIN_MS);
    expect(fail(board)).toBeGreaterThanOrEqual(2 * PAUSE_MIN_MS);
    const again = new Newcomer(new Scenery(), new MockFlash(board.flash.image()));
    expect(again.attempts.failures()).toBe(PROOFS_FREE + 2);
    expect(again.attempts.may(4 * PAUSE_MIN_MS - 1)).toBe(false);
    expect(again.attempts.may(4 * PAUSE_MIN_MS)).toBe(true);
  });

  test("after twenty only a power cycle and ten minutes help, for one attempt", () => {
    const { board } = scene();
    for (let i = 0; i < PROOFS_MAX; i++) expect(board.attempts.begin(i)).toBe(true);
    expect(board.attempts.may(10 * LOCKED_MS)).toBe(false);
    const again = new Newcomer(new Scenery(), new MockFlash(board.flash.image()));
    expect(again.attempts.may(LOCKED_MS - 1)).toBe(false);
    expect(again.attempts.may(LOCKED_MS)).toBe(true);
    again.attempts.begin(LOCKED_MS);
    expect(again.attempts.may(100 * LOCKED_MS)).toBe(false);
    again.attempts.succeed();
    expect(again.attempts.may(LOCKED_MS)).toBe(true);
  });

  test("does not keep us from the right one", () => {
    const { scenery, board } = scene();
    const wrong = new Provisioner(scenery, [], "XPR1-ANY-0");
    wrong.code = "000000000";
    new Provisioner(scenery, [OFFER], "XPR1-ANY-1");
    board.press();
    expect(done(board)).toBe(true);
    expect(board.attempts.failures()).toBe(0);
  });
});

describe("a network", () => {
  test("that waits for another board costs no computation, and the right one follows", () => {
    const { scenery, board } = scene();
    const other = new Provisioner(scenery, [], "XPR1-ANY-0", { ...CRITERIA, product: 9 });
    new Provisioner(scenery, [OFFER], "XPR1-ANY-1");
    board.press();
    expect(done(board)).toBe(true);
    expect(board.whys).toEqual([Status.Reject]);
    expect(other.gone).toEqual([Status.Reject]);
    expect(other.described).toEqual([]);
  });

  test("named for us comes before one for anybody, before the nearest of the rest", () => {
    const { scenery, board } = scene();
    const own = printDiscriminator(DEVICE_ID, new HostCrypto());
    const air = scenery.air;
    air.add("XPR1-0000-1", null, "", -20);
    air.add("XPR1-ANY-2", null, "", -80);
    air.add("XPR1-ANY-3", null, "", -70);
    air.add(`XPR1-${own}-4`, null, "", -90);
    air.add("XPR1-ANY-5", null, "locked it is");
    air.add("Neighbour", null);
    board.press();
    scenery.pass(JOIN_WINDOW_MS - 1000);
    expect(air.joined).toEqual(
      [`XPR1-${own}-4`, "XPR1-ANY-3", "XPR1-ANY-2", "XPR1-0000-1"]);
  });

  test("is tried once in a window, and no more than four; a press begins anew", () => {
    const { scenery, board } = scene();
    const rogue = new Rogue((socket) => socket.close());
    for (let i = 0; i < NETWORKS_MAX + 1; i++) scenery.air.add(`XPR1-ANY-${i}`, rogue);
    board.press();
    scenery.pass(JOIN_WINDOW_MS - 1000);
    expect(new Set(scenery.air.joined).size).toBe(NETWORKS_MAX);
    expect(scenery.air.joined.length).toBe(NETWORKS_MAX);
    board.press();
    scenery.pass(20000);
    expect(scenery.air.joined.length).toBeGreaterThan(NETWORKS_MAX);
  });

  test("that gives no address, and one that refuses connections, are left", () => {
    const { scenery, board } = scene();
    const cell = scenery.air.add("XPR1-ANY-0", null);
    board.press();
    scenery.until(() => board.stage === Stage.Associating);
    cell.passphrase = "closed by now";
    scenery.pass(ASSOCIATE_MS + 40);
    expect(board.whys).toEqual([Status.Timeout]);
    scenery.air.add("XPR1-ANY-1", null);
    scenery.until(() => board.whys.length === 2);
    const dials = scenery.network.peers.filter(({ endpoint }) => endpoint.host === "XPR1-ANY-1");
    expect(dials.length).toBe(DIALS_MAX);
  });
});

test("the window closes after its time, and a press opens it", () => {
  const { scenery, board } = scene();
  board.press();
  scenery.pass(JOIN_WINDOW_MS);
  expect(board.stage).toBe(Stage.Closed);
  new Provisioner(scenery);
  scenery.pass(60000);
  expect(board.stage).toBe(Stage.Closed);
  board.press();
  expect(done(board)).toBe(true);
});

describe("a rogue network", () => {
  const meet = (says: (socket: Socket, type: FrameType, rogue: Rogue) => void, ms = 200000) => {
    const { scenery, board } = scene();
    const rogue = new Rogue(says);
    scenery.air.add("XPR1-ANY-0", rogue);
    board.press();
    const startMs = scenery.clock.nowMs();
    scenery.until(() => board.whys.length > 0, ms);
    return { scenery, board, rogue, ms: scenery.clock.nowMs() - startMs };
  };

  test("that is silent is left after five seconds, and hears nothing", () => {
    const { board, rogue } = meet(() => undefined);
    expect(board.whys).toEqual([Status.Timeout]);
    expect(rogue.heard).toEqual([FrameType.Status]);
    expect(board.attempts.failures()).toBe(0);
  });

  test("that is silent after our share is left, and has learned our description alone", () => {
    const { board, rogue } = meet((socket, type) => {
      if (type === FrameType.None) socket.write(REQUEST);
    });
    expect(board.whys).toEqual([Status.Timeout]);
    expect(rogue.heard)
      .toEqual([FrameType.IdentifyResponse, FrameType.Pase1, FrameType.Status]);
    expect(board.attempts.failures()).toBe(0);
  });

  test("that gives a share and no proof is counted", () => {
    const { board } = meet((socket, type) => {
      if (type === FrameType.None) socket.write(REQUEST);
      if (type === FrameType.Pase1) socket.write(frame(FrameType.Pase2, "x".repeat(32)));
    });
    expect(board.whys).toEqual([Status.Timeout]);
    expect(board.attempts.failures()).toBe(1);
  });

  test("that gives a share of low order is dropped, and counted", () => {
    for (const share of ["\0".repeat(32), `\x01${"\0".repeat(31)}`]) {
      const { board } = meet((socket, type) => {
        if (type === FrameType.None) socket.write(REQUEST);
        if (type === FrameType.Pase1) socket.write(frame(FrameType.Pase2, share));
      });
      expect(board.whys).toEqual([Status.Error]);
      expect(board.attempts.failures()).toBe(1);
    }
  });

  test("that reflects our share and our frames gets nothing", () => {
    const { board, rogue } = meet((socket, type, { bodies }) => {
      if (type === FrameType.None) socket.write(REQUEST);
      if (type === FrameType.Pase1) {
        socket.write(frame(FrameType.Pase2, bodies[bodies.length - 1]!));
        socket.write(frame(FrameType.ConfirmB, "x".repeat(32)));
      }
    });
    expect(board.whys).toEqual([Status.Auth]);
    expect(rogue.heard).not.toContain(FrameType.ConfirmA);
    expect(board.attempts.failures()).toBe(1);
  });

  test("with any frame out of order ends, and never hears a proof", () => {
    const types = [FrameType.IdentifyRequest, FrameType.IdentifyResponse, FrameType.Pase1,
      FrameType.Pase2, FrameType.ConfirmB, FrameType.ConfirmA, FrameType.Secure,
      FrameType.Status];
    const due: Partial<Record<FrameType, FrameType>> = {
      [FrameType.None]: FrameType.IdentifyRequest, [FrameType.Pase1]: FrameType.Pase2,
    };
    for (const at of [FrameType.None, FrameType.IdentifyResponse, FrameType.Pase1]) {
      for (const wrong of types.filter((type) => due[at] !== type)) {
        const { board, rogue } = meet((socket, type) => {
          if (type === at) socket.write(frame(wrong, "z".repeat(40)));
          else if (type === FrameType.None) socket.write(REQUEST);
        });
        expect(board.whys.length, `${wrong} at ${at}`).toBe(1);
        expect(rogue.heard, `${wrong} at ${at}`).not.toContain(FrameType.ConfirmA);
        expect(rogue.heard).not.toContain(FrameType.Secure);
      }
    }
  });

  test("that says too much, or what is no frame, is dropped", () => {
    for (const bytes of ["\xff\xff\x01", "\x00\x00\x07", "\x04\x01\x01" + "x".repeat(1025),
      REQUEST.slice(0, 8), statusFrame(Status.Busy), statusFrame(Status.Ok)]) {
      const { board, rogue } = meet((socket, type) => {
        if (type === FrameType.None) socket.write(bytes);
      });
      expect(board.whys.length).toBe(1);
      expect(board.whys[0]).not.toBe(Status.Ok);
      expect(rogue.heard).not.toContain(FrameType.IdentifyResponse);
    }
  });
});

describe("an offer", () => {
  test("whose network does not let it in, or whose account fails, is reported and put right", () => {
    const { scenery, board } = scene();
    const wrong = { ...OFFER, passphrase: "another one" };
    const provisioner = new Provisioner(scenery, [wrong, { ...OFFER, password: "wrong" }, OFFER]);
    board.lets = false;
    board.press();
    scenery.until(() => provisioner.described.length === 2);
    expect(board.attempted).toEqual([]);
    scenery.until(() => provisioner.described.length === 3);
    expect(board.attempted.length).toBe(1);
    board.lets = true;
    expect(done(board)).toBe(true);
    expect(provisioner.described.map(({ last }) => last))
      .toEqual([Status.Ok, Status.NoNetwork, Status.NoLogin]);
    expect(board.kept).toEqual(OFFER);
    expect(provisioner.gone).toEqual([]);
  });

  test("that the flash does not take is reported", () => {
    const { scenery, board } = scene();
    const provisioner = new Provisioner(scenery, [OFFER, OFFER]);
    board.takes = false;
    board.press();
    scenery.until(() => provisioner.described.length === 2);
    expect(provisioner.described[1]!.last).toBe(Status.NoFlash);
  });

  test("is waited for, with an echo now and then, for as long as a person thinks", () => {
    const { scenery, board } = scene();
    const provisioner = new Provisioner(scenery, []);
    board.press();
    scenery.until(() => provisioner.described.length === 1);
    scenery.pass(5 * SECURE_IDLE_MS);
    expect(board.stage).toBe(Stage.Secured);
    expect(provisioner.existing.provision({ ...OFFER, jid: "no account" })).toBe(false);
    expect(provisioner.existing.provision(OFFER)).toBe(true);
    expect(done(board)).toBe(true);
  });

  test("is nowhere when the provisioner goes away in silence", () => {
    const { scenery, board } = scene();
    const provisioner = new Provisioner(scenery, []);
    board.press();
    scenery.until(() => provisioner.described.length === 1);
    scenery.network.setUp(false);
    scenery.pass(SECURE_IDLE_MS + 40);
    expect(board.whys).toEqual([Status.Timeout]);
    expect(board.kept).toBe(null);
  });
});

test("a board that was handed over before proves it with the key of then, and not by its code",
  () => {
    const first = scene();
    const before = new Provisioner(first.scenery);
    first.board.press();
    done(first.board);
    const scenery = new Scenery("later");
    const key = before.accessKey;
    const own = { suites: Suite.Access, access: first.board.accessKey };
    const board = new Newcomer(scenery, new MockFlash(), first.board.identity, own);
    const both = { ...CRITERIA, suites: Suite.Access | Suite.Code };
    const stranger = new Provisioner(scenery, [OFFER], "XPR1-ANY-0", both);
    stranger.key = "k".repeat(32);
    const owner = new Provisioner(scenery, [OFFER], "XPR1-ANY-1", both);
    owner.key = key;
    new Provisioner(scenery, [OFFER], "XPR1-ANY-2");
    board.press();
    expect(done(board)).toBe(true);
    expect(stranger.described).toEqual([]);
    expect(stranger.gone).toEqual([Status.Auth]);
    expect(owner.trying.length).toBe(1);
    expect(board.accessKey).not.toBe(key);
  });

test("whoever wants a board whose button was pressed gets no other", () => {
  const { scenery, board } = scene();
  const pressed = { ...CRITERIA, modes: Mode.UserSelected };
  new Provisioner(scenery, [OFFER], "XPR1-ANY-1", pressed);
  board.joiner.open(scenery.clock.nowMs());
  scenery.until(() => board.whys.length > 0);
  expect(board.whys).toEqual([Status.Reject]);
  board.press();
  expect(done(board)).toBe(true);
  expect(scenery.air.joined.filter((ssid) => ssid === HOME_NETWORK).length).toBe(1);
});
