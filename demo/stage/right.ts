/**
 * The provisioning server's rule for the visitor, as switches that need no manual; and back.
 */
import type { Question } from "../../authority/decision.js";
import type { Rule } from "../../authority/rule.js";
import type { QuestionView, Rights } from "./state.js";

export const CHOICES: { [Name in keyof Rights]: Rights[Name][] } = {
  friend: ["yes", "no", "ask"],
  read: ["all", "temperature", "none", "ask"],
  control: ["both", "relay1", "relay2", "none", "ask"],
};

/** How the story begins: a friend only if a person says so, and not every relay. */
export const FIRST_RIGHTS: Rights = { friend: "ask", read: "all", control: "relay1" };

/** "ask" is a rule without opinion: the answer is no, and a person is asked. */
export function ruleOf(device: string, peer: string, rights: Rights): Rule {
  const rule: Rule = { device, peer };
  if (rights.friend !== "ask") rule.friend = rights.friend === "yes";
  const { read, control } = rights;
  if (read === "temperature") rule.read = { fields: ["Temperature"] };
  else if (read !== "ask") rule.read = read === "all";
  if (control === "both") rule.control = true;
  else if (control === "none") rule.control = false;
  else if (control !== "ask") rule.control = { nodes: [{ nodeId: control }] };
  return rule;
}

export function rightsOf(rule: Rule | undefined): Rights {
  const { friend, read, control } = rule ?? {};
  return {
    friend: friend === undefined ? "ask" : friend ? "yes" : "no",
    read: read === undefined ? "ask" : read === false ? "none"
      : read !== true && read.fields ? "temperature" : "all",
    control: control === undefined ? "ask" : control === false ? "none"
      : control !== true && control.nodes?.[0]?.nodeId === "relay1" ? "relay1"
        : control !== true && control.nodes?.[0]?.nodeId === "relay2" ? "relay2" : "both",
  };
}

/** The rights as a wish changes them, or null when it is no such wish. */
export function changeRights(rights: Rights, wish: Record<string, unknown>): Rights | null {
  const entries = Object.entries(wish);
  const isKnown = entries.length > 0 && entries.every(([name, choice]) =>
    Object.hasOwn(CHOICES, name)
    && (CHOICES[name as keyof Rights] as unknown[]).includes(choice));
  return isKnown ? { ...rights, ...wish } : null;
}

/** What a person is asked, and what may be answered. */
export function viewQuestion(id: string, question: Question, times: number): QuestionView {
  const { kind } = question;
  const view = { id, kind, times };
  if (kind === "friend") {
    return { ...view, text: "May the visitor be a friend of the board?",
      choices: [{ choice: "yes", label: "Yes" }, { choice: "no", label: "No" }] };
  }
  if (kind === "read") {
    return { ...view, text: "May the visitor read the sensors?",
      choices: [{ choice: "all", label: "Yes, everything" },
        { choice: "temperature", label: "Only the temperature" },
        { choice: "none", label: "No" }] };
  }
  const node = question.nodes[0]?.nodeId ?? "";
  const one = node === "relay1" || node === "relay2" ? node : "";
  return { ...view, text: `May the visitor switch ${one || "the relays"}?`,
    choices: [...one ? [{ choice: one, label: `Yes, ${one}` }] : [],
      { choice: "both", label: one ? "Yes, both relays" : "Yes, both" },
      { choice: "none", label: "No" }] };
}

const SAID: { [Name in keyof Rights]: Record<Rights[Name], string> } = {
  friend: { yes: "may be a friend", no: "may not be a friend",
    ask: "may be a friend only if a person says so" },
  read: { all: "may read everything", temperature: "may read only the temperature",
    none: "may read nothing", ask: "may read only if a person says so" },
  control: { both: "may switch both relays", relay1: "may switch relay1 only",
    relay2: "may switch relay2 only", none: "may switch nothing",
    ask: "may switch only if a person says so" },
};

/** What has changed, a sentence each. */
export function sayRights(before: Rights, after: Rights): string[] {
  const names = ["friend", "read", "control"] as const;
  return names.filter((name) => before[name] !== after[name])
    .map((name) => `New rule: the visitor ${(SAID[name] as Record<string, string>)[after[name]]}`);
}
