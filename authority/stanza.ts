/** Stanza errors and replies (RFC 6120, 8.3), for both sides of a connection. */
import xml, { type Attributes, type Element } from "@xmpp/xml";

export const NS_STANZA_ERROR = "urn:ietf:params:xml:ns:xmpp-stanzas";
export const NS_DISCO_INFO = "http://jabber.org/protocol/disco#info";
export const NS_DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
export const NS_PING = "urn:xmpp:ping";
export const NS_ROSTER = "jabber:iq:roster";
export const NS_DELAY = "urn:xmpp:delay";

/** The conditions in use here, each with the type that RFC 6120 gives it. */
const TYPES = {
  "bad-request": "modify",
  "conflict": "cancel",
  "feature-not-implemented": "cancel",
  "forbidden": "auth",
  "internal-server-error": "cancel",
  "item-not-found": "cancel",
  "jid-malformed": "modify",
  "not-acceptable": "modify",
  "not-allowed": "cancel",
  "remote-server-not-found": "cancel",
  "remote-server-timeout": "wait",
  "resource-constraint": "wait",
  "service-unavailable": "cancel",
} as const;

export type Condition = keyof typeof TYPES;

export interface Failure {
  type: string;
  condition: string;
  text: string;
}

export function errorElement(condition: Condition, text = ""): Element {
  return xml("error", { type: TYPES[condition] },
    xml(condition, { xmlns: NS_STANZA_ERROR }),
    text ? xml("text", { xmlns: NS_STANZA_ERROR }, text) : undefined);
}

/** The stanza that answers `stanza` with an error. */
export function errorReply(stanza: Element, condition: Condition, text = ""): Element {
  return xml(stanza.name, replyAttributes(stanza, "error"), errorElement(condition, text));
}

export function resultReply(iq: Element, child?: Element): Element {
  return xml("iq", replyAttributes(iq, "result"), child);
}

/** What a stanza of type "error" says, with RFC 6120's default where it says nothing. */
export function parseFailure(stanza: Element): Failure {
  const error = stanza.getChild("error");
  const children = error ? error.getChildElements() : [];
  const named = children.filter((child) => child.getNS() === NS_STANZA_ERROR);
  const condition = named.find((child) => child.getName() !== "text");
  return {
    type: error?.attrs["type"] ?? "cancel",
    condition: condition?.getName() ?? "undefined-condition",
    text: error?.getChildText("text") ?? "",
  };
}

function replyAttributes(stanza: Element, type: string): Attributes {
  const { from, to, id } = stanza.attrs;
  return { type, id, from: to, to: from };
}
