/** The second board: its label, the code that is typed, and how far it has come. */
import type { ArrivalStep, NewcomerView } from "../stage/state.js";
import { startButton } from "./button.js";
import { SMALL_DRAWING } from "./drawing.js";
import { create, find, rebuild, show, toggle } from "./element.js";
import { order } from "./order.js";
import { drawReply } from "./visitor.js";

const SAID: Record<ArrivalStep["state"], string> = {
  done: "done", now: "now", later: "to come", failed: "failed",
};

export function startNewcomer(): void {
  find("new-drawing").append(parseSvg(SMALL_DRAWING));
  startButton(find<SVGElement>("new-button"), "newbutton");
  find("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const board = !find("lend").hidden && find<HTMLInputElement>("by-board").checked;
    void order("await", { code: find<HTMLInputElement>("code").value, board });
  });
}

export function showNewcomer(view: NewcomerView): void {
  const { isHere, label } = view;
  const wasHere = !find("arrival").hidden;
  const isFocused = document.activeElement === find("unpack");
  toggle(find("newcomer"), "here", isHere);
  find("arrival").hidden = !isHere;
  find("unpack").hidden = isHere;
  // A button that vanishes must not take the keyboard's place with it.
  if (isHere && !wasHere && isFocused) find("code").focus({ preventScroll: true });
  if (!isHere) find<HTMLInputElement>("code").value = "";
  find("lend").hidden = !view.isLendable;
  show(find("newcomer-jid"), view.jid);
  const state = find("newcomer-state");
  show(state, !isHere ? "in its box" : view.isOnline ? "online" : "without a network");
  toggle(state, "good", view.isOnline);
  toggle(find("new-led"), "lit", view.led);
  find("new-led").setAttribute("aria-label", `LED ${view.led ? "on" : "off"}`);
  rebuild(find("sticker"), label, () => label ? drawLabel(label) : []);
  show(find("network"), view.isAwaited ? `Somebody waits for it, in the network ${view.network}.`
    : "");
  rebuild(find("arrival-steps"), view.steps, () => view.steps.map(drawStep));
  find("meet").setAttribute("aria-disabled", String(!view.isReady || view.isBusy));
  const reply = find("new-reply");
  toggle(reply, "busy", view.isBusy);
  rebuild(reply, [view.isBusy, view.reply], () => view.isBusy
    ? [create("p", { className: "title" }, "Waiting for an answer …")]
    : view.reply ? drawReply(view.reply)
      : [create("p", { className: "faint" }, "What the new board measures will be written here.")]);
}

function drawLabel(label: { id: string; code: string; symbol: string }): HTMLElement[] {
  const symbol = create("div", { className: "symbol", role: "img",
    ariaLabel: "QR code with what the label says" });
  symbol.append(parseSvg(label.symbol));
  return [symbol, create("figcaption", {},
    create("span", {}, `new board ${label.id}`), create("span", {}, "pairing code"),
    create("strong", { id: "label-code" }, label.code))];
}

function drawStep(step: ArrivalStep): HTMLElement {
  const item = create("li", { className: step.state },
    create("span", { className: "mark", ariaHidden: "true" }, step.state === "done" ? "✓"
      : step.state === "failed" ? "!" : ""),
    create("div", {}, create("h3", {}, step.title,
      create("span", { className: "hidden" }, ` (${SAID[step.state]})`)),
    create("p", {}, step.text)));
  if (step.state === "now") item.setAttribute("aria-current", "step");
  return item;
}

/** Only what this page and its server have drawn themselves. */
function parseSvg(text: string): Element {
  return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
}
