/**
 * The bundle of the board `linux`, as it is shipped, on the real interpreter, over real TLS to a
 * real Prosody: it pairs with a provisioning server by its button, and answers whom that allows.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authority } from "../../authority/authority.js";
import { build } from "../../build/bundle.js";
import { Board } from "../../build/measure/board.js";
import { ROOM, boot } from "../../build/measure/bundle.js";
import { ROOT } from "../../build/project.js";
import type { Visitor } from "../../demo/visitor.js";
import { ESPRUINO, Run } from "../engine/espruino/interpreter.js";
import { missingProsody } from "./prosody.js";
import { Stage, dictate, fieldsOf, tellInOrder } from "./stage.js";

const DOMAIN = "home.example";
const DEVICE = `device@${DOMAIN}`;
const OWNER = `authority@${DOMAIN}`;
const GUEST = `visitor@${DOMAIN}`;
const ACCOUNTS = { device: "salty & sweet", authority: "asks", visitor: "knocks" };
const RULE = { device: DEVICE, peer: GUEST, friend: true };
const SENSOR = { nodes: [{ nodeId: "sensor" }], fields: ["Temperature"] };
const FORBIDDEN = { outcome: "refused", condition: "forbidden" };
/** The interpreter lives so long; its password hash alone takes seconds on a busy machine. */
const STORY_MS = 120000;
const ONLINE_MS = 60000;
/** All of them within the device's window. */
const PRESS_MS = 5000;
const PRESSES_MAX = 5;

const missing = ESPRUINO ? missingProsody() : "ESPRUINO names no interpreter";
if (missing) console.log(`skipped: ${missing}`);

describe.skipIf(missing)("the linux board on Espruino, on Prosody", () => {
  let storage: Board;
  let stage: Stage;
  let authority: Authority;
  let visitor: Visitor;
  let board: Run;
  tellInOrder();

  /** Again where the machine slept through it, as a person does while the LED still blinks. */
  const press = async (presses = 1): Promise<void> => {
    board.type("board.press(300)");
    const trust = board.until(`trust ${OWNER}`, PRESS_MS);
    await (presses < PRESSES_MAX ? trust.catch(() => press(presses + 1)) : trust);
  };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "board-"));
    const { built } = await build(ROOT, join(folder, "out"));
    rmSync(folder, { recursive: true });
    storage = new Board(ESPRUINO);
    await storage.store(boot(built.find((each) => each.board === "linux")!, ROOM));
    stage = await Stage.open({ domain: DOMAIN, accounts: ACCOUNTS, espruino: true });
    const { host, port } = stage.server;
    storage.settle({ jid: DEVICE, password: ACCOUNTS.device, host, port, secure: true });
    authority = await stage.employ(await stage.account("authority"));
    visitor = await stage.visit("visitor");
  }, STORY_MS);

  afterAll(async () => {
    await board?.kill();
    await stage?.close();
    storage?.remove();
  });

  test("comes online, and a press while it blinks delegates trust", async () => {
    board = new Run(["-e", "0"], storage.folder, STORY_MS);
    await board.until(`online ${DEVICE}/`, ONLINE_MS);
    const outcome = authority.befriend(DEVICE);
    await board.until(/online [^]*led on/);
    await press();
    expect(await outcome).toBe("accepted");
  }, STORY_MS);

  test("answers a read-out of whom the authority allows, and nothing beyond it", async () => {
    await dictate(authority, {
      ...RULE, read: { fields: ["Temperature"] }, control: { nodes: [{ nodeId: "relay1" }] },
    });
    expect(await visitor.befriend(DEVICE)).toBe("accepted");
    await visitor.whenPresent(DEVICE);
    board.type('board.set("Temperature", 23.375); print("set")');
    await board.until(/^set/m);
    expect(fieldsOf(await visitor.read(DEVICE))).toEqual({ "sensor Temperature": "23.4 °C" });
  }, STORY_MS);

  test("switches the relay that is allowed, and not the other", async () => {
    expect(await visitor.switch(DEVICE, "relay1", "Output", true))
      .toMatchObject({ outcome: "set" });
    expect(await visitor.switch(DEVICE, "relay2", "Output", true)).toMatchObject(FORBIDDEN);
    board.type("print('= ' + JSON.stringify([board.relay1, board.relay2]))");
    await board.until("= [");
    expect(board.values()).toEqual([[true, false]]);
  }, STORY_MS);

  test("refuses what another rule forbids", async () => {
    expect(await visitor.read(DEVICE, SENSOR)).toMatchObject({ outcome: "read" });
    await dictate(authority, { ...RULE, read: false, control: false });
    expect(await visitor.read(DEVICE, SENSOR)).toMatchObject(FORBIDDEN);
    expect(await visitor.switch(DEVICE, "relay1", "Output", false)).toMatchObject(FORBIDDEN);
    expect(board.text).not.toContain("relay1 off");
    expect(board.text).not.toMatch(/Uncaught|MEMORY/);
  }, STORY_MS);
});
