/**
 * Whether this interpreter can run this firmware, in sentences for a person.
 */
import type { Facts } from "./board.js";

/** What was measured (ENGINE): an older one differs in what nobody has looked at. */
const VERSION_MIN = [2, 29] as const;
/** The firmware and the largest stanza that it accepts (BENCHMARKS). */
export const JSVARS_MIN = 4500;
const MODULES = ["Storage", "Flash", "crypto", "tls", "net"];
const CHIP_MODULES = ["Wifi", "TelnetServer"];

export interface Judgement {
  /** With one of these it cannot work. */
  refusals: string[];
  /** These should be known. */
  advice: string[];
}

export function judge(facts: Facts, board: string): Judgement {
  const refusals: string[] = [];
  const advice: string[] = [];
  const isChip = board !== "linux";
  const kind = isChip ? "ESP32" : "LINUX";
  if (facts.board !== kind) {
    refusals.push(`this is Espruino for ${facts.board}; ${board} needs the one for ${kind}`
      + (facts.board === "ESP32_IDF4" ? ": the build without IDF4 in its name has TLS" : ""));
  }
  const [major, minor] = /^(\d+)v(\d+)/.exec(facts.version)?.slice(1).map(Number) ?? [0, 0];
  if (major! < VERSION_MIN[0] || major === VERSION_MIN[0] && minor! < VERSION_MIN[1]) {
    refusals.push(`Espruino ${facts.version} is older than ${VERSION_MIN.join("v")}: `
      + "--interpreter FOLDER puts a newer one there");
  }
  const wanted = isChip ? [...MODULES, ...CHIP_MODULES] : MODULES;
  const missing = wanted.filter((name) => !facts.modules.includes(name));
  if (missing.length > 0) {
    refusals.push(`this build of the interpreter lacks ${missing.join(", ")}`);
  }
  if (!facts.hasCrc) refusals.push("this build of the interpreter lacks E.CRC32");
  if (isChip && !facts.hasBluetooth && facts.jsVars < JSVARS_MIN) {
    refusals.push(`${facts.jsVars} JsVars are too few; the firmware needs ${JSVARS_MIN}`);
  }
  if (facts.hasBluetooth) {
    advice.push("Bluetooth is on and takes 1,800 JsVars: it is switched off, once and for good");
  }
  const strange = facts.files.filter((name) => STRANGE.includes(name));
  if (strange.length > 0) advice.push(`${strange.join(", ")}: code of somebody else, removed`);
  return { refusals, advice };
}

/** What else the interpreter would run by itself at its start. */
export const STRANGE = [".bootcde", ".bootrst", ".boot1", ".boot2", ".boot3", ".bootPowerOn",
  ".varimg"];
