/**
 * Names of networks that wait for somebody: XPR1-<discriminator>-<tag>, the discriminator of a
 * device id as four hexadecimal digits, or ANY. The tag only keeps two of them apart.
 */
import type { Cell, Crypto } from "../../hal/hal.js";
import { has } from "../xml/list.js";
import { discriminator } from "./description.js";

export const JOINABLE = "XPR1";
export const ANYBODY = "ANY";
/** More than dBm can make up for. */
const NAMED = 3000;
const ANY_NAME = 2000;
const OTHER_NAME = 1000;

/** As it stands in the name of a network and on a label. */
export function printDiscriminator(deviceId: string, crypto: Crypto): string {
  const number = discriminator(deviceId, crypto) + 0x10000;
  return number.toString(16).substring(1).toUpperCase();
}

/**
 * Which to try next: named for us, then for anybody, then the rest; of equals the nearest. "" for
 * none. `tried` is a packed list (xml/list.ts).
 */
export function choose(cells: Cell[], tried: string, name: string): string {
  let best = "";
  let bestRank = 0;
  for (const cell of cells) {
    const parts = cell.ssid.split("-");
    if (!cell.isOpen || parts[0] !== JOINABLE || parts.length < 2) continue;
    if (cell.ssid.indexOf("\x01") >= 0 || has(tried, cell.ssid)) continue;
    const kind = parts[1] === name ? NAMED : parts[1] === ANYBODY ? ANY_NAME : OTHER_NAME;
    if (kind + cell.rssi <= bestRank) continue;
    best = cell.ssid;
    bestRank = kind + cell.rssi;
  }
  return best;
}
