/**
 * The way onto a board, for real: the interpreter's build for Linux on a pseudo-terminal is the
 * board on a cable. `npm run flash` uploads to it as it would to a chip, it boots from its Storage,
 * and is paired; an update keeps its trust; three failed starts end in safe mode; and an image
 * boots as it was written. TLS is another test's business (board.test.ts): the builds for Linux
 * whose heap grows do not always find room for it in one piece.
 */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../../authority/authority.js";
import { ROOT } from "../../../build/project.js";
import { type Server, startServer } from "../../../demo/server.js";
import { HAS_PTY } from "../../unit/flash/pty.js";
import { RealBoard } from "../../unit/flash/real.js";
import { ESPRUINO } from "./interpreter.js";

const DOMAIN = "localhost";
const DEVICE = `thing@${DOMAIN}`;
const OWNER = `owner@${DOMAIN}`;
const STORY_MS = 180000;
const STARTED_MS = 30000;

/** One of our commands, as a person runs it. */
async function run(script: string, ...args: string[]): Promise<{ text: string; code: number }> {
  const child = spawn("npm", ["run", "-s", script, "--", ...args],
    { cwd: ROOT, env: { ...env, THING_PASSWORD: "secret" } });
  child.stdin.end();
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (said: string) => (text += said));
  }
  const code = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code!)));
  return { text, code };
}

describe.skipIf(!ESPRUINO || !HAS_PTY)("a board on a cable", () => {
  let folder = "";
  let server: Server;
  let authority: Authority;
  let board: RealBoard;
  let given: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cable-"));
    server = await startServer({
      domain: DOMAIN, accounts: { thing: "secret", owner: "secret" },
    });
    const link = { jid: OWNER, password: "secret", host: "127.0.0.1", port: server.port };
    authority = new Authority({ link });
    await authority.start();
    board = await RealBoard.plugIn(ESPRUINO, folder);
    given = ["--yes", "--port", board.port, "--jid", DEVICE, "--host", "127.0.0.1",
      "--server-port", String(server.port), "--tls", "off"];
    expect((await run("build")).code).toBe(0);
  }, STORY_MS);

  afterAll(async () => {
    await board?.unplug();
    await authority?.stop();
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  /** What is new on the console from here on. */
  const fresh = (): void => void (board.text = "");

  test("is flashed, boots from its Storage, comes online, and is paired by its button", async () => {
    const { text, code } = await run("flash", ...given);
    expect([code, text]).toEqual([0, expect.stringContaining("started ")]);
    await board.until(`online ${DEVICE}/`);
    const outcome = authority.befriend(DEVICE);
    await board.until("led on");
    await board.until("led off");
    board.type("board.press(200)");
    await board.until(`trust ${OWNER}`);
    expect(await outcome).toBe("accepted");
    expect(board.text).not.toContain("secret");
  }, STORY_MS);

  test("flashed again it writes nothing that is there, keeps its journal, and is trusted", async () => {
    fresh();
    const { text, code } = await run("flash", ...given);
    expect([code, text]).toEqual([0, expect.stringMatching(/app .*there already/)]);
    await board.until(`trust ${OWNER}`);
    await board.until(`online ${DEVICE}/`);
  }, STORY_MS);

  test("an update that is broken off starts nothing; the next one makes it whole", async () => {
    fresh();
    board.type('require("Storage").write("cold","torn",0,9);print("to"+"rn")');
    await board.until("torn");
    await board.cut();
    await board.until("safe mode: the application is not whole");
    fresh();
    expect((await run("flash", ...given)).code).toBe(0);
    await board.until(`online ${DEVICE}/`);
    expect(board.text).toContain(`trust ${OWNER}`);
  }, STORY_MS);

  test("after three starts that failed it waits in safe mode, until somebody lets it out", async () => {
    // Linux cannot tell a power cut from a crash: whatever was cut off before has failed, too.
    fresh();
    expect((await run("recover", "--port", board.port, "--retry")).code).toBe(0);
    for (let i = 0; i < 3; i++) {
      if (i > 0) fresh();
      if (i > 0) await board.cut();
      await board.until("starts in 3 s");
      await board.until(/trust /, STARTED_MS);
    }
    fresh();
    await board.cut();
    await board.until("safe mode: 3 starts failed");
    const told = await run("recover", "--port", board.port);
    expect([told.code, told.text]).toEqual([0, expect.stringContaining("3 starts failed")]);
    await board.until(/safe mode[^]*safe mode/);
    fresh();
    const freed = await run("recover", "--port", board.port, "--retry");
    expect([freed.code, freed.text]).toEqual([0, expect.stringContaining("are forgotten")]);
    await board.until(`online ${DEVICE}/`);
    expect(board.text).toContain(`trust ${OWNER}`);
  }, STORY_MS);

  test("a minute after the start it is noted as a good one", async () => {
    fresh();
    await board.cut();
    await board.until(`online ${DEVICE}/`);
    const starts = (): string => /starts([sacx0-9]{4,})/.exec(
      readFileSync(join(folder, "espruino.flash"), "latin1").replace(/\0/g, ""))?.[1] ?? "";
    await expect.poll(starts, { timeout: 100000, interval: 500 }).toMatch(/a000s000$/);
  }, STORY_MS);

  test("an image boots as it was written", async () => {
    const file = join(folder, "board.img");
    const { text, code } = await run("flash", "--image", file, "--board", "linux",
      "--jid", DEVICE, "--host", "127.0.0.1", "--server-port", String(server.port), "--tls", "off");
    expect([code, text]).toEqual([0, expect.stringContaining("917504 octets")]);
    await board.cut(false);
    const flash = join(folder, "espruino.flash");
    // The build for Linux may have less of it; what is behind the files is blank.
    const bytes = readFileSync(flash).length;
    copyFileSync(file, flash);
    truncateSync(flash, bytes);
    if (existsSync(join(folder, "thing.flash"))) rmSync(join(folder, "thing.flash"));
    fresh();
    board.powerOn();
    await board.until(`online ${DEVICE}/`);
    await run("recover", "--port", board.port, "--stop");
    expect(board.text).toContain("starts in 3 s");
  }, STORY_MS);
});
