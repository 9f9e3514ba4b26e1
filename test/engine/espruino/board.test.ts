/**
 * The two files of the board `linux`, as they are shipped, in the Storage of the real
 * interpreter: it pairs by its button, asks before it answers, and remembers after a power cut.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { build } from "../../../build/bundle.js";
import { Board } from "../../../build/measure/board.js";
import { ROOM, boot } from "../../../build/measure/bundle.js";
import { ROOT } from "../../../build/project.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Visitor } from "../../../demo/visitor.js";
import { dictate } from "../../prosody/stage.js";
import { ESPRUINO, Run } from "./interpreter.js";

const DOMAIN = "localhost";
const DEVICE = `thing@${DOMAIN}`;
const OWNER = `owner@${DOMAIN}`;
const GUEST = `guest@${DOMAIN}`;
const STORY_MS = 120000;

describe.skipIf(!ESPRUINO)("the linux board on Espruino", () => {
  let storage: Board;
  let server: Server;
  let authority: Authority;
  let visitor: Visitor;
  let board: Run;

  const powerOn = (): Run => new Run(["-e", "0"], storage.folder, STORY_MS);

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "board-"));
    const { built } = await build(ROOT, join(folder, "out"));
    rmSync(folder, { recursive: true });
    storage = new Board(ESPRUINO);
    await storage.store(boot(built.find((each) => each.board === "linux")!, ROOM));
    const pems = await generate([{ name: "commonName", value: DOMAIN }], { keySize: 2048 });
    server = await startServer({
      domain: DOMAIN,
      accounts: { thing: "secret", owner: "secret", guest: "secret" },
      tls: { key: pems.private, cert: pems.cert },
    });
    storage.settle({
      jid: DEVICE, password: "secret", host: "127.0.0.1", port: server.tlsPort, secure: true,
    });
    const account = (jid: string) =>
      ({ jid, password: "secret", host: "127.0.0.1", port: server.port });
    authority = new Authority({ link: account(OWNER) });
    visitor = new Visitor(account(GUEST));
    await authority.start();
    await visitor.start();
  }, STORY_MS);

  afterAll(async () => {
    await board?.kill();
    await visitor?.stop();
    await authority?.stop();
    await server?.close();
    storage?.remove();
  });

  test("comes online, blinks for a friendship request, and a press delegates trust", async () => {
    board = powerOn();
    await board.until(`online ${DEVICE}/`);
    const outcome = authority.befriend(DEVICE);
    // Before it is online the LED says other things.
    await board.until(/online [^]*led on[^]*led off/);
    board.type("board.press(200)");
    await board.until(`trust ${OWNER}`);
    expect(await outcome).toBe("accepted");
  }, STORY_MS);

  test("asks before it answers, and does what is allowed", async () => {
    const rule = { device: DEVICE, peer: GUEST, friend: true };
    await authority.setRule({ ...rule, read: true, control: true });
    expect(await visitor.befriend(DEVICE)).toBe("accepted");
    await visitor.whenPresent(DEVICE);
    board.type('board.set("Temperature", 23.375); print("set")');
    await board.until(/^set/m);
    const read = await visitor.read(DEVICE, { nodes: [{ nodeId: "sensor" }] });
    const values = read.outcome === "read" ? read.fields.map((field) => field.value) : read;
    expect(values).toEqual(["23.4", "40"]);
    expect((await visitor.switch(DEVICE, "relay1", "Output", true)).outcome).toBe("set");
    await board.until("relay1 on");
    board.type("print('= ' + JSON.stringify([board.relay1, board.relay2]))");
    await board.until(/= \[.*\]\r?\n/);
    expect(board.values()).toEqual([[true, false]]);
  }, STORY_MS);

  test("after a power cut it is still trusted, and refuses what a new rule forbids", async () => {
    await board.kill();
    board = powerOn();
    await board.until(`trust ${OWNER}`);
    await board.until(`online ${DEVICE}/`);
    const rule = { device: DEVICE, peer: GUEST, friend: true };
    await dictate(authority, { ...rule, read: false, control: false });
    await visitor.whenPresent(DEVICE);
    expect((await visitor.read(DEVICE, { nodes: [{ nodeId: "sensor" }] })).outcome).toBe("refused");
    expect((await visitor.switch(DEVICE, "relay1", "Output", true)).outcome).toBe("refused");
    expect(board.text).not.toContain("relay1 on");
  }, STORY_MS);
});
