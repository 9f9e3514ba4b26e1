/**
 * The rendezvous as a file of Storage: `require("rendezvous")` gives what a board without an
 * account starts. A bundle of its own, with what it uses of the firmware in it; the board's own
 * objects come in as they are, for the build gives all bundles the same short names.
 */
import { isLabel } from "../../firmware/rendezvous/description.js";
import type { Identity } from "../../firmware/rendezvous/description.js";
import type { Residence } from "../../firmware/rendezvous/dweller.js";
import { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import type { Hal } from "../hal.js";
import { EngineCipher } from "./cipher.js";
import { ChipWireless, LoopbackWireless } from "./radio.js";
import { Stages } from "./stage.js";
import type { Station } from "./wifi.js";

/** `identity` and `networks` are what `thing.json` says; without a station it is Linux. */
function createNewcomer(
  hal: Hal, residence: Residence, identity: any, networks: any, station: Station | null,
): Newcomer | null {
  const given = identified(identity);
  if (!given) return null;
  const wireless = station ? new ChipWireless(station) : new LoopbackWireless(networks || []);
  return new Newcomer(hal, new EngineCipher(), wireless, residence, given,
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

exports.createNewcomer = createNewcomer;
