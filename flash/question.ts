/**
 * What `npm run flash` asks a person, where one is there and it was not said before.
 */
import { stdin } from "node:process";
import { confirm, input, password, select } from "@inquirer/prompts";
import { boards } from "../build/project.js";
import { Trouble, type Found } from "./line.js";
import { CHECKS, type Options, type Wishes } from "./option.js";
import type { Settings } from "./setup.js";

/** Asks again until it is right, with what is wrong beside it. */
function check(name: keyof typeof CHECKS): (text: string) => true | string {
  return (text) => {
    try {
      CHECKS[name](text);
      return true;
    } catch (error) {
      return (error as Error).message;
    }
  };
}

/** Of a dialogue or a command: which port, and whether nobody may be asked. */
export interface Chosen {
  port: string;
  isForced: boolean;
}

export async function choosePort(found: Found[], options: Chosen): Promise<string> {
  if (options.port !== "") return options.port;
  if (found.length === 0) {
    throw new Trouble("no serial port: plug the board in, with a cable for data. "
      + "On Linux and Windows its adapter (CP210x, CH340) may need a driver");
  }
  if (found.length === 1) return found[0]!.path;
  const paths = found.map(({ path }) => path).join(", ");
  if (options.isForced || !stdin.isTTY) throw new Trouble(`which of ${paths}? --port`);
  const choices = found.map(({ path, maker }) => ({ value: path, name: `${path}  ${maker}` }));
  return select({ message: "Which port?", choices });
}

export async function chooseBoard(options: Options, interpreter: string): Promise<string> {
  if (options.board !== "") return options.board;
  const fitting = boards().filter((name) => (name === "linux") === (interpreter === "LINUX"));
  if (fitting.length === 1) return fitting[0]!;
  if (options.isForced) throw new Trouble(`which of ${fitting.join(", ")}? --board`);
  return select({ message: "What is it?", choices: fitting.map((value) => ({ value })) });
}

/** Account and Wi-Fi, where neither the board nor the command line has them. */
export async function complete(options: Options, old: Settings, isChip: boolean): Promise<Wishes> {
  const wishes: Wishes = options;
  if (options.isForced || options.forget) return wishes;
  const asked = { ...wishes };
  if (!asked.jid && !old.jid) {
    asked.jid = CHECKS.jid(await input({
      message: "Its account (JID); empty: it waits to be commissioned", validate: check("jid"),
    }));
    if (asked.jid && !asked.host) {
      asked.host = await input({ message: `Its server; empty: ${asked.jid.split("@")[1]}` });
    }
  }
  const isNew = asked.jid !== "" && asked.jid !== old.jid;
  if (isNew && !asked.password) {
    asked.password = await password({
      message: `Password of ${asked.jid}`, mask: true, validate: check("password"),
    });
  }
  if (isChip && !asked.ssid && !old.ssid && asked.jid) {
    asked.ssid = await input({ message: "Its Wi-Fi", validate: check("ssid") });
  }
  if (asked.ssid && asked.ssid !== old.ssid && !asked.passphrase) {
    asked.passphrase = await password({
      message: `Password of ${asked.ssid}; empty: an open network`, mask: true,
      validate: check("passphrase"),
    });
  }
  return asked;
}

export async function agree(question: string, options: { isForced: boolean }): Promise<boolean> {
  if (options.isForced) return true;
  if (!stdin.isTTY) throw new Trouble(`${question} Nobody is there to be asked: --yes`);
  return confirm({ message: question, default: true });
}
