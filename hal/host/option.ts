/**
 * The options of `npm run device` (VIRTUAL-BOARD), checked one by one: what comes out can be used.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { Command, CommanderError, Option } from "commander";
import { PASSWORD_BYTES_MAX } from "../../firmware/config.js";
import { readCode } from "../../flash/code.js";
import { PASSPHRASE_BYTES_MAX, PASSPHRASE_BYTES_MIN, SSID_BYTES_MAX }
  from "../../firmware/rendezvous/message.js";
import { bareJid } from "../../firmware/stream/jid.js";
import { parsePort, splitAuthority } from "./address.js";
import { HostIdentity } from "./identity.js";
import { printable, toWire } from "./text.js";

const WINDOW_S_MIN = 1;
const WINDOW_S_MAX = 120;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The person's mistake, in one line that is meant for that person. */
export class Misuse extends Error {}

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
  const raw = readArguments(args);
  if (raw === null) return null;
  if (raw.flash === "") throw new Misuse("--flash needs the name of a file");
  return {
    board: raw.board,
    jid: given(raw.jid, "", parseAccount),
    password: given(raw.password ?? environment["THING_PASSWORD"], "", parsePassword),
    host: given(raw.host, "", parseHost),
    port: given(raw.port, 0, demandPort),
    secure: given(raw.tls, null, (mode) => mode === "direct"),
    ca: given(raw.ca, undefined, readAuthorities),
    provisioning: given(raw.provisioning, "", (text) => parseJid("--provisioning", text)),
    windowMs: parseWindow(raw.window),
    identity: readIdentity(raw.certificate, raw.key),
    code: given(raw.code, "", parseCode),
    deviceId: given(raw.deviceId, "", parseDeviceId),
    air: raw.air ?? "",
    flash: raw.flash ?? "",
    control: given(raw.control, null, (text) => parseAddress("--control", text)),
    networks: raw.wifi === undefined ? null : new Map(raw.wifi.map(parseNetwork)),
  };
}

function given<T>(text: string | undefined, none: T, parse: (text: string) => T): T {
  return text === undefined ? none : parse(text);
}

function readArguments(args: string[]): Raw | null {
  const command = new Command("device")
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
    .option("--wifi <ssid:passphrase...>", "the networks around it (default: any that is named)")
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  try {
    return command.parse(args, { from: "user" }).opts<Raw>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    // What follows "=" may be a password behind a mistyped name.
    const message = error.message.replace(/(unknown option '[^=']*)=.*/s, "$1'");
    throw new Misuse(printable(message.replace(/^error: /, "")));
  }
}

export function parseJid(option: string, text: string): string {
  const bare = text.includes("/") ? "" : bareJid(toWire(text));
  if (bare === "") throw new Misuse(`${option} needs a bare JID such as name@example.org`);
  return bare;
}

export function parseAccount(text: string): string {
  const jid = parseJid("--jid", text);
  if (!jid.includes("@")) throw new Misuse("--jid needs an account: name@example.org");
  return jid;
}

export function parsePassword(text: string): string {
  const password = toWire(text);
  if (password === "") throw new Misuse("the password is empty");
  if (/[\x00-\x1f]/.test(password)) throw new Misuse("the password has control characters");
  if (password.length > PASSWORD_BYTES_MAX) {
    throw new Misuse(`the password is longer than ${PASSWORD_BYTES_MAX} bytes`);
  }
  return password;
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

export function parseSsid(text: string): string {
  const ssid = toWire(text);
  if (ssid === "" || ssid.length > SSID_BYTES_MAX || /[\x00-\x1f]/.test(ssid)) {
    throw new Misuse(`--wifi needs the name of a network, of 1 to ${SSID_BYTES_MAX} bytes`);
  }
  return ssid;
}

export function parsePassphrase(text: string): string {
  const passphrase = toWire(text);
  const { length } = passphrase;
  const isLong = length >= PASSPHRASE_BYTES_MIN && length <= PASSPHRASE_BYTES_MAX;
  if (!isLong || /[\x00-\x1f]/.test(passphrase)) {
    throw new Misuse(`a Wi-Fi passphrase has ${PASSPHRASE_BYTES_MIN} to ${PASSPHRASE_BYTES_MAX} `
      + "bytes");
  }
  return passphrase;
}

function parseDeviceId(text: string): string {
  if (!/^[0-9A-F]{16}$/.test(text)) throw new Misuse("--device-id needs 16 hexadecimal digits");
  return text;
}

export function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) === 0 && !/^[^\s\p{Cc}:/@?#[\]]+$/u.test(text)) {
    throw new Misuse("--host needs a host's name or address");
  }
  return toWire(host);
}

export function demandPort(text: string): number {
  const port = parsePort(text, 1);
  if (Number.isNaN(port)) throw new Misuse("--port needs a number from 1 to 65535");
  return port;
}

function parseWindow(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (!(seconds >= WINDOW_S_MIN && seconds <= WINDOW_S_MAX)) {
    throw new Misuse(`--window needs whole seconds from ${WINDOW_S_MIN} to ${WINDOW_S_MAX}`);
  }
  return seconds * 1000;
}

/** `[HOST:]PORT`; loopback where there is no host. */
export function parseAddress(option: string, text: string): { host: string; port: number } {
  const authority = text.includes(":") ? splitAuthority(text) : "127.0.0.1";
  const host = authority.replace(/^\[([0-9a-fA-F:.]+)\]$/, "$1");
  const port = parsePort(text.slice(text.lastIndexOf(":") + 1), 0);
  const isHost = host !== "" && !(host === authority && /[:[\]\s/@]/.test(host));
  if (Number.isNaN(port) || !isHost) {
    throw new Misuse(`${option} needs PORT or HOST:PORT, with a port from 0 to 65535`);
  }
  return { host, port };
}

export function readAuthorities(path: string): string[] {
  try {
    const found = readFileSync(path, "utf8").match(PEM) ?? [];
    for (const text of found) new X509Certificate(text);
    if (found.length > 0) return found;
  } catch (error) {
    throw new Misuse(`the --ca file ${path} cannot be used: ${(error as Error).message}`);
  }
  throw new Misuse(`the --ca file ${path} cannot be used: it holds no PEM certificate`);
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
