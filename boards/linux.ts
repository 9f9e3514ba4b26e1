/**
 * Espruino for Linux: the firmware as it runs on the chip, with pins that are reached from the
 * interpreter's console: `board.press(200)`, `board.relay1`, `board.set("Temperature", 23.25)`.
 * Its account is a global `THING`, or `thing.json` in the working directory.
 */
import { Device } from "../firmware/device.js";
import { ConsoleAnalog, ConsoleBoard, ConsoleOut, LinuxHal } from "../hal/espruino/linux.js";
import { Report } from "../hal/espruino/report.js";
import { linuxSettings } from "../hal/espruino/settings.js";
import { Threshold } from "../hal/espruino/threshold.js";

// A name that nobody declares becomes a global, which is where the console looks.
board = new ConsoleBoard();
const temperature = new ConsoleAnalog(board, "Temperature", 21.5);
const humidity = new ConsoleAnalog(board, "Humidity", 40);
const relay1 = new ConsoleOut(board, "relay1");
const relay2 = new ConsoleOut(board, "relay2");
const hal = new LinuxHal(new ConsoleOut(board, "led"), board);
const given = linuxSettings();
const device = new Device(hal, [
  {
    nodeId: "sensor",
    sensors: [
      { name: "Temperature", unit: "\xC2\xB0C", decimals: 1, input: temperature },
      { name: "Humidity", unit: "%", decimals: 0, input: humidity },
    ],
    relays: [],
  },
  { nodeId: "relay1", sensors: [], relays: [{ name: "Output", output: relay1 }] },
  { nodeId: "relay2", sensors: [], relays: [{ name: "Output", output: relay2 }] },
], given);

device.load();
hal.start([device, new Threshold(hal, device, given, null), new Report(device)]);
