/**
 * A provisioning server that ends and comes back on a real Prosody: what it changes then reaches
 * the board, although nobody tells a component again who is there (XEP-0324 "clearcache"). A board
 * that came while it was away is in unit/device/hostile/delegation.test.ts: it takes a minute.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authority } from "../../authority/authority.js";
import type { ReadResult, Visitor } from "../../demo/visitor.js";
import type { Board } from "./board.js";
import { missingProsody } from "./prosody.js";
import { Stage, dictate, meet } from "./stage.js";

const DOMAIN = "home.example";
const COMPONENT = `prov.${DOMAIN}`;

const missing = missingProsody();
if (missing) console.log(`skipped: ${missing}`);

describe.skipIf(missing && process.env["CI"] !== "true")("a provisioning server that was away", () => {
  let stage: Stage;
  let board: Board;
  let authority: Authority;
  let visitor: Visitor;
  let device = "";

  beforeAll(async () => {
    if (missing) throw new Error(missing);
    stage = await Stage.open({
      domain: DOMAIN, components: { [COMPONENT]: "hush" },
      accounts: { device: "thing", visitor: "knocks" },
    });
    device = stage.server.jid("device");
    authority = await stage.employ(stage.component(COMPONENT));
    board = await stage.start("device", "flash", ["--provisioning", COMPONENT]);
    await board.event(({ type }) => type === "trust");
    visitor = await stage.visit("visitor");
    await authority.setRule(rule(true));
    expect(await visitor.befriend(device)).toBe("accepted");
    await meet(visitor, board, device);
    expect(await read()).toBe("read");
  });
  afterAll(() => stage?.close());

  const rule = (may: boolean) =>
    ({ device, peer: stage.server.jid("visitor"), friend: true, read: may });
  const read = async (): Promise<ReadResult["outcome"]> => (await visitor.read(device)).outcome;

  test("finds the board that never left", async () => {
    await authority.stop();
    expect(await read()).toBe("read");
    authority = await stage.employ(stage.component(COMPONENT));
    await dictate(authority, rule(false));
    expect(await read()).not.toBe("read");
  });
});
