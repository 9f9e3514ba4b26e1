/** The conversation as a sequence: an arrow for each stanza, its XML behind a click. */
import type { Lane, Line } from "../stage/state.js";
import { create, find } from "./element.js";
import { pretty } from "./xml.js";

const LINES_MAX = 1000;
/** So close to the end, somebody is reading along, not back. */
const END_PX = 80;

const NAMES: Record<Lane, string> = { visitor: "Visitor", board: "Board",
  authority: "Provisioning server", server: "XMPP server" };
const ORDER: Lane[] = ["visitor", "board", "authority"];

const list = find("lines");

export function startDialogue(): void {
  const noise = find<HTMLInputElement>("noise");
  const apply = (): void => {
    list.classList.toggle("noisy", noise.checked);
    list.scrollTop = list.scrollHeight;
    showEmpty();
  };
  noise.addEventListener("change", apply);
  apply();
}

export function resetLines(lines: Line[]): void {
  list.replaceChildren(...lines.map((line) => drawLine(line)));
  list.scrollTop = list.scrollHeight;
  showEmpty();
}

export function addLine(line: Line): void {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < END_PX;
  const item = drawLine(line);
  item.classList.add("new");
  list.append(item);
  while (list.children.length > LINES_MAX) list.firstElementChild!.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
  showEmpty();
}

function showEmpty(): void {
  const isEmpty = ![...list.children].some((item) =>
    list.classList.contains("noisy") || !item.classList.contains("noise"));
  find("empty").hidden = !isEmpty;
}

function drawLine(line: Line): HTMLElement {
  const item = create("li", { className: `${line.kind} ${line.tone}` });
  item.classList.toggle("noise", line.isNoise);
  item.classList.toggle("second", line.isNew);
  if (line.kind === "note") {
    item.classList.add(line.from);
    item.append(create("p", {}, ...drawBadge(line),
      create("span", { className: "hidden" }, `${NAMES[line.from]}: `), line.words));
    return item;
  }
  item.classList.add(`from-${line.from}`, `to-${line.to}`, direction(line));
  const text = create("span", { className: "text" }, ...drawBadge(line),
    create("code", {}, line.label),
    ...line.words ? [create("span", { className: "words" }, line.words)] : [],
    ...isStub(line) ? [create("span", { className: "words aside" },
      line.to === "server" ? "to the XMPP server" : "from the XMPP server")] : []);
  const names = `${NAMES[line.from]} to ${NAMES[line.to]}: `;
  const button = create("button", { type: "button", ariaExpanded: "false" },
    create("span", { className: "time", ariaHidden: "true" }, (line.ms / 1000).toFixed(1)),
    create("span", { className: "hidden" }, names), text,
    create("span", { className: "arrow", ariaHidden: "true" }));
  button.addEventListener("click", () => openLine(item, button, line.xml));
  item.append(button);
  return item;
}

/** Two boards share a lane. */
function drawBadge(line: Line): HTMLElement[] {
  return line.isNew ? [create("span", { className: "badge" }, "new board")] : [];
}

function isStub(line: Line): boolean {
  return line.from === "server" || line.to === "server";
}

/** A stub leaves its lane to the side where there is room. */
function direction(line: Line): string {
  if (line.to === "server") return "rightward";
  if (line.from === "server") return "leftward";
  return ORDER.indexOf(line.from) < ORDER.indexOf(line.to) ? "rightward" : "leftward";
}

function openLine(item: HTMLElement, button: HTMLElement, xml: string): void {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  item.querySelector("pre")?.remove();
  if (isOpen) return;
  const code = create("pre", { tabIndex: 0 }, create("code", {}, ...pretty(xml)));
  item.append(code);
  code.scrollIntoView({ block: "nearest" });
}
