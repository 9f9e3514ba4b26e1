/** The board, drawn: a LED that shines, a button to press and hold, relays, sensors, a plug. */
import type { BoardView } from "../stage/state.js";
import { startButton } from "./button.js";
import { DRAWING } from "./drawing.js";
import { create, find, show, toggle } from "./element.js";
import { order } from "./order.js";

const SENSORS = [
  { name: "Temperature", unit: "°C", decimals: 1, least: -20, most: 60 },
  { name: "Humidity", unit: "%", decimals: 0, least: 0, most: 100 },
];
/** Of the ring around the button. */
const RING = 2 * Math.PI * 34;
const COUNT_MS = 250;

const writers = new Map<string, (value: number) => void>();
let says = "";
let pairing: { untilMs: number; windowMs: number; who: string } | null = null;

export function startBoard(): void {
  find("drawing").prepend(new DOMParser().parseFromString(DRAWING, "image/svg+xml")
    .documentElement);
  startButton(find<SVGElement>("button"), "button");
  for (const sensor of SENSORS) find("sensors").append(drawSensor(sensor));
  find("power").addEventListener("click", () => {
    void order("power", { on: find("power").dataset["on"] !== "true" });
  });
  setInterval(count, COUNT_MS);
}

export function showBoard(view: BoardView): void {
  show(find("board-jid"), view.jid);
  const state = find("board-state");
  show(state, !view.isPowered ? "no power" : view.isOnline ? "online" : "connecting …");
  toggle(state, "good", view.isOnline);
  toggle(state, "bad", !view.isPowered);
  toggle(find("board"), "off", !view.isPowered);
  toggle(find("led"), "lit", view.led);
  find("led").setAttribute("aria-label", `LED ${view.led ? "on" : "off"}`);
  for (const [name, isOn] of Object.entries(view.relays)) {
    toggle(find(name), "on", isOn);
    find(name).setAttribute("aria-label", `${name} ${isOn ? "on" : "off"}`);
    show(find(`${name}-text`), isOn ? "on" : "off");
  }
  for (const [name, value] of Object.entries(view.sensors)) writers.get(name)?.(value);
  show(find("trust"), view.trust.length > 0 ? "the provisioning server" : "nobody");
  show(find("friends"), sayFriends(view.friends));
  show(find("memory"), sayMemory(view));
  find("power").dataset["on"] = String(view.isPowered);
  show(find("power"), view.isPowered ? "Pull the plug" : "Plug it in");
  says = view.says;
  pairing = view.pairing && { who: view.pairing.who, windowMs: view.pairing.windowMs,
    untilMs: performance.now() + view.pairing.leftMs };
  count();
}

function sayFriends(friends: string[]): string {
  const names = friends.map((jid) => jid.startsWith("visitor@") ? "the visitor"
    : jid.startsWith("provisioning@") ? "the provisioning server" : jid);
  return names.join(" and ") || "none";
}

function sayMemory(view: BoardView): string {
  const { entries, hits } = view.cache;
  if (!view.isPowered) return "what its flash holds";
  if (entries === 0) return "no answers";
  const used = hits === 0 ? "" : `, used ${hits === 1 ? "once" : `${hits} times`}`;
  return `${entries} ${entries === 1 ? "answer" : "answers"}${used}`;
}

/** The window that is closing: a ring, and words that are not read aloud each second. */
function count(): void {
  toggle(find("board"), "pairing", pairing !== null);
  const ring = find<SVGCircleElement>("ring");
  const leftMs = pairing ? Math.max(0, pairing.untilMs - performance.now()) : 0;
  ring.style.strokeDasharray = String(RING);
  ring.style.strokeDashoffset = String(pairing ? RING * (1 - leftMs / pairing.windowMs) : RING);
  show(find("seconds"), pairing ? `${Math.ceil(leftMs / 1000)} s` : "");
  show(find("hint"), pairing ? `The LED blinks for the ${pairing.who === "visitor" ? "visitor"
    : "provisioning server"}: press the button to accept.` : says && `LED: ${says}`);
}

function drawSensor({ name, unit, decimals, least, most }: typeof SENSORS[number]): HTMLElement {
  const id = `sensor-${name}`;
  const output = create("output", { id: `${id}-value` });
  const slider = create("input", { type: "range", id, min: String(least), max: String(most),
    step: String(10 ** -decimals) });
  const write = (value: number): void => {
    const text = `${value.toFixed(decimals)} ${unit}`;
    show(output, text);
    show(find(`silk-${name}`), text);
    slider.setAttribute("aria-valuetext", text);
  };
  slider.addEventListener("input", () => {
    write(slider.valueAsNumber);
    void order("sensor", { name, value: slider.valueAsNumber });
  });
  writers.set(name, (value) => {
    if (slider.matches(":active")) return;
    slider.value = String(value);
    write(value);
  });
  return create("div", { className: "sensor" },
    create("label", { htmlFor: id }, name), slider, output);
}
