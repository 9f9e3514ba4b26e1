/**
 * Who a joiner says that it is, and whom a provisioner wants (RENDEZVOUS 1.4, 5.1). Nothing of
 * this is secret, and the pairing code is never a part of it.
 *
 *   criteria (frame 1)     0 version u8 = 1 · 1 vendor u16 · 3 product u16 · 5 modes u8 ·
 *                          6 hash of the wanted device id u16 · 8 suites u8 · later versions: more
 *   description (frame 2)  a list (tag.ts): 1 vendor u16 · 2 product u16 · 3 revision u16 ·
 *                          4 device id · 5 software version · 6 flags u8 · 7 suites u8
 *   secured description    the same octets, and then 8 serial number
 *
 * FFFF in the criteria means any. What the secured description adds is for the provisioner alone;
 * what it repeats must be equal, or somebody has changed the first on its way.
 */
import { LABEL_BYTES_MAX } from "../config.js";
import type { Crypto } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { isSound, numberOf, optional, readU16, tagged, u16, valueOf } from "./tag.js";

export const VERSION_OCTET = 1;
/** Any vendor, any product, any device id. */
export const ANY = 0xffff;
const CRITERIA_BYTES = 9;

/** Ways to prove oneself, as bits; the highest that both sides have is used. */
export const enum Suite {
  /** Nothing is proved. No board has it; it stands for tests. */
  Unproven = 128,
  /** A key that was kept from an earlier pairing, 32 octets. */
  Access = 2,
  /** CPace on X25519 with the pairing code: suite 1 of RENDEZVOUS. */
  Code = 1,
  None = 0,
}

/** Bits of the criteria's modes and of the description's flags. */
export const enum Mode {
  /** A person has pressed the button within the joiner's window. */
  UserSelected = 1,
  /** It has no account (flags only). */
  Unprovisioned = 2,
}

export interface Criteria {
  vendor: number;
  product: number;
  /** Mode.UserSelected: only boards whose button was pressed. */
  modes: number;
  /** `discriminator` of the wanted device id, or ANY. */
  hash: number;
  /** The provisioner's Suites. */
  suites: number;
}

export interface Description {
  vendor: number;
  product: number;
  revision: number;
  /** 1 to LABEL_BYTES_MAX octets of printable ASCII without spaces. */
  deviceId: string;
  software: string;
  /** Modes. */
  flags: number;
  /** The joiner's Suites. */
  suites: number;
  /** "" in the public description. */
  serial: string;
}

/** What a board was given in its factory; never the pairing code itself. */
export interface Identity {
  vendor: number;
  product: number;
  revision: number;
  deviceId: string;
  serial: string;
  /** 32 octets: CPace's generator for pairing code and device id; "" where there is none. */
  generator: string;
}

/** 16 bits of a device id, for SSIDs (as four hexadecimal digits) and criteria; never ANY. */
export function discriminator(deviceId: string, crypto: Crypto): number {
  const value = readU16(crypto.hash(Hash.Sha256, deviceId), 0);
  return value === ANY ? 0 : value;
}

export function encodeCriteria(criteria: Criteria): string {
  return String.fromCharCode(VERSION_OCTET) + u16(criteria.vendor) + u16(criteria.product) +
    String.fromCharCode(criteria.modes) + u16(criteria.hash) +
    String.fromCharCode(criteria.suites);
}

/** null for what is none, or of a version that is not ours. */
export function decodeCriteria(body: string): Criteria | null {
  if (body.length < CRITERIA_BYTES || body.charCodeAt(0) !== VERSION_OCTET) return null;
  return {
    vendor: readU16(body, 1), product: readU16(body, 3), modes: body.charCodeAt(5),
    hash: readU16(body, 6), suites: body.charCodeAt(8),
  };
}

/** The public list, and behind it the serial number where it is not "". */
export function encodeDescription(one: Description): string {
  return tagged(1, u16(one.vendor)) + tagged(2, u16(one.product)) + tagged(3, u16(one.revision)) +
    tagged(4, one.deviceId) + optional(5, one.software) +
    tagged(6, String.fromCharCode(one.flags)) + tagged(7, String.fromCharCode(one.suites)) +
    optional(8, one.serial);
}

/** null for what is none. */
export function decodeDescription(body: string): Description | null {
  if (!isSound(body)) return null;
  const deviceId = valueOf(body, 4);
  const software = valueOf(body, 5);
  const serial = valueOf(body, 8);
  if (deviceId === "" || !isLabel(deviceId) || !isLabel(software) || !isLabel(serial)) return null;
  return {
    vendor: numberOf(body, 1, ANY), product: numberOf(body, 2, ANY),
    revision: numberOf(body, 3, 0), deviceId, software, flags: numberOf(body, 6, 0),
    suites: numberOf(body, 7, Suite.None), serial,
  };
}

/** Whether a joiner is one of those that are wanted. Both sides ask this. */
export function matches(criteria: Criteria, one: Description, crypto: Crypto): boolean {
  if (criteria.vendor !== ANY && criteria.vendor !== one.vendor) return false;
  if (criteria.product !== ANY && criteria.product !== one.product) return false;
  if ((criteria.modes & Mode.UserSelected) > (one.flags & Mode.UserSelected)) return false;
  if (criteria.hash !== ANY && criteria.hash !== discriminator(one.deviceId, crypto)) return false;
  return suiteOf(criteria.suites, one.suites) !== Suite.None;
}

/** The one that will be used between two sides: the highest that both have. */
export function suiteOf(one: number, other: number): Suite {
  let suite = 128;
  while ((one & other & suite) !== suite) suite >>= 1;
  return suite;
}

/** Printable ASCII without spaces, and not too long. */
export function isLabel(text: string): boolean {
  return text.length <= LABEL_BYTES_MAX && !/[^\x21-\x7e]/.test(text);
}
