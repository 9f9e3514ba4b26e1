/**
 * `npm run console`: what the board says, and what you type to it. Ctrl-] ends it, so that Ctrl-C
 * goes to the board, where it stops what runs.
 */
import { stdin, stdout } from "node:process";
import { Command } from "commander";
import { isMain } from "../build/project.js";
import { readArguments } from "../hal/host/argument.js";
import { run } from "./cli.js";
import { BAUD, openLine, ports, Trouble } from "./line.js";
import { parseBaud } from "./option.js";
import { choosePort } from "./question.js";

/** Ctrl-], as telnet has it. */
export const END = "\x1d";
const LAST_WORD_MS = 300;

export async function terminal(args: string[]): Promise<void> {
  const command = new Command("console").usage("-- [options]")
    .description("The board's console. Ctrl-] ends it.")
    .option("--port <path>", "the board's serial port (default: asked, or the only one)")
    .option("--baud <rate>", `its speed (default: ${BAUD})`);
  const raw = readArguments<{ port?: string; baud?: string }>(command, args);
  if (raw === null) return;
  const baud = parseBaud(raw.baud);
  const path = await choosePort(await ports(),
    { port: raw.port ?? "", isForced: !stdin.isTTY });
  const line = await openLine(path, baud);
  console.error(`${path} at ${baud} baud. Ctrl-] ends this; Ctrl-C stops what the board does.`);
  try {
    await new Promise<void>((resolve, reject) => {
      line.onText = (text) => void stdout.write(text, "latin1");
      line.onClosed = (why) => reject(new Trouble(why));
      if (stdin.isTTY) stdin.setRawMode(true);
      stdin.setEncoding("latin1").on("end", resolve).on("data", (typed: string) => {
        const [text, ...rest] = typed.split(END);
        if (text !== "") void line.write(text!).catch(reject);
        // What was typed before may still be answered.
        if (rest.length > 0) setTimeout(resolve, LAST_WORD_MS);
      });
    });
  } finally {
    line.onClosed = () => undefined;
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    await line.close();
  }
}

if (isMain(import.meta.url)) run(terminal, "console");
