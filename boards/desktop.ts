/**
 * The board of `npm run device`: no wires, its pins are shown on a page in the browser.
 * The numbers of an input are its value at the start and the ends of its slider.
 */
import { VirtualAnalog, VirtualOutput } from "../hal/host/gpio.js";
import type { VirtualNode } from "../hal/host/gpio.js";

export function createDesktop(): VirtualNode[] {
  const temperature = new VirtualAnalog(21.5, -20, 60);
  const humidity = new VirtualAnalog(40, 0, 100);
  return [
    {
      nodeId: "sensor",
      sensors: [
        { name: "Temperature", unit: "\xC2\xB0C", decimals: 1, input: temperature },
        { name: "Humidity", unit: "%", decimals: 0, input: humidity },
      ],
      relays: [],
    },
    { nodeId: "relay1", sensors: [], relays: [{ name: "Output", output: new VirtualOutput() }] },
    { nodeId: "relay2", sensors: [], relays: [{ name: "Output", output: new VirtualOutput() }] },
  ];
}
