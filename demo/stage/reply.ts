/** What the visitor was told, in words: the values, or the refusal and why. */
import type { ReadResult, SetResult } from "../visitor.js";
import type { Field } from "../visitor/sensor.js";
import type { Reply } from "./state.js";

/** What the visitor cannot know, and a spectator would ask. */
export interface Context {
  isFriend: boolean;
  isPowered: boolean;
  isTrusting: boolean;
  isAuthorityOn: boolean;
  /** Nobody was asked: the board has remembered an earlier answer. */
  isRemembered: boolean;
}

const WAIT_CONDITIONS = ["remote-server-timeout", "resource-constraint"];

export function replyToRead(result: ReadResult, wanted: "all" | "temperature", context: Context,
): Reply {
  if (result.outcome !== "read") return refusal(result, context);
  const values = result.fields.map(valueOf);
  const isLess = wanted === "all" && result.fields.every(({ name }) => name === "Temperature");
  const title = isLess ? "Here is the temperature, and nothing else" : "Here are the values";
  const text = isLess
    ? `I asked for everything. ${source(context)} I may see no more than this.`
    : source(context);
  return { tone: "good", title, text, values };
}

export function replyToSwitch(
  result: SetResult, relay: string, isOn: boolean, context: Context,
): Reply {
  if (result.outcome !== "set") return refusal(result, context);
  return { tone: "good", title: `${relay} is ${isOn ? "on" : "off"}`, text: source(context),
    values: [] };
}

export function replyToAsking(
  outcome: "accepted" | "refused" | "unanswered" | "unreachable", context: Context,
): Reply {
  const reply = (tone: Reply["tone"], title: string, text: string): Reply =>
    ({ tone, title, text, values: [] });
  if (outcome === "accepted") {
    return reply("good", "The board is my friend now",
      "I can see when it is there, so I know where to send my requests.");
  }
  if (outcome === "unanswered") {
    return reply("plain", "No answer yet", "The request waits at the XMPP server.");
  }
  const why = outcome === "unreachable" ? "There is no such account."
    : !context.isTrusting ? "Nobody pressed its button in time."
      : context.isAuthorityOn ? "Its provisioning server did not say that I am a friend."
        : "Its provisioning server is away, and without its word the answer is no.";
  return reply("bad", "The board does not want to be my friend", why);
}

function source(context: Context): string {
  return context.isRemembered
    ? "The board remembered an earlier answer: nobody had to be asked."
    : "The board asked its provisioning server first, which said yes.";
}

function refusal(result: Exclude<ReadResult | SetResult, { outcome: "read" | "set" }>,
  context: Context): Reply {
  const bad = (title: string, text: string): Reply => ({ tone: "bad", title, text, values: [] });
  if (result.outcome === "unanswered") return bad("No answer", "The board has said nothing.");
  if (result.outcome === "absent") {
    if (!context.isFriend) {
      return bad("I do not know where the board is", "Only its friends can see it. Ask first.");
    }
    return bad("The board is not there", context.isPowered
      ? "It is just connecting. Try again in a moment." : "Its plug has been pulled.");
  }
  if (WAIT_CONDITIONS.includes(result.condition)) {
    return bad("Not now", "The board could not reach its provisioning server. Without its word the "
      + "answer is no, but this no is not remembered.");
  }
  if (result.condition !== "forbidden") return bad("That cannot be done", result.text);
  if (!context.isTrusting) {
    return bad("Refused", "The board trusts nobody yet who could allow it.");
  }
  return bad("Refused", context.isRemembered
    ? "The board remembered that its provisioning server had said no."
    : "The board asked its provisioning server, which said no.");
}

function valueOf(field: Field): { name: string; value: string } {
  if (field.kind === "boolean") {
    return { name: field.node, value: field.value === "true" ? "on" : "off" };
  }
  return { name: field.name, value: field.unit ? `${field.value} ${field.unit}` : field.value };
}
