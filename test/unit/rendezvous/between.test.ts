/**
 * Somebody between a new board and whoever waits for it: both are real and have the same code,
 * and each frame on its way is spoilt in each way. Whatever comes of it is nothing, or the whole.
 */
import { describe, expect, test } from "vitest";
import {
  FRAME_BYTES_MAX, IDENTIFY_MS, PASE_MS, PROOF_MS, SECURE_IDLE_MS, SHARE_MS,
} from "../../../firmware/config.js";
import { encodeCriteria } from "../../../firmware/rendezvous/description.js";
import { FrameType, Frames, Status, frame } from "../../../firmware/rendezvous/framing.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { type Fate, type Spoil, end, meet } from "../../sim/between.js";
import { CRITERIA, Newcomer, OFFER, Scenery } from "../../sim/rendezvous.js";
import vectors from "../../vectors/cpace.json" with { type: "json" };

const WHOLE = meet();
end(WHOLE);
const ORDER = WHOLE.between.passed;
/** Where both have proved themselves, and it is secured what is said. */
const PROVED = ORDER.findIndex(({ type }) => type === FrameType.Secure);

const turn = (text: string, at: number): string =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
const on = (octets: string): Fate => ({ on: octets, back: "" });

const SPOILS: [string, Spoil][] = [
  ["cut short by an octet", (type, body) => on(frame(type, body.slice(0, -1)))],
  ["cut to half", (type, body) => on(frame(type, body.slice(0, body.length >> 1)))],
  ["emptied", (type) => on(frame(type, ""))],
  ["longer by an octet", (type, body) => on(frame(type, `${body}x`))],
  ["changed at its begin", (type, body) => on(frame(type, turn(body, 0)))],
  ["changed at its end", (type, body) => on(frame(type, turn(body, body.length - 1)))],
  ["of the next type", (type, body) => on(frame(type + 1, body))],
  ["swallowed", () => on("")],
  ["replaced by the one before", (_type, _body, before) => on(before)],
  ["sent back to where it came from", (type, body) => ({ on: "", back: frame(type, body) })],
  ["behind the one before once more", (type, body, before) => on(before + frame(type, body))],
];

test("the frames of a rendezvous come in their order", () => {
  expect(ORDER.slice(0, PROVED).map(({ up, type }) => [up, type])).toEqual([
    [false, FrameType.IdentifyRequest], [true, FrameType.IdentifyResponse],
    [true, FrameType.Pase1], [false, FrameType.Pase2], [false, FrameType.ConfirmB],
    [true, FrameType.ConfirmA],
  ]);
  // ArmFailSafe, Identify, Provision, Commit, each with its answer.
  expect(ORDER.slice(PROVED).map(({ up, type }) => [up, type])).toEqual(
    Array.from({ length: 8 }, (_, i) => [i % 2 === 1, FrameType.Secure]));
  expect(WHOLE.board.kept).toEqual(OFFER);
});

describe.each(SPOILS)("a frame that is %s", (what, spoil) => {
  test("hands over nothing, or all that was meant", () => {
    for (let index = 0; index < ORDER.length; index++) {
      // Before the first of a direction there is nothing to repeat.
      if (index < 2 && /the one before/.test(what)) continue;
      const place = meet(index, spoil);
      end(place);
      const { board, provisioner } = place;
      const where = `frame ${index}`;
      const last = ORDER.length - 1;
      // Whoever has the last word cannot know whether it was heard.
      if (index < last) expect(board.kept, where).toBe(null);
      if (index < PROVED) {
        expect(provisioner.described, where).toEqual([]);
        expect(board.stages, where).not.toContain(Stage.Homing);
      }
      if (index < last - 1) expect(provisioner.trying, where).toEqual([]);
      expect([null, OFFER], where).toContainEqual(board.kept);
      // And both are ready for the next.
      if (board.stage === Stage.Done) continue;
      expect(provisioner.existing.ended, where).toBe(false);
    }
  });
});

