/**
 * "ESP32 Relay X2": two 10 A relays, an ESP32-WROOM-32E, terminals for 5 V or 7 to 30 V.
 *
 * D16, D17  the relays, switched on by 1. The board's maker chose well: Espruino pulls D12 to D15,
 *           D18, D19, D21, D22 and D25 to D27 up whenever it starts, but not these
 * D23       the LED, lit by 1
 * D0        the button IO0, pressed is 0; held at power-on it starts the chip's loader instead
 */
import { Device } from "../firmware/device.js";
import { PinIn, PinOut } from "../hal/espruino/gpio.js";
import { ChipHal } from "../hal/espruino/hal.js";
import { storedSettings } from "../hal/espruino/settings.js";
import { Threshold } from "../hal/espruino/threshold.js";

const given = storedSettings();
const relay1 = new PinOut(D16, 1);
const relay2 = new PinOut(D17, 1);
const hal = new ChipHal(new PinOut(D23, 1), new PinIn(D0, 0, "input_pullup"), given);
const device = new Device(hal, [
  { nodeId: "relay1", sensors: [], relays: [{ name: "Output", output: relay1 }] },
  { nodeId: "relay2", sensors: [], relays: [{ name: "Output", output: relay2 }] },
], given);

device.load();
hal.start([device, new Threshold(hal, device, given, hal.station)]);
