/**
 * The label on a virtual board, and what its factory wrote into it: id, and the point made of id
 * and code (flash/generator.ts). The label is no part of the board, so it has a file of its own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Identity } from "../../firmware/rendezvous/description.js";
import { makeCode } from "../../flash/code.js";
import { generatorOf } from "../../flash/generator.js";
import { makeDeviceId, parseLabel, labelText } from "../../flash/label.js";
import type { Label } from "../../flash/label.js";

/** Vendors' numbers are given out by nobody here: the first of those for tests. */
const VENDOR = 0xfff1;
/** Boards of this machine are all of one kind. */
const PRODUCT = 0x8001;
const REVISION = 1;
const FILE_MODE = 0o600;

/** A new label; "" makes a new code, or a new id. */
export function createLabel(name: string, code = "", deviceId = ""): Label {
  return { name, vendor: VENDOR, product: PRODUCT, serial: "", deviceId: deviceId || makeDeviceId(),
    code: code || makeCode() };
}

/**
 * The label that was put on this board before, or a new one. `path` "" keeps nothing. Throws where
 * the file holds something else, or a label with another code or id than these ("" is any).
 */
export function keepLabel(path: string, name: string, code = "", deviceId = ""): Label {
  const found = path === "" ? null : read(path);
  if (found === null) {
    const label = createLabel(name, code, deviceId);
    if (path !== "") writeFileSync(path, `${labelText(label)}\n`, { mode: FILE_MODE });
    return label;
  }
  const label = parseLabel(found);
  if (label === null) throw new Error(`${path} holds no label: take it away for a new one`);
  const isOther = (code !== "" && label.code !== code)
    || (deviceId !== "" && label.deviceId !== deviceId);
  if (isOther) throw new Error(`${path} holds another label: take it away for a new one`);
  return { ...label, name };
}

export function identityOf(label: Label): Identity {
  const { vendor, product, serial, deviceId, code } = label;
  return { vendor, product, revision: REVISION, deviceId, serial,
    generator: generatorOf(code, deviceId) };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
