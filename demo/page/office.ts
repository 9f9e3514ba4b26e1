/** The provisioning server: its rule for the visitor as switches, and what it asks a person. */
import type { AuthorityView, BoardView, QuestionView, Rights } from "../stage/state.js";
import { create, find, rebuild, show, toggle } from "./element.js";
import { order } from "./order.js";

type Choices = { [Name in keyof Rights]: [Rights[Name], string][] };

const LEGENDS: Record<keyof Rights, string> = {
  friend: "May the visitor be a friend?",
  read: "What may it read?",
  control: "What may it switch?",
};
const CHOICES: Choices = {
  friend: [["yes", "Yes"], ["no", "No"], ["ask", "Ask me"]],
  read: [["all", "Everything"], ["temperature", "Only temperature"], ["none", "Nothing"],
    ["ask", "Ask me"]],
  control: [["both", "Both relays"], ["relay1", "Relay 1"], ["relay2", "Relay 2"],
    ["none", "Nothing"], ["ask", "Ask me"]],
};
const CLEARING: Record<AuthorityView["clearing"], string> = {
  none: "", sent: "The board is told to forget what it remembers …",
  acknowledged: "The board has forgotten its earlier answers.",
  waiting: "The board is away: it will be told when it comes back.",
};

export function startOffice(): void {
  find("rights").append(...Object.keys(LEGENDS).map((name) => drawRight(name as keyof Rights)));
  find("toggle").addEventListener("click", () => {
    void order("authority", { on: find("toggle").dataset["on"] !== "true" });
  });
}

export function showOffice(view: AuthorityView, board: BoardView): void {
  show(find("authority-jid"), view.jid);
  const isOn = view.isOn && !view.isSwitching;
  const state = find("authority-state");
  show(state, view.isSwitching ? "…" : view.isOn ? "online" : "switched off");
  toggle(state, "good", isOn);
  toggle(state, "bad", !isOn);
  toggle(find("authority"), "off", !isOn);
  const isTrusted = board.trust.includes(view.jid);
  show(find("trusted"), isTrusted ? "The board trusts it: its word decides."
    : view.isAsking ? "It has asked the board to be its friend." : "No board trusts it yet.");
  find("befriend").hidden = isTrusted;
  find("befriend").setAttribute("aria-disabled", String(!isOn || view.isAsking));
  find("toggle").dataset["on"] = String(view.isOn);
  show(find("toggle"), view.isOn ? "Switch it off" : "Switch it on");
  show(find("clearing"), isOn ? CLEARING[view.clearing] : "");
  for (const input of find("rights").querySelectorAll("input")) {
    input.checked = view.rights[input.name as keyof Rights] === input.value;
    input.disabled = !isOn;
  }
  const questions = isOn ? view.questions : [];
  rebuild(find("questions"), questions, () => questions.map(drawQuestion));
}

function drawRight(name: keyof Rights): HTMLElement {
  const choices = CHOICES[name].map(([choice, label]) => {
    const input = create("input", { type: "radio", name, value: choice });
    input.addEventListener("change", () => void order("right", { [name]: choice }));
    return create("label", {}, input, create("span", {}, label));
  });
  return create("fieldset", {}, create("legend", {}, LEGENDS[name]),
    create("div", { className: "choices" }, ...choices));
}

function drawQuestion(question: QuestionView): HTMLElement {
  const times = question.times > 1 ? ` (asked ${question.times} times)` : "";
  const buttons = question.choices.map(({ choice, label }) => {
    const button = create("button", { type: "button" }, label);
    button.dataset["act"] = "answer";
    button.dataset["body"] = JSON.stringify({ id: question.id, choice });
    return button;
  });
  return create("div", { className: "question" },
    create("p", {}, create("strong", {}, question.text), ` It was refused for now${times}.`),
    create("div", { className: "row" }, ...buttons));
}
