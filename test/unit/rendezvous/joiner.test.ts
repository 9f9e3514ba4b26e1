import { expect, test } from "vitest";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { Newcomer, OFFER, Provisioner, Scenery } from "../../sim/rendezvous.js";

test("a press, and a board without a network has one, and an account", () => {
  const scenery = new Scenery();
  const joiner = new Newcomer(scenery);
  const provisioner = new Provisioner(scenery);
  joiner.fillPool();
  scenery.pass(10000);
  expect(joiner.stage).toBe(Stage.Closed);
  joiner.press();
  expect(scenery.until(() => joiner.stage === Stage.Done)).toBe(true);
  expect(joiner.stages).toEqual([Stage.Scanning, Stage.Associating, Stage.Dialling,
    Stage.Identifying, Stage.Proving, Stage.Secured, Stage.Homing, Stage.Done]);
  expect(joiner.kept).toEqual(OFFER);
  expect(joiner.told).toEqual([`owner@ex.org ${provisioner.trying[0]}`]);
  expect(joiner.accessKey).toBe(provisioner.accessKey);
  expect(joiner.accessKey.length).toBe(32);
  expect(provisioner.described[0]!.joiner.serial).toBe("SN-0001");
  expect(provisioner.gone).toEqual([]);
  expect(joiner.attempts.failures()).toBe(0);
});
