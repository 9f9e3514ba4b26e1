/**
 * A stanza in the words of people, so that nobody has to know XMPP to follow it; and whether it
 * belongs to the story or to the housekeeping.
 */
import type { Element } from "@xmpp/xml";
import { NS_DISCO_INFO, parseFailure } from "../../authority/stanza.js";
import { NS_PROVISIONING } from "../../authority/provisioning.js";
import type { Lane, Tone } from "./state.js";

export interface Words {
  label: string;
  words: string;
  tone: Tone;
  isNoise: boolean;
}

const QUESTIONS = ["isFriend", "canRead", "canControl"];

export function describe(stanza: Element, from: Lane, to: Lane): Words {
  if (stanza.name === "presence") return describePresence(stanza, from, to);
  const child = stanza.getChildElements().find((one) => one.getName() !== "error");
  const name = child?.getName() ?? "";
  const said = stanza.name === "message" ? sayMessage(child, name) : sayIq(stanza, child, name);
  const isBetween = from !== "server" && to !== "server";
  if (said) return { ...said, label: labelOf(stanza, child), isNoise: !isBetween };
  return { label: labelOf(stanza, child), words: "", tone: "plain", isNoise: true };
}

type Said = Pick<Words, "words" | "tone">;

function describePresence(stanza: Element, from: Lane, to: Lane): Words {
  const { type = "", from: sender = "" } = stanza.attrs;
  const label = type === "" ? "presence" : type;
  // From a bare JID it is the server that speaks for an account: "nothing to be seen here".
  const isAside = type === "unavailable" && !sender.includes("/");
  const isNoise = isAside || from === "server" || to === "server" || type === "probe";
  const [words, tone] = PRESENCES[type] ?? ["", "plain"];
  return { label, isNoise, words: isAside ? "" : words, tone };
}

const PRESENCES: Record<string, [string, Tone]> = {
  "": ["I am here", "plain"],
  unavailable: ["I am gone", "plain"],
  subscribe: ["May I be your friend?", "plain"],
  subscribed: ["Yes, we are friends", "good"],
  unsubscribe: ["I leave", "plain"],
  unsubscribed: ["No, we are not friends", "bad"],
  error: ["That did not reach anybody", "bad"],
};

function sayMessage(child: Element | undefined, name: string): Said | null {
  if (name === "fields") return { words: readings(child!) || "That was all", tone: "good" };
  if (name === "friend") return { words: "You could be friends with the visitor", tone: "plain" };
  if (name === "invitation") return NEWS[child!.attrs["state"] ?? ""] ?? null;
  if (name === "unfriend") return { words: "End the friendship with the visitor", tone: "bad" };
  return name ? { words: "", tone: "plain" } : null;
}

/** Of a board that lets another one in. */
const NEWS: Record<string, Said> = {
  open: { words: "I wait for the new board", tone: "plain" },
  refused: { words: "Somebody came, and knew another code", tone: "bad" },
  given: { words: "It has what it needs, and tries it", tone: "good" },
  failed: { words: "What it got did not work", tone: "bad" },
  ended: { words: "I do not wait any more", tone: "plain" },
};

function sayIq(stanza: Element, child: Element | undefined, name: string): Said | null {
  if (stanza.attrs["type"] === "error") return sayError(stanza, name);
  if (!child) return null;
  if (QUESTIONS.includes(name)) return { words: ask(child, name), tone: "plain" };
  if (name.endsWith("Response") && child.getNS() === NS_PROVISIONING) return answer(child, name);
  if (name === "clearCache") return { words: "Forget what I have told you", tone: "plain" };
  if (name === "req") return { words: `Tell me ${wanted(child)}`, tone: "plain" };
  if (name === "accepted") return { words: "Allowed: the values follow", tone: "good" };
  if (name === "set") return { words: `Switch ${orders(child)}`, tone: "plain" };
  if (name === "invite") return { words: "Wait for a new board, and let it in", tone: "plain" };
  if (name === "invited") return { words: "I will", tone: "good" };
  if (name === "dismiss") return { words: "You need not wait any longer", tone: "plain" };
  if (name === "dismissed") return { words: "I have stopped", tone: "plain" };
  if (name === "setResponse") return { words: "Done", tone: "good" };
  if (child.getNS() !== NS_DISCO_INFO) return null;
  const isAsked = stanza.attrs["type"] === "get";
  return { words: isAsked ? "Who are you, what can you do?" : introduce(child), tone: "plain" };
}

function sayError(stanza: Element, name: string): Said | null {
  const { type, condition } = parseFailure(stanza);
  if (QUESTIONS.includes(name)) return { words: "Nobody there to answer", tone: "bad" };
  const words = condition === "forbidden" ? "No, you may not"
    : type === "wait" ? "Not now: nobody could tell me whether you may" : "That cannot be done";
  return { words, tone: "bad" };
}

function ask(child: Element, name: string): string {
  if (name === "isFriend") return "Is the visitor a friend?";
  if (name === "canRead") return `May the visitor read ${wanted(child)}?`;
  const nodes = child.getChildren("node").map((node) => node.attrs["nodeId"] ?? "");
  return `May the visitor switch ${nodes.join(" and ") || "the relays"}?`;
}

function answer(child: Element, name: string): Said {
  if (name === "clearCacheResponse") return { words: "Forgotten", tone: "good" };
  if (child.attrs["result"] !== "true") return { words: "No", tone: "bad" };
  const parts = [...names(child, "field", "name"), ...names(child, "node", "nodeId"),
    ...names(child, "parameter", "name")];
  return { words: parts.length > 0 ? `Yes, but only ${parts.join(", ")}` : "Yes", tone: "good" };
}

function wanted(child: Element): string {
  const parts = [...names(child, "field", "name"), ...names(child, "node", "nodeId")];
  return parts.join(", ") || "everything";
}

function orders(set: Element): string {
  const nodes = names(set, "node", "nodeId").join(" and ") || "all relays";
  const value = set.getChildElements().find((one) => one.attrs["value"] !== undefined);
  return `${nodes} ${value?.attrs["value"] === "true" ? "on" : "off"}`;
}

function readings(fields: Element): string {
  return fields.getChildren("node").flatMap((node) => node.getChildren("timestamp")
    .flatMap((time) => time.getChildElements().map((value) => reading(node, value)))).join(", ");
}

function reading(node: Element, field: Element): string {
  const { value = "", unit = "" } = field.attrs;
  if (field.getName() !== "boolean") return unit ? `${value} ${unit}` : value;
  return `${node.attrs["nodeId"] ?? ""} ${value === "true" ? "on" : "off"}`;
}

function introduce(query: Element): string {
  const features = query.getChildren("feature").map((one) => one.attrs["var"]);
  return features.includes(NS_PROVISIONING) && !features.includes("urn:xmpp:iot:sensordata")
    ? "I am a provisioning server" : "This is what I can do";
}

function names(element: Element, child: string, attribute: string): string[] {
  return element.getChildren(child).map((one) => one.attrs[attribute] ?? "");
}

/** The element that says what it is about; a query by its namespace's last word. */
function labelOf(stanza: Element, child: Element | undefined): string {
  const type = stanza.attrs["type"] ?? "";
  if (!child) return type === "error" ? "error" : stanza.name === "iq" ? "ok" : stanza.name;
  const name = child.getName() === "query"
    ? (child.getNS() ?? "").replace(/^.*[:/]/, "") : child.getName();
  return type === "error" && !name.startsWith("reject") ? `${name} · error` : name;
}
