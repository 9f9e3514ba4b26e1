import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDesktop } from "../../../../boards/desktop.js";
import { VirtualButton, VirtualOutput } from "../../../../hal/host/gpio.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createButton() {
  const button = new VirtualButton();
  const edges: boolean[] = [];
  button.onChange = (down) => edges.push(down);
  return { button, edges };
}

test("an output tells of changes alone", () => {
  const output = new VirtualOutput();
  const told: boolean[] = [];
  output.onChange = (on) => told.push(on);
  for (const on of [false, true, true, false]) output.write(on);
  expect(told).toEqual([true, false]);
});

test("a press is down for its time, and resolves when the button is up again", async () => {
  const { button, edges } = createButton();
  let isOver = false;
  void button.press(500).then(() => { isOver = true; });
  await vi.advanceTimersByTimeAsync(499);
  expect([button.read(), isOver]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect([button.read(), isOver]).toEqual([false, true]);
  expect(edges).toEqual([true, false]);
});

test("letting go ends a press early", async () => {
  const { button } = createButton();
  let isOver = false;
  void button.press(60000).then(() => { isOver = true; });
  button.move(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  await vi.advanceTimersByTimeAsync(60000);
  expect(button.read()).toBe(false);
});

test("holding on takes over from a press, whose answer waits", async () => {
  const { button, edges } = createButton();
  let isOver = false;
  void button.press(100).then(() => { isOver = true; });
  button.move(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect([button.read(), isOver]).toEqual([true, false]);
  button.move(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  expect(edges).toEqual([true, false]);
});

test("two presses at once are one, as long as the newer says", async () => {
  const { button, edges } = createButton();
  let over = 0;
  void button.press(100).then(() => { over++; });
  await vi.advanceTimersByTimeAsync(50);
  void button.press(100).then(() => { over++; });
  await vi.advanceTimersByTimeAsync(99);
  expect(over).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toBe(2);
  expect(edges).toEqual([true, false]);
});

test("the desktop board is what VIRTUAL-BOARD says, and every one has pins of its own", () => {
  const nodes = createDesktop();
  expect(nodes.map((node) => node.nodeId)).toEqual(["sensor", "relay1", "relay2"]);
  const sensors = nodes[0]!.sensors.map(({ name, unit, decimals, input }) =>
    [name, unit, decimals, input.read()]);
  const wanted = [["Temperature", "\xc2\xb0C", 1, 21.5], ["Humidity", "%", 0, 40]];
  expect(sensors).toEqual(wanted);
  const relays = nodes.slice(1).flatMap((node) => node.relays);
  const output = ["Output", false];
  expect(relays.map((relay) => [relay.name, relay.output.on])).toEqual([output, output]);
  relays[0]!.output.write(true);
  expect(createDesktop()[1]!.relays[0]!.output.on).toBe(false);
});
