/** The factory reset as a person does it on a virtual board, ten seconds by the wall clock. */
import { expect, test } from "vitest";
import { createDesktop } from "../../../../boards/desktop.js";
import { Device } from "../../../../firmware/device.js";
import { startServer } from "../../../../demo/server.js";
import { Board } from "../../../../hal/host/board.js";
import { createFlash } from "../../../../hal/host/flash.js";
import type { HostFlash } from "../../../../hal/host/flash.js";
import { parseOptions } from "../../../../hal/host/option.js";
import { settle } from "../../../../hal/host/setting.js";

/** Contacts settle in 50 ms (DEBOUNCE_MS), on a machine that is busy with other things. */
const BOOT_MS = 500;
const HELD_MS = 11000;
const SECRET = "s3cret-of-the-board";

interface Run {
  board: Board;
  log: string[];
  state(): { online: boolean; jid: string | null; led: { pattern: string } };
}

function run(line: string, flash: HostFlash): Run {
  const options = parseOptions(line.split(" ").filter(Boolean), {})!;
  const settings = settle(options, flash);
  const log: string[] = [];
  const board = new Board({
    nodes: createDesktop(), flash, log: (one) => log.push(one),
    createFirmware: (hal, nodes) => new Device(hal, nodes, settings),
  });
  board.start();
  return { board, log, state: () => board.state() as ReturnType<Run["state"]> };
}

const words = (log: string[]): string => log.filter((one) => one.startsWith("led ")).join();

test("with an account of its own it comes back; what flash alone knew is gone", async () => {
  const server = await startServer({ domain: "ex.org", accounts: { dev: SECRET, kept: SECRET } });
  const own = createFlash();
  const learned = createFlash();
  const account = (name: string): string => `--jid ${name}@ex.org --password ${SECRET} ` +
    `--host 127.0.0.1 --port ${server.port} --tls off`;
  const before = run(account("dev"), learned);
  await expect.poll(() => before.state().online).toBe(true);
  await before.board.stop();
  const runs = [run(account("kept"), own), run("", learned)];
  try {
    for (const { log } of runs) await expect.poll(() => log.join()).toMatch(/online/);
    // A button that has never been up since the start is taken for a broken one.
    await new Promise((resolve) => { setTimeout(resolve, BOOT_MS); });
    await Promise.all(runs.map(({ board }) => board.button.press(HELD_MS)));
    for (const { log } of runs) {
      await expect.poll(() => words(log)).toMatch(/led hold,led reset,led off,led erased/);
    }
    await expect.poll(() => runs[0]!.state().online).toBe(true);
    expect(runs[1]!.state()).toMatchObject({ online: false, jid: null, trust: [] });
    await expect.poll(() => runs[1]!.state().led.pattern).toBe("unclaimed");
    for (const flash of [own, learned]) {
      const pages = [...Array(flash.pages).keys()];
      const image = pages.map((page) => flash.read(page, 0, flash.pageBytes)).join("");
      expect(image).not.toContain(SECRET);
      expect(image).not.toContain("@ex.org");
    }
  } finally {
    for (const { board } of runs) await board.stop();
    await server.close();
  }
});
