/** The steps of the story; the one to do is open, with the button that does the next thing. */
import type { Step } from "../stage/state.js";
import { create, find, rebuild } from "./element.js";

const SAID = { done: "done", now: "now", later: "to come" };

export function showStory(steps: Step[]): void {
  const list = find("steps");
  const isFollowing = document.activeElement?.id === "next";
  if (list.children.length !== steps.length) {
    list.replaceChildren(...steps.map(() => create("li")));
  }
  steps.forEach((step, index) => {
    const item = list.children[index] as HTMLElement;
    // When everything is done, the last one stays open.
    const isNow = step.state === "now" || (index === steps.length - 1 && step.state === "done");
    item.className = `${step.state}${isNow ? " open" : ""}`;
    if (step.state === "now") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    rebuild(item, [step, index], () => drawStep(step, index, steps.length));
  });
  // Whoever goes through the story by keyboard stays where it goes on.
  if (isFollowing) document.getElementById("next")?.focus({ preventScroll: true });
}

function drawStep(step: Step, index: number, count: number): HTMLElement[] {
  const number = index === count - 1 ? "+" : String(index + 1);
  const mark = create("span", { className: "mark", ariaHidden: "true" }, number);
  const title = create("button", { type: "button", ariaExpanded: "false" },
    create("span", { className: "hidden" }, `${number}, `), step.title,
    create("span", { className: "hidden" }, ` (${SAID[step.state]})`));
  title.dataset["focus"] = "title";
  const what = create("div", { className: "what" }, create("h3", {}, title),
    create("p", {}, step.text));
  title.addEventListener("click", () => {
    const isOpen = what.classList.toggle("peek");
    title.setAttribute("aria-expanded", String(isOpen));
  });
  if (step.state === "now" || step.action) what.append(drawAction(step));
  return [mark, what];
}

function drawAction(step: Step): HTMLElement {
  if (!step.action) {
    return create("p", { className: "waiting", id: "next", tabIndex: -1 },
      "This happens by itself …");
  }
  const button = create("button", { type: "button", className: "main", id: "next" },
    step.action.label);
  button.dataset["act"] = step.action.act;
  button.dataset["body"] = JSON.stringify(step.action.body);
  return button;
}
