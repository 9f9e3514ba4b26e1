/** XEP-0324 stanzas to questions, and answers to stanzas. The only file with that namespace. */
import xml, { type Attributes, type Element } from "@xmpp/xml";
import { bareJid } from "./jid.js";
import type { Answer, Question } from "./decision.js";
import { LIST_MAX, NAME_CHARACTERS_MAX, type NodeRef, TYPE_WORDS } from "./rule.js";

export const NS_PROVISIONING = "urn:xmpp:iot:provisioning";

const RESPONSES = {
  friend: "isFriendResponse", read: "canReadResponse", control: "canControlResponse",
} as const;

/** A question, or a sentence saying why it is malformed; null for what is no question. */
export function parseQuestion(element: Element, device: string): Question | string | null {
  const name = element.getName();
  if (element.getNS() !== NS_PROVISIONING) return null;
  if (!["isFriend", "canRead", "canControl"].includes(name)) return null;
  const peer = bareJid(element.attrs["jid"]);
  if (!peer) return "jid is missing, or no JID";
  if (name === "isFriend") return { kind: "friend", device, peer };
  const nodes = parseNodes(element);
  if (!nodes) return "a node needs a nodeId, and there is a limit to them";
  const names = parseNames(element, name === "canRead" ? "field" : "parameter");
  if (!names) return "a field or parameter needs a name, and there is a limit to them";
  if (name === "canControl") return { kind: "control", device, peer, nodes, parameters: names };
  const types = parseTypes(element);
  return types
    ? { kind: "read", device, peer, nodes, fields: names, types }
    : "field types are true or false";
}

/** `jid` goes back as it was asked, so that the asker recognises it however it compares. */
export function printAnswer(question: Question, jid: string, answer: Answer): Element {
  const attrs: Attributes = { xmlns: NS_PROVISIONING, jid };
  for (const type of answer.types) attrs[type] = "true";
  attrs["result"] = String(answer.result);
  if (answer.secondaryTrust) attrs["secondaryTrustAllowed"] = "true";
  const child = question.kind === "read" ? "field" : "parameter";
  return xml(RESPONSES[question.kind], attrs,
    ...(answer.nodes ?? []).map((node) => xml("node", { ...node })),
    ...(answer.names ?? []).map((name) => xml(child, { name })));
}

export function clearCacheRequest(to: string): Element {
  return xml("iq", { type: "set", to }, xml("clearCache", { xmlns: NS_PROVISIONING }));
}

export function isClearCacheResponse(iq: Element): boolean {
  return iq.getChild("clearCacheResponse", NS_PROVISIONING) !== undefined;
}

/** "friend" recommends, "unfriend" ends (XEP-0324 "friendships"). */
export function friendMessage(name: "friend" | "unfriend", to: string, jid: string): Element {
  return xml("message", { to }, xml(name, { xmlns: NS_PROVISIONING, jid }));
}

function parseNodes(element: Element): NodeRef[] | null {
  const nodes: NodeRef[] = [];
  for (const child of element.getChildren("node", NS_PROVISIONING)) {
    const { nodeId, sourceId, cacheType } = child.attrs;
    const isSound = isName(nodeId) && isOptionalName(sourceId) && isOptionalName(cacheType);
    if (!isSound || nodes.length >= LIST_MAX) return null;
    nodes.push({ nodeId, ...sourceId && { sourceId }, ...cacheType && { cacheType } });
  }
  return nodes;
}

function parseNames(element: Element, childName: string): string[] | null {
  const names = new Set<string>();
  for (const child of element.getChildren(childName, NS_PROVISIONING)) {
    const { name } = child.attrs;
    if (!isName(name) || names.size >= LIST_MAX) return null;
    names.add(name);
  }
  return [...names];
}

/** The types that are true; a question without any is about momentary values (the least). */
function parseTypes(element: Element): string[] | null {
  const types: string[] = [];
  for (const type of TYPE_WORDS) {
    const text = element.attrs[type]?.trim();
    if (text === undefined || text === "false" || text === "0") continue;
    if (text !== "true" && text !== "1") return null;
    types.push(type);
  }
  return types.length > 0 ? types : ["momentary"];
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text.length <= NAME_CHARACTERS_MAX;
}

function isOptionalName(text: string | undefined): boolean {
  return text === undefined || text.length <= NAME_CHARACTERS_MAX;
}
