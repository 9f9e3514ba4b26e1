/**
 * The options of `npm run flash`. A secret is never one of them: whoever lists the processes of a
 * machine sees them all. It comes from a file, from the environment, or is typed.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { PASSWORD_BYTES_MAX } from "../firmware/config.js";
import { bareJid } from "../firmware/stream/jid.js";
import { BAUD, Trouble } from "./line.js";

/** What the interpreter can use (ENGINE 2.6); IEEE 802.11 would allow one more of the first. */
export const SSID_BYTES_MAX = 31;
export const PASSPHRASE_BYTES_MIN = 8;
export const PASSPHRASE_BYTES_MAX = 63;
const PORT_MAX = 65535;
const BAUD_MIN = 9600;
const BAUD_MAX = 921600;

/** What a person decides about one board. "" and null are "not said". */
export interface Wishes {
  jid: string;
  password: string;
  host: string;
  serverPort: number | null;
  secure: boolean | null;
  provisioning: string;
  ssid: string;
  passphrase: string;
}

export interface Options extends Wishes {
  port: string;
  baud: number;
  board: string;
  isForced: boolean;
  isDry: boolean;
  /** Account and Wi-Fi are taken off the board. */
  forget: boolean;
  isNewLabel: boolean;
  label: string;
  image: string;
  interpreter: string;
}

interface Raw {
  [name: string]: string | boolean | undefined;
}

/** null when only help was wanted, which then has been printed. */
export function parseOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const raw = read(command(), args);
  if (raw === null) return null;
  const text = (name: string): string => (raw[name] as string | undefined) ?? "";
  const options: Options = {
    port: text("port"), baud: number(raw["baud"], "--baud", BAUD_MIN, BAUD_MAX) ?? BAUD,
    board: text("board"), isForced: raw["yes"] === true, isDry: raw["dryRun"] === true,
    forget: raw["forget"] === true, isNewLabel: raw["newLabel"] === true, label: text("label"),
    image: text("image"), interpreter: text("interpreter"),
    jid: text("jid"), password: secret(text("passwordFile"), environment["THING_PASSWORD"]),
    host: text("host"),
    serverPort: number(raw["serverPort"], "--server-port", 1, PORT_MAX),
    secure: raw["tls"] === undefined ? null : raw["tls"] === "direct",
    provisioning: text("provisioning"), ssid: text("wifi"),
    passphrase: secret(text("wifiPasswordFile"), environment["THING_WIFI_PASSWORD"]),
  };
  demand(options);
  return options;
}

function command(): Command {
  return new Command("flash").usage("-- [options]")
    .description("Puts the firmware onto a board, verifies it, and sets the board up.")
    .option("--port <path>", "the board's serial port (default: asked, or the only one)")
    .option("--baud <rate>", `speed of the console (default: ${BAUD})`)
    .option("--board <name>", "what it is: a definition in boards/")
    .option("--jid <jid>", "its account; without one it waits to be commissioned")
    .option("--password-file <file>", "its password; or THING_PASSWORD in the environment")
    .option("--host <host>", "where the XMPP server listens (default: the JID's domain)")
    .option("--server-port <number>", "its port (default: 5223)")
    .addOption(new Option("--tls <mode>", "direct TLS (XEP-0368), or plain TCP")
      .choices(["direct", "off"]))
    .option("--provisioning <jid>", "a provisioning server that needs no button; * for any")
    .option("--wifi <ssid>", "its Wi-Fi")
    .option("--wifi-password-file <file>", "its password; or THING_WIFI_PASSWORD")
    .option("--forget", "takes account and Wi-Fi off the board")
    .option("--new-label", "a new pairing code, which makes the old label useless")
    .option("--label <file>", "the label as a picture (SVG) to print")
    .option("--interpreter <folder>", "flashes Espruino first, from the files in this folder")
    .option("--image <file>", "writes a Storage image for factories, and touches no board")
    .option("--dry-run", "looks at the board and tells what would be done")
    .option("--yes", "asks nothing");
}

export function read(program: Command, args: string[]): Raw | null {
  program.allowExcessArguments(false).showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} }).exitOverride();
  try {
    return program.parse(args, { from: "user" }).opts<Raw>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new Trouble(error.message.replace(/^error: /, "").replace(/=.*/s, ""));
  }
}

export function number(
  given: string | boolean | undefined, name: string, least: number, most: number,
): number | null {
  if (given === undefined) return null;
  const value = /^\d{1,7}$/.test(String(given)) ? Number(given) : NaN;
  if (!(value >= least && value <= most)) {
    throw new Trouble(`${name} needs a number from ${least} to ${most}`);
  }
  return value;
}

/** The first line of a file, so that an editor's last line break does no harm. */
function secret(file: string, given: string | undefined): string {
  if (file === "") return given ?? "";
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[0]!;
  } catch (error) {
    throw new Trouble(`${file}: ${(error as Error).message.split(",")[0]}`);
  }
}

/** Throws what is wrong, in one line, before any board is touched. */
export function demand(wishes: Wishes): void {
  const { jid, password, ssid, passphrase, provisioning } = wishes;
  if (jid !== "" && (bareJid(jid) !== jid || !jid.includes("@"))) {
    throw new Trouble("an account is a bare JID such as board@home.example");
  }
  if (provisioning !== "" && provisioning !== "*" && bareJid(provisioning) !== provisioning) {
    throw new Trouble("a provisioning server is a bare JID, or * for any component");
  }
  if (Buffer.byteLength(password) > PASSWORD_BYTES_MAX || /[\x00-\x1f]/.test(password)) {
    throw new Trouble(`a password has at most ${PASSWORD_BYTES_MAX} octets, none of them control`);
  }
  if (Buffer.byteLength(ssid) > SSID_BYTES_MAX) {
    throw new Trouble(`a Wi-Fi's name has at most ${SSID_BYTES_MAX} octets: more is cut off`);
  }
  const octets = Buffer.byteLength(passphrase);
  if (octets !== 0 && (octets < PASSPHRASE_BYTES_MIN || octets > PASSPHRASE_BYTES_MAX)) {
    throw new Trouble("a Wi-Fi's password has "
      + `${PASSPHRASE_BYTES_MIN} to ${PASSPHRASE_BYTES_MAX} octets`);
  }
}
