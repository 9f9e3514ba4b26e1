/**
 * The options of `npm run flash`. A secret is never one of them: whoever lists the processes of a
 * machine sees them all. It comes from a file, from the environment, or is typed.
 */
import { Command, Option } from "commander";
import { given, parseAccount, parseHost, parseJid, parseNumber, parsePassphrase, parsePassword,
  parseServerPort, parseSsid, readArguments, readText } from "../hal/host/argument.js";
import { fromWire } from "../hal/host/text.js";
import { BAUD } from "./line.js";

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
  port?: string;
  baud?: string;
  board?: string;
  jid?: string;
  passwordFile?: string;
  host?: string;
  serverPort?: string;
  tls?: string;
  provisioning?: string;
  wifi?: string;
  wifiPasswordFile?: string;
  forget?: boolean;
  newLabel?: boolean;
  label?: string;
  interpreter?: string;
  image?: string;
  dryRun?: boolean;
  yes?: boolean;
}

/** Throws a Misuse; null when only help was wanted, which then has been printed. */
export function parseOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const raw = readArguments<Raw>(command(), args);
  if (raw === null) return null;
  const password = raw.passwordFile === undefined ? environment["THING_PASSWORD"]
    : readSecret("--password-file", raw.passwordFile);
  const passphrase = raw.wifiPasswordFile === undefined ? environment["THING_WIFI_PASSWORD"]
    : readSecret("--wifi-password-file", raw.wifiPasswordFile);
  return {
    port: raw.port ?? "", baud: parseBaud(raw.baud), board: raw.board ?? "",
    isForced: raw.yes ?? false, isDry: raw.dryRun ?? false, forget: raw.forget ?? false,
    isNewLabel: raw.newLabel ?? false, label: raw.label ?? "", image: raw.image ?? "",
    interpreter: raw.interpreter ?? "",
    jid: given(raw.jid, "", CHECKS.jid), password: CHECKS.password(password ?? ""),
    host: given(raw.host, "", (text) => fromWire(parseHost(text))),
    serverPort: given(raw.serverPort, null, (text) => parseServerPort("--server-port", text)),
    secure: given(raw.tls, null, (mode) => mode === "direct"),
    provisioning: given(raw.provisioning, "", parseProvisioning),
    ssid: given(raw.wifi, "", CHECKS.ssid), passphrase: CHECKS.passphrase(passphrase ?? ""),
  };
}

/**
 * Of what may also be typed: what is kept of it, or a Misuse. The settings of a board are JSON, so
 * these are texts, not wire bytes. An empty one is not said.
 */
export const CHECKS = {
  jid: (text: string) => text === "" ? "" : fromWire(parseAccount(text)),
  password: (text: string) => text === "" ? "" : fromWire(parsePassword(text)),
  ssid: (text: string) => text === "" ? "" : fromWire(parseSsid(text)),
  passphrase: (text: string) => text === "" ? "" : fromWire(parsePassphrase(text)),
};

export function parseBaud(text: string | undefined): number {
  return given(text, BAUD, (rate) => parseNumber("--baud", rate, BAUD_MIN, BAUD_MAX));
}

/** A bare JID, or any component that provisions. */
function parseProvisioning(text: string): string {
  return text === "*" ? "*" : fromWire(parseJid("--provisioning", text));
}

/** The first line of a file, so that an editor's last line break does no harm. */
function readSecret(option: string, path: string): string {
  return readText(option, path).split(/\r?\n/)[0]!;
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
