/**
 * XEP-0324 on the wire: questions → stanzas, answers → grants. The only file with that
 * namespace, besides the routes.
 */
import { NAMES_MAX, NAME_BYTES_MAX } from "../config.js";
import type { Element } from "../xml/element.js";
import { items } from "../xml/list.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { bareJid } from "../stream/jid.js";
import { Verb, gap, intersect, list, nodeKey } from "./grant.js";
import type { Grant, List, Question } from "./grant.js";

export const NS_PROVISIONING = "urn:xmpp:iot:provisioning";

/** Field types (XEP-0323 "field types"), as attributes have them. */
const TYPES = ["all", "momentary", "peak", "status", "computed", "identity"];
const PERIODS = ["", "Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter", "Year",
  "Other"];
const TOKEN_NAMES = ["serviceToken", "deviceToken", "userToken"];

/** xs:boolean: 1, 0, or -1 for anything else (ERRATA N8). */
export function xsBoolean(text: string): number {
  return ["false", "0", "true", "1"].indexOf(text.trim()) >> 1;
}

/** The field types that an element asks for or grants; null where one is no boolean. */
export function typesOf(element: Element): List | null {
  const found: string[] = [];
  for (const entry of items(element.attributes)) {
    const pair = entry.split("\x02");
    // COMPAT: an example of XEP-0323 says `identification` (ERRATA N34).
    const name = pair[0] === "identification" ? "identity" : pair[0];
    const period = name.substring(0, 10) === "historical" ? name.substring(10) : "?";
    if (TYPES.indexOf(name) < 0 && PERIODS.indexOf(period) < 0) continue;
    const value = xsBoolean(pair[1]);
    if (value < 0) return null;
    if (value) found.push(name);
  }
  return list(found);
}

/** As `namesIn`, as a list; "" where there are none. */
export function namesOf(element: Element, ns: string, kind: string): List | null {
  const found = namesIn(element, ns, kind);
  return found && list(found);
}

/**
 * The names that an element's children say: `node` by its ids, the others by `name`. Null where
 * one is malformed or there are too many.
 */
export function namesIn(element: Element, ns: string, kind: string): string[] | null {
  const found: string[] = [];
  for (const child of element.children) {
    if (child.ns !== ns || child.name !== kind) continue;
    const isNode = kind === "node";
    const name = child.attribute(isNode ? "nodeId" : "name");
    if (name === "" || name.length > NAME_BYTES_MAX || found.length >= NAMES_MAX) return null;
    const source = isNode ? child.attribute("sourceId") : "";
    const cacheType = isNode ? child.attribute("cacheType") : "";
    if (source.length + cacheType.length > NAME_BYTES_MAX) return null;
    found.push(nodeKey(name, source, cacheType));
  }
  return found;
}

/** The tokens of a request, as received. */
export function tokensOf(element: Element): string[] {
  const tokens: string[] = [];
  for (const name of TOKEN_NAMES) tokens.push(element.attribute(name));
  return tokens;
}

/** A node's attributes, for any element that names one. */
export function printPlace(key: string): string {
  const parts = key.split("\x02");
  return attribute("nodeId", parts[0]) + attribute("sourceId", parts[1] || null) +
    attribute("cacheType", parts[2] || null);
}

/** `<node …/>` for each entry of a list of nodes. */
export function printNodes(nodes: List): Markup {
  let inner = EMPTY;
  for (const key of items(nodes)) inner = inner + tag("node", printPlace(key), EMPTY) as Markup;
  return inner;
}

/** `<field name=…/>` or `<parameter name=…/>` for each name. */
export function printNames(kind: string, names: List): Markup {
  let inner = EMPTY;
  for (const name of items(names)) {
    inner = inner + tag(kind, attribute("name", name), EMPTY) as Markup;
  }
  return inner;
}

function elementName(verb: Verb): string {
  return verb === Verb.Friend ? "isFriend" : verb === Verb.Read ? "canRead" : "canControl";
}

/** The payload of our iq. */
export function printQuestion(question: Question): Markup {
  let said: string = attribute("xmlns", NS_PROVISIONING) + attribute("jid", question.jid);
  for (let i = 0; i < 3; i++) {
    const token = question.tokens[i];
    if (token) said += attribute(TOKEN_NAMES[i], token);
  }
  for (const type of items(question.types)) said += " " + type + "='true'";
  const kind = question.verb === Verb.Read ? "field" : "parameter";
  const inner = printNodes(question.nodes) + printNames(kind, question.names);
  return tag(elementName(question.verb), said, inner as Markup);
}

/** What an answer says; null when it says nothing that can be believed. */
export interface Answer {
  /** Null is a refusal; then `why` says what made it one, for people. */
  grant: Grant | null;
  why: string;
  /** Only in an isFriendResponse. */
  secondary: boolean;
}

/**
 * `response` came alone, with the id and from the sender of the question. It must be the response
 * to that verb, for that JID, with a boolean result: anything else is no answer (HOSTILE-TESTS
 * 1.6, 4.1, 4.5).
 */
export function readAnswer(question: Question, response: Element): Answer | null {
  const name = elementName(question.verb) + "Response";
  if (response.ns !== NS_PROVISIONING || response.name !== name) return null;
  const result = xsBoolean(response.attribute("result"));
  if (result < 0 || bareJid(response.attribute("jid")) !== question.jid) return null;
  const secondary = xsBoolean(response.attribute("secondaryTrustAllowed")) === 1;
  if (!result) return { grant: null, why: "no", secondary };
  const isRead = question.verb === Verb.Read;
  const types = isRead ? typesOf(response) : "";
  const nodes = namesOf(response, NS_PROVISIONING, "node");
  const names = namesOf(response, NS_PROVISIONING, isRead ? "field" : "parameter");
  if (types === null || nodes === null || names === null) return null;
  // No types are as requested (ERRATA N10), but not where a requested one is said to be false.
  for (const type of items(question.types)) {
    const isSaid = response.attribute(type) !== "";
    if (isRead && types === "" && isSaid) return { grant: null, why: "no " + type, secondary };
  }
  const said = { types, nodes, names };
  const grant = intersect(question, said);
  return { grant, why: grant ? "" : gap(question, said), secondary };
}
