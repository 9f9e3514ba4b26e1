/**
 * What makes a board this board: account, Wi-Fi and identity, in the one file where the firmware
 * looks for them (hal/espruino/settings.ts). What is not said anew stays as it is.
 */
import { deviceIdOf, makeDeviceId, type Label } from "./label.js";
import { makeCode } from "./code.js";
import { generatorOf } from "./generator.js";
import { Trouble } from "./line.js";
import type { Wishes } from "./option.js";

export const SETTINGS = "thing.json";
/** Vendors' numbers are given out by nobody here: the first of those for tests. */
const VENDOR = 0xfff1;
/** One for each definition in boards/; a board that is not listed is 0. */
const PRODUCTS: Record<string, number> = { "esp32-devkit": 1, "esp32-relay": 2, linux: 3 };
const XMPPS_PORT = 5223;

/** Fields of hal/espruino/settings.ts, all of them optional. */
export interface Settings {
  jid?: string;
  password?: string;
  host?: string;
  port?: number;
  secure?: boolean;
  provisioning?: string;
  ssid?: string;
  passphrase?: string;
  identity?: Identity;
}

/** As firmware/rendezvous/description.ts has it, but for the generator: base 64 of its octets. */
export interface Identity {
  vendor: number;
  product: number;
  revision: number;
  deviceId: string;
  serial: string;
  generator: string;
}

/** What a board holds; what cannot be read counts as nothing. */
export function readSettings(octets: string | null): Settings {
  if (octets === null) return {};
  try {
    const found: unknown = JSON.parse(Buffer.from(octets, "latin1").toString("utf8"));
    return typeof found === "object" && found !== null ? found as Settings : {};
  } catch {
    return {};
  }
}

/** UTF-8, one octet for each character; Espruino would make one octet of each escape. */
export function printSettings(settings: Settings): string {
  return Buffer.from(JSON.stringify(settings), "utf8").toString("latin1");
}

/** An account that is named anew takes nothing of the old one along. */
export function merge(old: Settings, wishes: Wishes): Settings {
  const settings = { ...old };
  if (wishes.jid !== "" && wishes.jid !== old.jid) {
    for (const key of ["password", "host", "port", "secure", "provisioning"] as const) {
      delete settings[key];
    }
    settings.jid = wishes.jid;
  }
  if (wishes.ssid !== "" && wishes.ssid !== old.ssid) {
    delete settings.passphrase;
    settings.ssid = wishes.ssid;
  }
  if (wishes.password !== "") settings.password = wishes.password;
  if (wishes.host !== "") settings.host = wishes.host;
  if (wishes.serverPort !== null) settings.port = wishes.serverPort;
  if (wishes.secure !== null) settings.secure = wishes.secure;
  if (wishes.provisioning !== "") settings.provisioning = wishes.provisioning;
  if (wishes.passphrase !== "") settings.passphrase = wishes.passphrase;
  if (settings.jid && !settings.password) {
    throw new Trouble(`${settings.jid} needs its password: --password-file or THING_PASSWORD`);
  }
  if (!settings.jid && (wishes.host !== "" || wishes.password !== "")) {
    throw new Trouble("a password or a host is of no use without --jid");
  }
  return settings;
}

/** Without account and Wi-Fi; who it is stays. */
export function forget(old: Settings): Settings {
  return old.identity ? { identity: old.identity } : {};
}

/** A new identity, and the label that goes with it: the code is on the label alone. */
export function newIdentity(
  board: string, address: string, old?: Identity,
): { identity: Identity; label: Label } {
  const deviceId = old?.deviceId || deviceIdOf(address) || makeDeviceId();
  const code = makeCode();
  const identity = {
    vendor: VENDOR, product: PRODUCTS[board] ?? 0, revision: 1, deviceId, serial: "",
    generator: Buffer.from(generatorOf(code, deviceId), "latin1").toString("base64"),
  };
  return { identity, label: labelOf(board, identity, code) };
}

function labelOf(board: string, identity: Identity, code: string): Label {
  const { vendor, product, serial, deviceId } = identity;
  return { name: board, vendor, product, serial, deviceId, code };
}

/** For people; without any secret. */
export function describe(settings: Settings): string[] {
  const { jid, host, port, secure, provisioning, ssid } = settings;
  const server = host || jid?.split("@")[1];
  return [
    jid ? `account      ${jid} at ${server}:${port ?? XMPPS_PORT}`
      + `${secure === false ? ", plain TCP" : ", TLS"}`
      : "account      none: the board waits to be commissioned",
    ...(provisioning ? [`provisioning ${provisioning}`] : []),
    ...(ssid ? [`Wi-Fi        ${ssid}`] : []),
  ];
}
