/**
 * The rendezvous as a file of Storage, which a board without an account evaluates (threshold.ts). A
 * bundle of its own, with what it uses of the firmware in it; the board's own objects come in as
 * they are, for the build gives all bundles the same short names.
 */
import { isLabel } from "../../firmware/rendezvous/description.js";
import type { Identity } from "../../firmware/rendezvous/description.js";
import { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import { EngineCipher } from "./cipher.js";
import { ChipWireless, LoopbackWireless } from "./radio.js";
import { Stages } from "./stage.js";
import type { Threshold } from "./threshold.js";

/** Without a station it is Linux, whose networks are in `thing.json`. */
function createNewcomer(threshold: Threshold): Newcomer | null {
  const identity = identified(threshold.given.identity);
  if (!identity) return null;
  const station = threshold.station;
  const networks: any = threshold.given.networks;
  const wireless = station ? new ChipWireless(station) : new LoopbackWireless(networks || []);
  return new Newcomer(threshold.hal, new EngineCipher(), wireless, threshold.device, identity,
    station ? null : new Stages());
}

/** null where the board was given no identity that can be used. */
function identified(from: any): Identity | null {
  if (!from || typeof from.deviceId !== "string" || !isLabel(from.deviceId)) return null;
  return {
    vendor: from.vendor | 0, product: from.product | 0, revision: from.revision | 0,
    deviceId: from.deviceId, serial: isLabel("" + from.serial) ? "" + from.serial : "",
    generator: atob("" + from.generator),
  };
}

THRESHOLD.newcomer = createNewcomer(THRESHOLD);