test("what was said at an earlier time is worth nothing", () => {
  const old = ORDER.filter(({ up }) => !up).map(({ octets }) => octets);
  const scenery = new Scenery("another day");
  const board = new Newcomer(scenery);
  const heard: FrameType[] = [];
  scenery.air.add("XPR1-ANY-1", { accept: (socket) => {
    const frames = new Frames();
    socket.write(old[0]!);
    return { onOpen: () => undefined, onDrain: () => undefined, onClosed: () => undefined,
      onBytes: (bytes) => {
        frames.push(bytes);
        for (let type = frames.next(); type !== FrameType.None; type = frames.next()) {
          heard.push(type);
          if (type === FrameType.Pase1) socket.write(old[1]! + old[2]!);
        }
      } };
  } });
  board.press();
  scenery.until(() => board.whys.length > 0);
  expect(board.whys).toEqual([Status.Auth]);
  expect(heard).not.toContain(FrameType.ConfirmA);
  expect(board.attempts.failures()).toBe(1);
});

/** Of low order, not reduced, or with the bit that X25519 does not look at. */
describe("a point that the draft calls invalid", () => {
  const points = Object.entries(vectors.X25519_points as Record<string, string>)
    .filter(([name]) => /Y\d/.test(name))
    .map(([name, hex]) => [name, Buffer.from(hex, "hex").toString("latin1")] as const);

  test.each(points)("%s gets nothing from either side", (_name, point) => {
    for (const type of [FrameType.Pase1, FrameType.Pase2]) {
      const index = type === FrameType.Pase1 ? 2 : 3;
      const place = meet(index, (_type, body) => on(frame(type, point + body.slice(32))));
      end(place);
      expect(place.board.kept).toBe(null);
      expect(place.provisioner.described).toEqual([]);
      const proofs = place.between.passed.filter((one) => one.type === FrameType.ConfirmA);
      expect(proofs).toEqual([]);
      if (type === FrameType.Pase2) expect(place.board.attempts.failures()).toBe(1);
    }
  });
});

describe("whoever is silent, or slow,", () => {
  test.each([
    ["from the begin", 0, IDENTIFY_MS], ["after our share", 3, SHARE_MS],
    ["before its proof", 4, PROOF_MS], ["in the secured channel", PROVED, SECURE_IDLE_MS],
    ["after its first order", PROVED + 2, SECURE_IDLE_MS],
  ])("%s is left in time by the board", (_what, index, ms) => {
    const { scenery, board, between } = meet(index, () => on(""));
    scenery.until(() => between.passed.length > index);
    const startMs = scenery.clock.nowMs();
    scenery.until(() => board.whys.length > 0, PASE_MS);
    expect(board.whys).toHaveLength(1);
    expect(scenery.clock.nowMs() - startMs).toBeLessThan(ms + 1000);
  });

  test("an octet now and then buys no time", () => {
    const scenery = new Scenery();
    const board = new Newcomer(scenery);
    const request = frame(FrameType.IdentifyRequest, encodeCriteria(CRITERIA));
    scenery.air.add("XPR1-ANY-1", { accept: (socket) => {
      for (let i = 0; i < request.length; i++) {
        scenery.clock.schedule(1000 * (i + 1), () => socket.write(request[i]!));
      }
      return { onOpen: () => undefined, onDrain: () => undefined, onClosed: () => undefined,
        onBytes: () => undefined };
    } });
    board.press();
    scenery.until(() => board.stage === Stage.Identifying);
    const startMs = scenery.clock.nowMs();
    scenery.until(() => board.whys.length > 0);
    expect(board.whys).toEqual([Status.Timeout]);
    expect(scenery.clock.nowMs() - startMs).toBeLessThan(IDENTIFY_MS + 1000);
  });

  test("who says very much in a moment is left at once", () => {
    const flood = frame(FrameType.Pase2, "y".repeat(FRAME_BYTES_MAX)).repeat(3);
    const { scenery, board } = meet(0, () => on(flood));
    scenery.until(() => board.whys.length > 0);
    expect(board.whys).toEqual([Status.Error]);
  });
});
