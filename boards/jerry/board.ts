/**
 * The firmware for JerryScript: `thingward.create(hal)` makes a device of what a C program gives
 * it (README.md beside this). Nothing happens by itself: C calls `tick`.
 */
import { Device } from "../../firmware/device.js";
import { controls, nodesOf, settingsOf } from "../../hal/jerry/board.js";
import { GivenHal } from "../../hal/jerry/hal.js";
import type { Given } from "../../hal/jerry/hal.js";

export function create(given: Given): Given {
  const hal = new GivenHal(given);
  const device = new Device(hal, nodesOf(given), settingsOf(given));
  device.load();
  return controls(device, hal.network);
}
