/**
 * A board is an Espruino like any other: what `npm run flash` writes, Espruino's own command-line
 * tool (the package `espruino`) can write, too, and reads as it was meant. The tool knows serial
 * ports and TCP, but no pseudo-terminals, so the interpreter's console is on a TCP port here.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../../build/project.js";
import { codeFiles } from "../../../flash/content.js";
import { ESPRUINO } from "./interpreter.js";

const BUILD_MS = 180000;
const UPLOAD_MS = 180000;
const TOOL = join(ROOT, "node_modules/espruino/bin/espruino-cli.js");

function end(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.on("close", (code) => resolve(code ?? -1)));
}

describe.skipIf(!ESPRUINO)("Espruino's own tool", () => {
  let folder = "";
  let board: ChildProcess;
  let console: Server;
  const guests = new Set<Socket>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tool-"));
    await end(spawn("npm", ["run", "-s", "build"], { cwd: ROOT, stdio: "ignore" }));
    board = spawn(ESPRUINO, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    board.stdout!.on("data", (bytes: Buffer) => guests.forEach((guest) => guest.write(bytes)));
    console = createServer((guest) => {
      guests.add(guest.on("error", () => guest.destroy()).on("close", () => guests.delete(guest)));
      guest.on("data", (bytes) => board.stdin!.write(bytes));
    });
    await new Promise<void>((resolve) => console.listen(0, "127.0.0.1", resolve));
  }, BUILD_MS);

  afterAll(async () => {
    const ended = end(board);
    board.kill("SIGKILL");
    await ended;
    for (const guest of guests) guest.destroy();
    await new Promise((resolve) => console.close(resolve));
    rmSync(folder, { recursive: true });
  });

  async function tool(...args: string[]): Promise<string> {
    const { port } = console.address() as AddressInfo;
    const child = spawn(process.execPath,
      [TOOL, "--no-ble", "-p", `tcp://127.0.0.1:${port}`, ...args], { cwd: folder });
    child.stdin.end();
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (said: string) => (text += said));
    await end(child);
    return text;
  }

  test("writes the application into Storage, octet for octet", async () => {
    const { ".boot0": _boot, ...files } = codeFiles("linux");
    const given: string[] = [];
    for (const [name, code] of Object.entries(files)) {
      writeFileSync(join(folder, name), code, "latin1");
      given.push("--storage", `${name}:${name}`);
    }
    const sums = "print('sums '+require('Storage').list().map(" +
      "n=>n+'='+E.CRC32(require('Storage').read(n))).join())";
    const text = await tool(...given, "-e", sums);
    const found = Object.fromEntries((/sums ([^\s]+)/.exec(text.replace(/\s+/g, " "))?.[1] ?? "")
      .split(",").map((one) => one.split("=")));
    const wanted = Object.fromEntries(Object.entries(files)
      .map(([name, code]) => [name, String(crc32(Buffer.from(code, "latin1")))]));
    expect(Object.keys(wanted)).toContain("app");
    expect(found).toEqual(wanted);
  }, UPLOAD_MS);
});
