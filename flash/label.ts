/**
 * The label of a board: what is printed on it, and the same as a QR code (RENDEZVOUS 5.7).
 *
 *   1V:<vendor>$P:<product>$S:<serial>$E:<device id>$H:<network>$C:<code>$
 *
 * The network is the discriminator in the name of each network that waits for this board alone,
 * XPR1-<network>-…: it follows from the device id, but a person can read and type it, so that of
 * several new boards the others stay away. All of it is of QR's alphanumeric alphabet, so the
 * symbol stays small. The code is on the label alone: a board never sends it, and what it keeps is
 * a point made from it.
 */
import { randomBytes } from "node:crypto";
import { encodeQR } from "qr";
import { JOINABLE, printDiscriminator } from "../firmware/rendezvous/network.js";
import { HostCrypto } from "../hal/host/crypto.js";
import { printCode, readCode } from "./code.js";

/** A board's name for its whole life: 64 bits, written as 16 hexadecimal digits. */
export const DEVICE_ID_CHARS = 16;
/** What a person compares: the end of the device id. */
const SHORT_ID_CHARS = 6;
export const SERIAL_CHARS_MAX = 32;
/** Longer ones would not stand beside the symbol. */
export const NAME_CHARS_MAX = 20;
/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const QUIET_MODULES = 4;
/** Light modules are drawn, so the colours must be said: terminals may be light or dark. */
const WHITE_ON_BLACK = "\x1b[97;40m";
const PLAIN = "\x1b[0m";

export interface Label {
  /** What a person calls this board, such as "esp32-devkit". Printed, not part of the text. */
  name: string;
  /** 16 bits each. */
  vendor: number;
  product: number;
  /** Upper-case letters, digits and hyphens; "" for none. */
  serial: string;
  /** 16 upper-case hexadecimal digits. */
  deviceId: string;
  /** 9 characters, normalised. */
  code: string;
}

/** An id for a board without an address of its own: EUI-64, marked as locally administered. */
export function makeDeviceId(random: (count: number) => Uint8Array = randomBytes): string {
  const octets = Buffer.from(random(DEVICE_ID_CHARS / 2));
  octets[0] = octets[0]! & 0xfc | 0x02;
  return octets.toString("hex").toUpperCase();
}

/** The EUI-64 of an EUI-48 ("24:0a:c4:00:01:10"): FFFE between its halves. "" for anything else. */
export function deviceIdOf(address: string): string {
  const digits = address.replace(/[:-]/g, "").toUpperCase();
  return /^[0-9A-F]{12}$/.test(digits) ? `${digits.slice(0, 6)}FFFE${digits.slice(6)}` : "";
}

/** The end of the device id, in two groups: "00-1234". */
export function printId(deviceId: string): string {
  return deviceId.slice(-SHORT_ID_CHARS).replace(/^(..)/, "$1-");
}

/** What the networks that wait for this board alone are called by: "9C3F". */
export function networkOf(deviceId: string): string {
  return printDiscriminator(deviceId, new HostCrypto());
}

/** Throws where a part is not what a label can carry. */
export function labelText(label: Label): string {
  const { vendor, product, serial, deviceId, code } = label;
  demand(/^[0-9A-F]{16}$/.test(deviceId), "a device id has 16 hexadecimal digits");
  demand(readCode(code) === code && code !== "", "a pairing code has 9 characters and a check");
  demand(serial.length <= SERIAL_CHARS_MAX && /^[0-9A-Z-]*$/.test(serial),
    `a serial has at most ${SERIAL_CHARS_MAX} upper-case letters, digits and hyphens`);
  const parts = [`V:${word(vendor)}`, `P:${word(product)}`];
  if (serial !== "") parts.push(`S:${serial}`);
  parts.push(`E:${deviceId}`, `H:${networkOf(deviceId)}`, `C:${code}`);
  return `1${parts.join("$")}$`;
}

/**
 * A scanned text, or null where it is no label of ours. Keys that we do not know are passed over,
 * as Weave's labels have more of them; one without its network is of an earlier version.
 */
export function parseLabel(text: string): Omit<Label, "name"> | null {
  const match = /^1((?:[A-Z]:[^$]*\$)+)$/.exec(text.trim());
  if (match === null) return null;
  const found = new Map<string, string>();
  for (const part of match[1]!.split("$").slice(0, -1)) {
    if (found.has(part[0]!)) return null;
    found.set(part[0]!, part.slice(2));
  }
  const number = (key: string): number => Number.parseInt(found.get(key) ?? "", 16);
  const label = {
    vendor: number("V"), product: number("P"), serial: found.get("S") ?? "",
    deviceId: found.get("E") ?? "", code: found.get("C") ?? "",
  };
  try {
    labelText({ ...label, name: "" });
    const network = found.get("H") ?? networkOf(label.deviceId);
    return network === networkOf(label.deviceId) ? label : null;
  } catch {
    return null;
  }
}

/** A QR code for a terminal. Without `color` it is right on dark terminals alone. */
export function qrTerminal(text: string, color: boolean): string {
  const lines = symbol(text, "ascii").trimEnd().split("\n");
  if (!color) return lines.join("\n");
  return lines.map((line) => WHITE_ON_BLACK + line + PLAIN).join("\n");
}

/** A QR code as a picture: an `<svg>` of its own, dark on what is behind it. */
export function qrSvg(text: string): string {
  return symbol(text, "svg");
}

/** What `npm run flash` and the like show: the symbol, and what is printed beside it. */
export function labelTerminal(label: Label, color: boolean): string {
  return [
    qrTerminal(labelText(label), color), "",
    `  board         ${label.name} ${printId(label.deviceId)}`,
    `  network       ${JOINABLE}-${networkOf(label.deviceId)}`,
    `  pairing code  ${printCode(label.code)}`,
  ].join("\n");
}

/** The label to print, 50 mm × 25 mm. */
export function labelSvg(label: Label): string {
  const inner = qrSvg(labelText(label)).replace("<svg ", '<svg width="25" height="25" ');
  const line = (y: number, size: number, text: string): string =>
    `<text x="25" y="${y}" font-size="${size}">${escape(text)}</text>`;
  return '<svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="25mm"'
    + ' viewBox="0 0 50 25" font-family="monospace">'
    + `<rect width="50" height="25" fill="#fff"/>${inner}`
    + line(6, 2, label.name.slice(0, NAME_CHARS_MAX)) + line(9.3, 2, printId(label.deviceId))
    + line(12.6, 2, `${JOINABLE}-${networkOf(label.deviceId)}`)
    + line(17, 2, "pairing code") + line(21.2, 3.4, printCode(label.code)) + "</svg>";
}

function symbol(text: string, output: "ascii" | "svg"): string {
  return encodeQR(text, output, { ecc: "medium", border: QUIET_MODULES });
}

function word(value: number): string {
  demand(Number.isInteger(value) && value >= 0 && value <= 0xffff, "a number of 16 bits");
  return value.toString(16).toUpperCase().padStart(4, "0");
}

function demand(isRight: boolean, rule: string): void {
  if (!isRight) throw new Error(`no label: ${rule}`);
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
