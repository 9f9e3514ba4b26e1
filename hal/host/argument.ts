/**
 * The arguments of our commands: read strictly, and each value checked in one place, whoever asks
 * for it. What comes out can be used; texts are wire bytes.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { type Command, CommanderError } from "commander";
import { PASSWORD_BYTES_MAX } from "../../firmware/config.js";
import { PASSPHRASE_BYTES_MAX, PASSPHRASE_BYTES_MIN, SSID_BYTES_MAX }
  from "../../firmware/rendezvous/message.js";
import { bareJid } from "../../firmware/stream/jid.js";
import { parsePort, splitAuthority } from "./address.js";
import { printable, toWire } from "./text.js";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The person's mistake, in one line that is meant for that person. */
export class Misuse extends Error {}

/** Throws a Misuse; null when only help was wanted, which then has been printed. */
export function readArguments<Raw extends object>(command: Command, args: string[]): Raw | null {
  command.allowExcessArguments(false).showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} }).exitOverride();
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

export function given<T>(text: string | undefined, none: T, parse: (text: string) => T): T {
  return text === undefined ? none : parse(text);
}

export function parseNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Misuse(`${option} needs a whole number from ${least} to ${most}`);
}

/** In milliseconds. */
export function parseSeconds(option: string, text: string, least: number, most: number): number {
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (seconds >= least && seconds <= most) return seconds * 1000;
  throw new Misuse(`${option} needs whole seconds from ${least} to ${most}`);
}

export function parseServerPort(option: string, text: string): number {
  const port = parsePort(text, 1);
  if (Number.isNaN(port)) throw new Misuse(`${option} needs a number from 1 to 65535`);
  return port;
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

export function parseHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) === 0 && !/^[^\s\p{Cc}:/@?#[\]]+$/u.test(text)) {
    throw new Misuse("--host needs a host's name or address");
  }
  return toWire(host);
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

export function readText(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Misuse(`the ${option} ${path} cannot be read: ${(error as Error).message}`);
  }
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
