/**
 * The options of `npm run device` (VIRTUAL-BOARD), checked one by one: what comes out can be used.
 */
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { readCode } from "../../flash/code.js";
import { given, Misuse, parseAccount, parseAddress, parseHost, parseJid, parsePassphrase,
  parsePassword, parseSeconds, parseServerPort, parseSsid, readArguments, readAuthorities }
  from "./argument.js";
import { HostIdentity } from "./identity.js";
import { printable } from "./text.js";

const WINDOW_S_MIN = 1;
const WINDOW_S_MAX = 120;

/** Texts are wire bytes; "", 0 and null are "not given". */
export interface Options {
  board: string;
  jid: string;
  password: string;
  host: string;
  port: number;
  secure: boolean | null;
  ca: string[] | undefined;
  provisioning: string;
  windowMs: number;
  identity: HostIdentity | undefined;
  /** Of its label, for as long as it has no account: a normalised code, an id; or "". */
  code: string;
  deviceId: string;
  /** Where virtual networks are (air.ts); "" for the default. */
  air: string;
  /** Passphrase by SSID; null where any network will do. */
  networks: Map<string, string> | null;
  flash: string;
  control: { host: string; port: number } | null;
}

interface Raw {
  board: string;
  jid?: string;
  password?: string;
  host?: string;
  port?: string;
  tls?: string;
  ca?: string;
  provisioning?: string;
  window: string;
  certificate?: string;
  key?: string;
  code?: string;
  deviceId?: string;
  air?: string;
  wifi?: string[];
  flash?: string;
  control?: string;
}

/** Throws a Misuse; null when only help was wanted, which then has been printed. */
export function parseOptions(args: string[], environment: NodeJS.ProcessEnv): Options | null {
  const raw = readArguments<Raw>(command(), args);
  if (raw === null) return null;
  if (raw.flash === "") throw new Misuse("--flash needs the name of a file");
  return {
    board: raw.board,
    jid: given(raw.jid, "", parseAccount),
    password: given(raw.password ?? environment["THING_PASSWORD"], "", parsePassword),
    host: given(raw.host, "", parseHost),
    port: given(raw.port, 0, (text) => parseServerPort("--port", text)),
    secure: given(raw.tls, null, (mode) => mode === "direct"),
    ca: given(raw.ca, undefined, readAuthorities),
    provisioning: given(raw.provisioning, "", (text) => parseJid("--provisioning", text)),
    windowMs: parseSeconds("--window", raw.window, WINDOW_S_MIN, WINDOW_S_MAX),
    identity: readIdentity(raw.certificate, raw.key),
    code: given(raw.code, "", parseCode),
    deviceId: given(raw.deviceId, "", parseDeviceId),
    air: raw.air ?? "",
    flash: raw.flash ?? "",
    control: given(raw.control, null, (text) => parseAddress("--control", text)),
    networks: raw.wifi === undefined ? null : new Map(raw.wifi.map(parseNetwork)),
  };
}

function command(): Command {
  return new Command("device")
    .usage("-- [options]")
    .description("Runs the real firmware on a virtual board, until SIGTERM or SIGINT.")
    .option("--board <name>", "a definition in boards/", "desktop")
    .option("--jid <jid>", "the account's bare JID")
    .option("--password <text>", "its password; THING_PASSWORD in the environment does the same")
    .option("--host <host>", "where the XMPP server listens (default: the JID's domain)")
    .option("--port <number>", "its port (default: 5223)")
    .addOption(new Option("--tls <mode>", "direct TLS (XEP-0368), or plain TCP on loopback")
      .choices(["direct", "off"]))
    .option("--ca <file>", "PEM of the CA, or of the server's own certificate, to trust")
    .option("--provisioning <jid>", "a preprogrammed provisioning server")
    .option("--window <seconds>", "how long the LED blinks for a friendship request", "30")
    .option("--certificate <file>", "who the board is, to get a token: PEM of an X.509 certificate")
    .option("--key <file>", "and of its RSA key")
    .option("--code <code>", "the pairing code on its label (default: a new one)")
    .option("--device-id <id>", "and its device id, 16 hexadecimal digits")
    .option("--air <folder>", "the air that it shares with others of this machine")
    .option("--flash <file>", "the flash image, created if missing")
    .option("--control <[host:]port>", "the HTTP control interface; port 0 picks one")
    .option("--wifi <ssid:passphrase...>", "the networks around it (default: any that is named)");
}

function parseCode(text: string): string {
  const code = readCode(text);
  if (code === "") throw new Misuse("--code needs nine characters, the last a check of the others");
  return code;
}

function parseNetwork(text: string): [string, string] {
  const [ssid, ...rest] = text.split(":");
  return [parseSsid(ssid!), rest.length === 0 ? "" : parsePassphrase(rest.join(":"))];
}

function parseDeviceId(text: string): string {
  if (!/^[0-9A-F]{16}$/.test(text)) throw new Misuse("--device-id needs 16 hexadecimal digits");
  return text;
}

function readIdentity(certificate?: string, key?: string): HostIdentity | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (!certificate || !key) throw new Misuse("--certificate and --key need each other");
  try {
    return new HostIdentity(readFileSync(certificate, "utf8"), readFileSync(key, "utf8"));
  } catch (error) {
    const why = printable((error as Error).message);
    throw new Misuse(`the certificate ${certificate} cannot be used with ${key}: ${why}`);
  }
}
