/**
 * The memory sweep: the linux board as it is shipped, with so many JsVars of the chip's size and
 * no more. Whatever their number, it does what it was granted or it does nothing, and never what it
 * was not granted; and it does not fall over. With the chip's number it works.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { build } from "../../../build/bundle.js";
import { Board, type Run } from "../../../build/measure/board.js";
import { boot } from "../../../build/measure/bundle.js";
import { press } from "../../../build/measure/story.js";
import { ROOT } from "../../../build/project.js";
import { type Server, startServer } from "../../../demo/server.js";
import { Visitor } from "../../../demo/visitor.js";

const ESPRUINO32 = process.env["ESPRUINO32"] ?? "";
const DOMAIN = "localhost";
const DEVICE = `thing@${DOMAIN}`;
const OWNER = `owner@${DOMAIN}`;
const GUEST = `guest@${DOMAIN}`;
const PASSWORD = "secret";
/** What a chip has at least (ENGINE 4), and what is far too little. */
const CHIP = 4500;
const FEW = [500, 1500, 2500, 3000, 3300, 3400, 3600, 4000];
/** A board that has not come online by then does not; an answer that is not there does not come. */
const START_MS = 25000;
const ANSWER_MS = 8000;
const STORY_MS = 180000;

if (!ESPRUINO32) console.log("skipped: ESPRUINO32 is not set (a build with the chip's JsVars)");

describe.skipIf(!ESPRUINO32)("with so many JsVars", () => {
  let server: Server;
  let authority: Authority;
  let visitor: Visitor;
  let board: Board;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "sweep-"));
    const { built } = await build(ROOT, join(folder, "out"));
    rmSync(folder, { recursive: true });
    const accounts = { thing: PASSWORD, owner: PASSWORD, guest: PASSWORD };
    server = await startServer({ domain: DOMAIN, accounts });
    const account = (jid: string) =>
      ({ jid, password: PASSWORD, host: "127.0.0.1", port: server.port });
    authority = new Authority({ link: account(OWNER) });
    visitor = new Visitor(account(GUEST));
    await authority.start();
    await visitor.start();
    board = new Board(ESPRUINO32);
    board.settle({ ...account(DEVICE), secure: false });
    await board.store(boot(built.find((each) => each.board === "linux")!));
    await pair();
  }, STORY_MS);

  afterAll(async () => {
    await visitor?.stop();
    await authority?.stop();
    await server?.close();
    board?.remove();
  });

  /** With memory in plenty; what it knows afterwards is in its flash. */
  async function pair(): Promise<void> {
    const run = board.powerOn();
    await run.until(/online /);
    const from = run.text.length;
    const outcome = authority.befriend(DEVICE);
    await run.until(/led on/, from);
    await press(run, OWNER);
    expect(await outcome).toBe("accepted");
    const rule = { device: DEVICE, peer: GUEST, friend: true, read: true, control: false };
    await authority.setRule(rule);
    expect(await visitor.befriend(DEVICE)).toBe("accepted");
    await off(run);
  }

  async function off(run: Run): Promise<void> {
    await run.kill();
    while (visitor.fullJid(DEVICE)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** How a read-out that is allowed, and a switching that is not, end. */
  async function life(vars: number): Promise<{ read: string; text: string }> {
    const run = board.powerOn(["env", `ESPR_VARS=${vars}`]);
    let read = "absent";
    if (await visitor.whenPresent(DEVICE, START_MS)) {
      const result = await visitor.read(DEVICE, { nodes: ["sensor"] }, ANSWER_MS);
      read = result.outcome;
      if (result.outcome === "read") expect(result.fields[0]!.value).toBe("21.5");
      const set = await visitor.switch(DEVICE, "relay1", "Output", true);
      expect(set.outcome).not.toBe("set");
    }
    const { text } = run;
    // Without memory for its start a board sets no timer, and then the interpreter ends. In a build
    // with assertions so does what a chip's answers with no result; a signal would be a fall.
    const { signal } = run;
    await off(run);
    expect([vars, signal, /relay1 on/.test(text)]).toEqual([vars, null, false]);
    return { read, text };
  }

  test.each(FEW)("%i: it does what is granted, or nothing", async (vars) => {
    await life(vars);
  }, STORY_MS);

  test(`${CHIP}, as a chip has: it works`, async () => {
    expect((await life(CHIP)).read).toBe("read");
  }, STORY_MS);

  test(`${FEW[0]!}: it cannot start, and says so`, async () => {
    const { read, text } = await life(FEW[0]!);
    expect(read).toBe("absent");
    expect(text).toMatch(/memory/i);
  }, STORY_MS);
});
