/**
 * Espruino itself onto a chip: its three files, where its partition table wants them, through the
 * chip's own loader (esptool-js). Every octet is verified by the MD5 that the chip computes.
 *
 * The flash is asked for four bits at a time and at 80 MHz (QIO/80), where Espruino's own guide
 * says DIO/40: all code, the interpreter's and ours, is read from flash through a small cache, so
 * a third to a half of the time that a stanza takes is this wire (ENGINE 5). Modules that are wired
 * for two bits only do not start with it: `--interpreter` again with THING_FLASH_MODE=dio.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { ESPLoader, Transport } from "esptool-js";
import type { FlashModeValues } from "esptool-js";
import { Trouble } from "./line.js";
import type { Options } from "./option.js";
import { agree } from "./question.js";
import type { Show } from "./show.js";
import { WebPort } from "./web.js";

/** Espruino's archive for the classic ESP32, espruino_2vNN_esp32.tgz. */
export const PARTS = [
  { name: "bootloader.bin", address: 0x1000 },
  { name: "partitions_espruino.bin", address: 0x8000 },
  { name: "espruino_esp32.bin", address: 0x10000 },
] as const;
/** The loader in the chip's ROM begins with this; its helper in RAM takes the faster one. */
const ROM_BAUD = 115200;
const BAUD = 460800;
const MODES = ["qio", "dio"] as const;

interface Part {
  name: string;
  address: number;
  data: Uint8Array;
}

export function readParts(folder: string): Part[] {
  const missing = PARTS.filter(({ name }) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new Trouble(`${folder}: no ${missing.map(({ name }) => name).join(", ")}. It must hold `
      + "what is in espruino_2vNN_esp32.tgz, which espruino.com offers for download");
  }
  return PARTS.map(({ name, address }) =>
    ({ name, address, data: new Uint8Array(readFileSync(join(folder, name))) }));
}

export async function flashInterpreter(
  path: string, options: Options, show: Show, baud = BAUD,
): Promise<void> {
  const parts = readParts(options.interpreter);
  const mode = MODES.find((each) => each === (env["THING_FLASH_MODE"] ?? MODES[0]));
  if (!mode) throw new Trouble(`THING_FLASH_MODE is one of ${MODES.join(", ")}`);
  for (const { name, address, data } of parts) {
    show.say("interpreter", `${name}, ${data.length} octets, to 0x${address.toString(16)}`);
  }
  if (options.isDry) return;
  if (!await agree(`Flash the interpreter (${mode.toUpperCase()}, 80 MHz)?`, options)) {
    throw new Trouble("nothing was changed");
  }
  const port = new WebPort(path);
  const transport = new Transport(port, false);
  try {
    await write(transport, parts, mode, show, baud);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(explain(path, String(error)));
  } finally {
    await transport.disconnect().catch(() => undefined);
  }
}

async function write(
  transport: Transport, parts: Part[], mode: FlashModeValues, show: Show, baud: number,
): Promise<void> {
  const silent = { clean: () => undefined, write: () => undefined, writeLine: () => undefined };
  const loader = new ESPLoader({
    transport, baudrate: baud, romBaudrate: Math.min(ROM_BAUD, baud), terminal: silent,
  });
  const chip = await loader.main();
  show.say("chip", chip);
  if (loader.chip.CHIP_NAME !== "ESP32") {
    throw new Trouble(`this is an ${loader.chip.CHIP_NAME}; Espruino has what we need on the `
      + "classic ESP32 alone");
  }
  await loader.writeFlash({
    fileArray: parts, flashMode: mode, flashFreq: "80m", flashSize: "keep", eraseAll: false,
    compress: true, calculateMD5Hash: (image) => createHash("md5").update(image).digest("hex"),
    reportProgress: (index, done, total) => show.bar(parts[index]!.name, done, total),
  });
  await loader.after("hard_reset");
}

/** What the loader says, and what a person does about it. */
export function explain(path: string, message: string): string {
  const text = message.replace(/^(ESP)?Error: /, "").split("\n")[0]!;
  if (/MD5/.test(text)) {
    return `${path}: what was written is not what was sent. Another cable, or THING_FLASH_MODE=dio`;
  }
  if (/connect|sync|boot mode|No serial data|Timeout/i.test(text)) {
    return `${path}: no answer from the chip's loader. Hold BOOT, press EN, let go of BOOT, `
      + "and try again at once";
  }
  return `${path}: ${text}`;
}
