/**
 * The common development boards with an ESP32-WROOM-32 (DOIT ESP32 DevKit V1 and its copies).
 *
 * D2   the blue LED, lit by 1
 * D0   the button BOOT, pressed is 0; held at power-on it starts the chip's loader instead
 * D34  an NTC (10 kOhm at 25 degrees, B = 3950) to ground, and 10 kOhm from D34 to 3.3 V
 * D32  a relay module that switches on by 1. Not D12 to D15, D18, D19, D21, D22, D25 to D27:
 *      Espruino pulls those up whenever it starts, and a relay there would click
 */
import { Device } from "../firmware/device.js";
import { PinAnalog, PinIn, PinOut, ntc10k } from "../hal/espruino/gpio.js";
import { ChipHal } from "../hal/espruino/hal.js";
import { storedSettings } from "../hal/espruino/settings.js";
import { Threshold } from "../hal/espruino/threshold.js";

const given = storedSettings();
const relay = new PinOut(D32, 1);
const thermistor = new PinAnalog(D34, ntc10k);
const hal = new ChipHal(new PinOut(D2, 1), new PinIn(D0, 0, "input_pullup"), given);
const device = new Device(hal, [
  {
    nodeId: "sensor",
    sensors: [{ name: "Temperature", unit: "\xC2\xB0C", decimals: 1, input: thermistor }],
    relays: [],
  },
  { nodeId: "relay1", sensors: [], relays: [{ name: "Output", output: relay }] },
], given);

device.load();
hal.start([device, new Threshold(hal, device, given, hal.station)]);
