/**
 * `npm run flash`: the firmware onto a board, in one go. Each step says what it does; whatever
 * goes wrong is one line that says what to do.
 */
import { writeFileSync } from "node:fs";
import { env, argv, exit, stdin, stdout } from "node:process";
import { isMain } from "../build/project.js";
import { Misuse } from "../hal/host/argument.js";
import { attach, facts, halt, reboot, type Board } from "./board.js";
import { BOOT, STARTS } from "./boot.js";
import { codeFiles, startsFile } from "./content.js";
import { STORAGE_ADDRESS, storageImage } from "./image.js";
import { flashInterpreter } from "./interpreter.js";
import { labelSvg, labelTerminal, type Label } from "./label.js";
import { ports, Trouble } from "./line.js";
import { parseOptions, type Options } from "./option.js";
import { agree, chooseBoard, choosePort, complete } from "./question.js";
import {
  describe, forget, merge, newIdentity, printSettings, readSettings, SETTINGS, type Settings,
} from "./setup.js";
import { createShow, type Show } from "./show.js";
import { readFile, type Files } from "./storage.js";
import { inspect, missing, prepare, start, upload } from "./upload.js";

const HELD_BY_A_PERSON = 130;
const EXIT_MISUSE = 2;

export async function main(args: string[]): Promise<void> {
  const options = parseOptions(args, env);
  if (options === null) return;
  const isSaid = options.isForced || options.isDry || options.image !== "";
  if (!stdin.isTTY && !isSaid) throw new Trouble("nobody is there to be asked: --yes");
  if (!stdin.isTTY) options.isForced = true;
  const show = createShow(stdout);
  if (options.image !== "") return writeImage(options, show);
  const found = await ports();
  const path = await choosePort(found, options);
  show.say("port", `${path} ${found.find((each) => each.path === path)?.maker ?? ""}`.trim());
  if (options.interpreter !== "") await flashInterpreter(path, options, show);
  const board = await attach(path, options.baud);
  try {
    await flash(board, options, show);
  } catch (error) {
    // It was stopped for this, and does again what it can.
    if (!options.isDry) await reboot(board).catch(() => undefined);
    throw error;
  } finally {
    await board.line.close();
  }
}

async function flash(board: Board, options: Options, show: Show): Promise<void> {
  const kind = await chooseBoard(options, (await facts(board)).board);
  const code = codeFiles(kind);
  if (!options.isDry) await halt(board);
  const found = await inspect(board, kind, show);
  const old = readSettings(await readFile(board.repl, SETTINGS));
  const wishes = await complete(options, old, kind !== "linux");
  const kept = options.forget ? forget(old) : old;
  const { settings, label } = identify(merge(kept, wishes), kind, found.serial, options);
  const files = inOrder(code, settings);
  for (const line of describe(settings)) show.say("board", line);
  if (options.isDry) {
    for (const name of Object.keys(files)) {
      const isMissing = (await missing(board, { [name]: files[name]! })).length > 0;
      show.say(name, `${files[name]!.length} octets, ${isMissing ? "would be written" : "there"}`);
    }
    return show.say("dry run", "nothing was changed");
  }
  if (!await agree("Write this to the board?", options)) throw new Trouble("nothing was changed");
  await prepare(board, found, show);
  await upload(board, files, show);
  await start(board, show);
  if (label) printLabel(label, options);
}

/** The settings before `.boot0`, which is what makes all of it start. */
function inOrder(code: Files, settings: Settings): Files {
  const files: Files = { ...code };
  delete files[BOOT];
  return { ...files, [SETTINGS]: printSettings(settings), [BOOT]: code[BOOT]! };
}

/** A label is made once: a second would make the first one useless. */
function identify(
  settings: Settings, kind: string, serial: string, options: Options,
): { settings: Settings; label: Label | null } {
  if (settings.identity && !options.isNewLabel) return { settings, label: null };
  const { identity, label } = newIdentity(kind, serial, settings.identity);
  return { settings: { ...settings, identity }, label };
}

function printLabel(label: Label, options: Options): void {
  stdout.write(`\n${labelTerminal(label, stdout.isTTY === true)}\n\n`
    + "Keep this: the board does not know the code, and shows it to nobody.\n");
  if (options.label !== "") writeFileSync(options.label, labelSvg(label));
}

/** For factories: no board is looked at, so it must be said which one it is. */
function writeImage(options: Options, show: Show): void {
  if (options.board === "") throw new Trouble("an image is for one kind of board: --board");
  const { settings, label } = identify(merge({}, options), options.board, "", options);
  const image = storageImage({
    ...inOrder(codeFiles(options.board), settings), [STARTS]: startsFile(),
  });
  for (const line of describe(settings)) show.say("board", line);
  if (options.isDry) return show.say("dry run", "nothing was written");
  writeFileSync(options.image, image);
  show.say("image", `${options.image}, ${image.length} octets, for 0x${
    STORAGE_ADDRESS.toString(16)} of the chip's flash`);
  if (label) printLabel(label, options);
}

/** Runs a command of this folder; a mistake is one line, and a bug is a stack. */
export function run(command: (args: string[]) => Promise<void>, name: string): void {
  command(argv.slice(2)).then(() => exit(process.exitCode ?? 0), (error: Error) => {
    if (error.name === "ExitPromptError") exit(HELD_BY_A_PERSON);
    const isTold = error instanceof Trouble || error instanceof Misuse;
    console.error(`${name}: ${isTold ? error.message : error.stack}`);
    exit(error instanceof Misuse ? EXIT_MISUSE : 1);
  });
}

if (isMain(import.meta.url)) run(main, "flash");
