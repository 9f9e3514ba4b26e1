/** Several boards, several who wait, and clocks that jump. */
import { describe, expect, test } from "vitest";
import { INVITATION_MS, JOIN_WINDOW_MS, NETWORKS_MAX } from "../../../firmware/config.js";
import { Ending } from "../../../firmware/rendezvous/existing.js";
import { Status, statusFrame } from "../../../firmware/rendezvous/framing.js";
import { printDiscriminator } from "../../../firmware/rendezvous/network.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { end, meet } from "../../sim/between.js";
import { DEVICE_ID, Newcomer, OFFER, Provisioner, Scenery } from "../../sim/rendezvous.js";

/** Of a rendezvous in which all goes well (between.test.ts). */
const FRAMES = 14;

describe("time", () => {
  test("a jump ahead at any step ends it at most, and the next press begins anew", () => {
    for (let index = 0; index <= FRAMES; index++) {
      const place = meet();
      const { scenery, board, between, provisioner } = place;
      scenery.until(() => between.passed.length >= index);
      scenery.clock.advance(INVITATION_MS);
      end(place);
      if (board.stage === Stage.Done) continue;
      expect(board.kept).toBe(null);
      if (!provisioner.existing.ended) provisioner.existing.close();
      const other = new Provisioner(scenery, [OFFER], "XPR1-ANY-2");
      board.press();
      end(place);
      expect(board.stage, `after frame ${index}`).toBe(Stage.Done);
      expect(other.trying.length).toBe(1);
    }
  });

  test("who is here at the end of the waiting may finish, and nobody comes after", () => {
    const scenery = new Scenery();
    const board = new Newcomer(scenery);
    const provisioner = new Provisioner(scenery, []);
    scenery.pass(INVITATION_MS - 30000);
    board.press();
    expect(scenery.until(() => provisioner.described.length === 1)).toBe(true);
    scenery.pass(INVITATION_MS);
    expect(provisioner.endings).toEqual([]);
    provisioner.existing.provision(OFFER);
    expect(scenery.until(() => board.stage === Stage.Done)).toBe(true);
    expect(scenery.until(() => provisioner.endings.length > 0)).toBe(true);
    expect(provisioner.endings).toEqual([Ending.Timeout]);
  });
});

test("two who wait with the right code: the board goes to one, the other waits on", () => {
  const scenery = new Scenery();
  const board = new Newcomer(scenery);
  const both = [1, 2].map((tag) => new Provisioner(scenery, [OFFER], `XPR1-ANY-${tag}`));
  board.press();
  expect(scenery.until(() => board.stage === Stage.Done)).toBe(true);
  expect(both.map(({ trying }) => trying.length).sort()).toEqual([0, 1]);
  expect(both.map(({ gone }) => gone.length)).toEqual([0, 0]);
  expect(both.map(({ existing }) => existing.ended)).toEqual([false, false]);
});

test("who is busy is tried again, once all others were; so a rogue that is keeps nobody away", () => {
  const scenery = new Scenery();
  const board = new Newcomer(scenery);
  let visits = 0;
  const own = `XPR1-${printDiscriminator(DEVICE_ID, new HostCrypto())}`;
  scenery.air.add(`${own}-1`, { accept: (socket) => {
    visits++;
    socket.write(statusFrame(Status.Busy));
    return { onOpen: () => undefined, onDrain: () => undefined, onClosed: () => undefined,
      onBytes: () => undefined };
  } }, "", -20);
  for (let tag = 1; tag < NETWORKS_MAX; tag++) scenery.air.add(`XPR1-0000-${tag}`, null);
  board.press();
  scenery.pass(JOIN_WINDOW_MS - 10000);
  expect(visits).toBeGreaterThan(NETWORKS_MAX);
  expect(new Set(scenery.air.joined).size).toBe(NETWORKS_MAX);
  expect(board.attempts.failures()).toBe(0);
});

test("three boards whose buttons are pressed at once are added, one after the other", () => {
  const scenery = new Scenery();
  const { existing, trying } = new Provisioner(scenery, [OFFER, OFFER, OFFER]);
  const boards = [1, 2, 3].map((one) => {
    const place = new Scenery(one, scenery.clock);
    place.air.add("XPR1-ANY-1", existing);
    const board = new Newcomer(place);
    scenery.tickers.push(board.joiner);
    return board;
  });
  for (const board of boards) board.press();
  expect(scenery.until(() => boards.every((board) => board.stage === Stage.Done))).toBe(true);
  expect(boards.flatMap(({ whys }) => whys)).toContain(Status.Busy);
  expect(trying.length).toBe(3);
});
