/**
 * Every command of flash/README.md, run as it stands there, on a board that is imitated on a
 * pseudo-terminal. With `ESPRUINO` the real interpreter is flashed: test/engine/espruino.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { build } from "../../../build/bundle.js";
import { ROOT } from "../../../build/project.js";
import { BOOT, STARTS } from "../../../flash/boot.js";
import { STORAGE_BYTES } from "../../../flash/image.js";
import { parseLabel } from "../../../flash/label.js";
import { CHIP, LINUX } from "../flash/fake.js";
import { image } from "../flash/program.js";
import { FakeBoard } from "../flash/plug.js";
import { HAS_PTY } from "../flash/pty.js";
import { PARTS } from "../../../flash/interpreter.js";

const PAGE = readFileSync(join(ROOT, "flash/README.md"), "utf8");
const EXAMPLES = new Map([...PAGE.matchAll(/<!-- example: (\w+) -->\n```sh\n([^]*?)```/g)]
  .map(([, name, code]) => [name!, code!]));
const COMMAND_MS = 90000;

if (!HAS_PTY) console.log("no pseudo-terminals here: flash, console and recover are not run");
else console.log("flash, console, recover: an imitation of the interpreter's console stands in");

let folder: string;
let board: FakeBoard;

/** What a person would see, and how it ended. `typed` is what the person types. */
async function run(code: string, typed = ""): Promise<{ text: string; code: number | null }> {
  const script = code.replaceAll("/dev/ttyUSB0", board.port)
    .replace("wifi.txt", join(folder, "wifi.txt")).replace("label.svg", join(folder, "label.svg"))
    .replace("board.img", join(folder, "board.img"))
    .replace("espruino_2v29_esp32", join(folder, "espruino_2v29_esp32"));
  const shell = spawn("sh", ["-e", "-c", script], { cwd: ROOT });
  let text = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (said: string) => {
      text += said;
      // Typed when the console is there, and ended when the board has answered.
      if (typed !== "" && said.includes("Ctrl-]")) shell.stdin.write(typed);
      if (typed !== "" && text.includes("typed:")) shell.stdin.end("\x1d");
    });
  }
  if (typed === "") shell.stdin.end();
  const ended = await new Promise<number | null>((resolve) => shell.on("close", resolve));
  return { text, code: ended };
}

const example = (name: string): string => EXAMPLES.get(name)!;

