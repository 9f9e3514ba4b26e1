/** A part of story.ts: two provisioning servers, of which the first lets the second in. */
import { afterAll, expect, test } from "vitest";
import type { Authority } from "../../authority/authority.js";
import type { Visitor } from "../../demo/visitor.js";
import type { Board } from "./board.js";
import { fieldsOf, meet, tellInOrder } from "./stage.js";
import type { Stage } from "./stage.js";

const SENSOR = { nodes: ["sensor"], fields: ["Temperature"] };

export function pairStory(
  onStage: () => Stage, who: () => Visitor, component: string,
): void {
  let stage: Stage;
  let visitor: Visitor;
  let board: Board;
  let first: Authority;
  let second: Authority;
  let device: string;
  let owner: string;
  tellInOrder();
  afterAll(() => first?.stop());

  test("the first allows a second, and a person decides", async () => {
    stage = onStage();
    visitor = who();
    device = stage.server.jid("third");
    owner = stage.server.jid("authority");
    first = await stage.employ(stage.component(component));
    await first.setRule({ device, peer: owner, secondaryTrust: true });
    board = await stage.start("third", "pair.flash", ["--provisioning", component]);
    await board.event(({ type, jid }) => type === "trust" && jid === component);
    second = await stage.employ(await stage.account("authority"));
    const outcome = second.befriend(device);
    await board.until((state) => state.led.pattern === "pairing" && state.led.on);
    await board.press();
    expect(await outcome).toBe("accepted");
    await board.until((state) => state.trust.includes(owner));
    expect((await board.state()).trust).toEqual([component, owner]);
  });

  test("both are asked, and what either grants holds", async () => {
    const peer = stage.server.jid("visitor");
    await first.setRule({ device, peer, friend: true, read: { fields: ["Temperature"] } });
    await second.setRule({ device, peer, friend: false, read: { fields: ["Humidity"] } });
    expect(await visitor.befriend(device)).toBe("accepted");
    await meet(visitor, board, device);
    expect(fieldsOf(await visitor.read(device, { nodes: ["sensor"] }))).toEqual({
      "sensor Temperature": "21.5 °C", "sensor Humidity": "40 %",
    });
  });

  test("a full grant does not wait for the one that is gone", async () => {
    await second.stop();
    expect(await visitor.read(device, SENSOR)).toMatchObject({ outcome: "read" });
    await first.stop();
    expect(await board.stop()).toBe(0);
  });
}
