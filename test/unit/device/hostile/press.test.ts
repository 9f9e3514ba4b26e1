/** HOSTILE-TESTS 7.7, 7.8: what is a press, and when. */
import { describe, expect, test } from "vitest";
import { PAIRING_WINDOW_MS, STUCK_MS, TICK_MS } from "../../../../firmware/config.js";
import { Fault } from "../../../../firmware/fault.js";
import { Authority } from "../../../sim/authority.js";
import { Witness } from "../../../sim/witness.js";
import { AUTHORITY_ACCOUNT, World, catalogue } from "../../../sim/world.js";
import { ask, heard, strangers, TRUSTED } from "./cast.js";

describe("T 7.7: only the edge of a press, debounced, after the light is on", () => {
  test("down already when the window opens", () => {
    const one = strangers();
    one.world.owner.hold();
    one.world.pass(1000);
    ask(one);
    one.world.pass(PAIRING_WINDOW_MS);
    expect(heard(one.authority)).toEqual(["presence unsubscribed"]);
  });

  test.each([0, 1])("down %i ms before the window opens", (beforeMs) => {
    const one = strangers();
    one.world.owner.hold();
    one.world.pass(TICK_MS + beforeMs);
    ask(one);
    one.world.pass(PAIRING_WINDOW_MS);
    expect(heard(one.authority)).toEqual(["presence unsubscribed"]);
  });

  test("down since the start", () => {
    const world = new World();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    world.owner.hold();
    world.start();
    ask({ world, authority });
    world.pass(PAIRING_WINDOW_MS);
    expect(heard(authority)).toEqual(["presence unsubscribed"]);
    expect(world.device.status().trust).toEqual([]);
  });

  test("stuck: a fault for people to see, and no accept, until it is seen released", () => {
    const world = new World();
    const authority = new Authority(world, AUTHORITY_ACCOUNT);
    world.owner.hold();
    world.start();
    expect(world.device.status().defect).toBe(Fault.None);
    world.pass(STUCK_MS);
    expect(world.device.status().defect).toBe(Fault.ButtonStuck);
    ask({ world, authority });
    world.pass(1000);
    expect(world.device.status().trust).toEqual([]);
    world.owner.release();
    world.pass(1000);
    expect(world.device.status().defect).toBe(Fault.None);
    world.owner.press();
    expect(world.device.status().trust).toEqual(TRUSTED);
  });

  test("contacts that chatter are no press", () => {
    const one = strangers();
    ask(one);
    for (let i = 0; i < 100; i++) {
      one.world.board.button.down = i % 2 === 0;
      one.world.pass(TICK_MS);
    }
    one.world.owner.release();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([]);
    one.world.owner.press();
    expect(heard(one.authority)).toEqual(["presence subscribed"]);
  });

  test("a glitch shorter than a sample is no press", () => {
    const one = strangers();
    ask(one);
    one.world.owner.hold();
    one.world.pass(TICK_MS);
    one.world.owner.release();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([]);
  });
});

describe("T 7.8: before the deadline and after it", () => {
  test.each([
    ["down at 29.8 s: accepted", -200, "presence subscribed"],
    ["down at 29.99 s, which is noticed too late: refused", -10, "presence unsubscribed"],
    ["down at 30.01 s: refused", 10, "presence unsubscribed"],
  ])("%s", (_what, offsetMs, answer) => {
    const one = strangers();
    ask(one);
    one.world.pass(PAIRING_WINDOW_MS + offsetMs);
    one.world.owner.press();
    one.world.pass(1000);
    expect(heard(one.authority)).toEqual([answer]);
    expect(one.world.device.status().trust.length).toBe(offsetMs < -10 ? 1 : 0);
  });

  test("a press without a window is nothing", () => {
    const { world } = strangers();
    const witness = new Witness(world);
    world.owner.press();
    world.owner.press();
    expect(witness.changes()).toEqual([]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile presses")).toBe("");
});
