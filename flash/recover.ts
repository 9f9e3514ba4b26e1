/**
 * `npm run recover`: a board that does not start, or not as it should. It gets hold of the
 * console, stops what runs before it can do anything again, tells what it finds, and does what is
 * asked of it.
 */
import { stdout } from "node:process";
import { Command } from "commander";
import { isMain } from "../build/project.js";
import { readArguments } from "../hal/host/argument.js";
import { attach, facts, halt, reboot, type Board } from "./board.js";
import { BOOT } from "./boot.js";
import { run } from "./cli.js";
import { parseBaud } from "./option.js";
import { ports, Trouble } from "./line.js";
import { agree, choosePort } from "./question.js";
import { describe, readSettings, SETTINGS } from "./setup.js";
import { createShow, type Show } from "./show.js";
import { describeStarts } from "./starts.js";
import { readFile, removeFile } from "./storage.js";
import { readStarts, settle } from "./upload.js";

/** The journal's 16 pages on the chip (hal/espruino/flash.ts), and its file on Linux. */
const JOURNAL_START = 0x310000;
const JOURNAL_PAGES = 16;
const PAGE_BYTES = 4096;
const JOURNAL_FILE = "thing.flash";
const ERASE_MS = 60000;

type Choice = "retry" | "stop" | "wipe" | "erase";

type Raw = { port?: string; baud?: string; yes?: boolean } & { [Name in Choice]?: boolean };

export async function recover(args: string[]): Promise<void> {
  const command = new Command("recover").usage("-- [options]")
    .description("Gets hold of a board that does not start, and tells what it finds.")
    .option("--port <path>", "the board's serial port (default: asked, or the only one)")
    .option("--baud <rate>", "speed of its console")
    .option("--retry", "out of safe mode: forgets the failed starts and starts again")
    .option("--stop", `removes ${BOOT}, so that nothing starts by itself any more`)
    .option("--wipe", "erases the journal: account, trust, friends and decisions")
    .option("--erase", "empties Storage: the firmware, its settings, everything but the journal")
    .option("--yes", "asks nothing");
  const raw = readArguments<Raw>(command, args);
  if (raw === null) return;
  const options = { port: raw.port ?? "", isForced: raw.yes ?? false };
  const baud = parseBaud(raw.baud);
  const show = createShow(stdout);
  const path = await choosePort(await ports(), options);
  show.say("port", path);
  const board = await attach(path, baud);
  try {
    await halt(board);
    await diagnose(board, show);
    const choices = (["retry", "stop", "wipe", "erase"] as Choice[]).filter((each) => raw[each]);
    for (const choice of choices) await DEEDS[choice](board, show, options);
    if (choices.length === 0) show.say("now", "--retry, --stop, --wipe or --erase, or flash anew");
    await reboot(board);
    show.say("restarted", "npm run console shows what it says");
  } finally {
    await board.line.close();
  }
}

/** Everything that tells why a board does not start, and no secret. */
async function diagnose(board: Board, show: Show): Promise<void> {
  const found = await facts(board);
  show.say("interpreter", `Espruino ${found.version} for ${found.board}, ${found.jsVars} JsVars`);
  show.say("files", found.files.join(", ") || "none: nothing was flashed yet");
  if (found.files.includes(BOOT)) {
    const why = await board.repl.ask<string>(
      "typeof boot==='undefined'?'it does not run':boot.why");
    show.say(BOOT, why === "" ? "would start the application" : `safe mode: ${why}`);
  }
  for (const line of describe(readSettings(await readFile(board.repl, SETTINGS)))) {
    show.say("board", line);
  }
  for (const line of describeStarts(await readStarts(board.repl) ?? "")) show.say("starts", line);
}

const DEEDS: Record<Choice, (board: Board, show: Show, options: { isForced: boolean })
  => Promise<void>> = {
  async retry(board, show) {
    await settle(board);
    show.say("retry", "the failed starts are forgotten");
  },
  async stop(board, show) {
    await removeFile(board.repl, BOOT);
    show.say("stopped", "nothing starts by itself any more; npm run flash changes that");
  },
  async wipe(board, show, options) {
    await sure("Erase account, trust, friends and decisions?", options);
    await wipe(board);
    show.say("wiped", "the journal; an account in the settings is taken anew at the next start");
  },
  async erase(board, show, options) {
    await sure("Erase the firmware and its settings?", options);
    await board.repl.ask('[require("Storage").eraseAll()]', ERASE_MS);
    show.say("erased", "Storage is empty; npm run flash fills it. The journal is as it was");
  },
};

async function sure(question: string, options: { isForced: boolean }): Promise<void> {
  if (!await agree(question, options)) throw new Trouble("nothing was changed");
}

/** Page by page, as an erase of all would starve the chip's watchdog. */
async function wipe({ repl }: Board): Promise<void> {
  if (await repl.ask<boolean>("process.env.BOARD==='LINUX'")) {
    await repl.ask(`require("fs").statSync("${JOURNAL_FILE}")&&`
      + `require("fs").unlinkSync("${JOURNAL_FILE}")`);
    return;
  }
  for (let page = 0; page < JOURNAL_PAGES; page++) {
    const address = JOURNAL_START + page * PAGE_BYTES;
    await repl.ask(`[require("Flash").erasePage(${address})]`);
    const isBlank = await repl.ask<boolean>(
      `require("Flash").read(${PAGE_BYTES},${address}).every(b=>b==255)`, ERASE_MS);
    if (!isBlank) throw new Trouble(`flash page ${page} of the journal does not erase`);
  }
}

if (isMain(import.meta.url)) run(recover, "recover");