describe.skipIf(!HAS_PTY)("flash/README.md", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flash-"));
    writeFileSync(join(folder, "wifi.txt"), "a passphrase\n");
    if (!existsSync(join(ROOT, "dist/esp32-devkit.cold.js"))) {
      await build(ROOT, join(folder, "out"));
      const made = await run("npm run -s build");
      expect(made.code).toBe(0);
    }
    return async () => {
      await board.unplug();
      rmSync(folder, { recursive: true });
    };
  }, COMMAND_MS);
  beforeEach(async () => {
    await board?.unplug();
    board = await FakeBoard.plugIn(CHIP);
  });

  test("every example is run by a test of this file", () => {
    const own = readFileSync(join(ROOT, "test/unit/docs/flash.test.ts"), "utf8");
    const codes = [...PAGE.matchAll(/```sh\n/g)];
    expect(codes.length).toBe(EXAMPLES.size);
    expect([...EXAMPLES.keys()].filter((name) => !own.includes(`example("${name}")`))).toEqual([]);
  });

  test("a board is flashed from a script, with nothing asked and no secret shown", async () => {
    board.console.hasBluetooth = true;
    board.console.files.set(".boot1", "somebody else's");
    const { text, code } = await run(example("script"));
    expect([code, text]).toEqual([0, expect.stringContaining("started ")]);
    const { files } = board.console;
    expect([...files.keys()].sort())
      .toEqual([BOOT, "app", "cold", "invitation", "invitation.cold", "rendezvous",
        "rendezvous.cold", STARTS, "thing.json"].sort());
    expect(files.get("app")).toBe(readFileSync(join(ROOT, "dist/esp32-devkit.js"), "latin1"));
    expect(JSON.parse(files.get("thing.json")!)).toMatchObject({
      jid: "board@home.example", password: "secret", ssid: "home", passphrase: "a passphrase",
    });
    expect(board.console.hasBluetooth).toBe(false);
    expect(text).not.toMatch(/secret|a passphrase/);
    expect(board.console.text).not.toMatch(/secret|passphrase/);
    expect(readFileSync(join(folder, "label.svg"), "utf8")).toContain("pairing code");
    expect(text).toMatch(/pairing code {2}[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}/);
    expect(text).toContain("board         esp32-devkit 00-0110");
    expect(files.get("thing.json")).not.toContain(/pairing code {2}(\S+)/.exec(text)![1]);

    // Again: nothing to write, and the label stays as it is.
    const reboots = board.console.reboots;
    const second = await run(example("script"));
    expect([second.code, second.text]).toEqual([0, expect.stringContaining("there already")]);
    expect(second.text).not.toMatch(/pairing code/);
    expect(board.console.reboots).toBe(reboots + 1);
  }, COMMAND_MS);

  test("where nobody can be asked it asks for --yes, before it looks at any port", async () => {
    const { text, code } = await run(example("ask"));
    expect([code, text]).toEqual([1, expect.stringContaining("nobody is there to be asked")]);
  }, COMMAND_MS);

  test("a dry run changes nothing", async () => {
    board.console.files.set("thing.json", '{"jid":"old@home.example","password":"x"}');
    const before = new Map(board.console.files);
    const { text, code } = await run(example("dry"));
    expect([code, text]).toEqual([0, expect.stringContaining("nothing was changed")]);
    expect(text).toContain("old@home.example at home.example:5223, TLS");
    expect(board.console.files).toEqual(before);
    expect(board.console.reboots).toBe(0);
  }, COMMAND_MS);

  test("an interpreter is flashed first", async () => {
    const parts = join(folder, "espruino_2v29_esp32");
    if (!existsSync(parts)) (await import("node:fs")).mkdirSync(parts);
    for (const { name } of PARTS) writeFileSync(join(parts, name), image(Buffer.alloc(999, 7)));
    board.isLoading = true;
    const { text, code } = await run(example("interpreter"));
    expect([code, text]).toEqual([0, expect.stringContaining("started ")]);
    expect([...board.loader.written.keys()]).toEqual([0x1000, 0x8000, 0x10000]);
    expect(board.console.files.has(BOOT)).toBe(true);
  }, COMMAND_MS);

  test("an image for a factory needs no board", async () => {
    const { text, code } = await run(example("image"));
    expect([code, text]).toEqual([0, expect.stringContaining("for 0x320000")]);
    expect(statSync(join(folder, "board.img")).size).toBe(STORAGE_BYTES);
    expect(parseLabel("nothing")).toBe(null);
  }, COMMAND_MS);

  test("the console shows what the board says, and sends what is typed", async () => {
    const { text, code } = await run(example("console"), "print('typed:'+(40+2))\n");
    expect([code, text]).toEqual([0, expect.stringContaining("typed:42")]);
  }, COMMAND_MS);

  test("recover tells, and does what is asked", async () => {
    await run(example("script"));
    const { files } = board.console;
    files.set(STARTS, "s000a000a000a000x000".padEnd(4096, "\xff"));
    board.console.reset(7);
    const told = await run(example("recover"));
    expect([told.code, told.text]).toEqual([0, expect.stringContaining("3 starts failed")]);
    expect(told.text).toContain("started (3 times)");
    expect(told.text).not.toContain("secret");
    expect(files.get(STARTS)).toMatch(/^s000a000a000a000x000\xff/);

    const [retry, stop, wipe, erase] = example("deeds").trim().split("\n");
    expect((await run(retry!)).code).toBe(0);
    expect(files.get(STARTS)).toMatch(/^s000\xff/);
    expect((await run(stop!)).code).toBe(0);
    expect([files.has(BOOT), files.has("app")]).toEqual([false, true]);
    expect((await run(wipe!)).code).toBe(0);
    expect(board.console.erased).toEqual([...Array(16).keys()].map((i) => 0x310000 + i * 4096));
    expect(files.has("app")).toBe(true);
    expect((await run(erase!)).code).toBe(0);
    expect(files.size).toBe(0);
  }, 3 * COMMAND_MS);

  test("the wrong board is refused in one line, and does what it did before", async () => {
    await board.unplug();
    board = await FakeBoard.plugIn(LINUX);
    const { text, code } = await run(example("script"));
    expect([code, text]).toEqual([1, expect.stringContaining("flash: this is Espruino for LINUX")]);
    expect([board.console.files.size, board.console.reboots]).toEqual([0, 1]);
  }, COMMAND_MS);

  afterAll(async () => board?.unplug());
});
