/** Builders of stanzas, and the one shape of a stanza error (RFC 6120 "stanza errors"). */
import { EMPTY, NS_XMPP, attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";

export const NS_CLIENT = "jabber:client";
const XMLNS = " xmlns='" + NS_XMPP + "stanzas'";

/** Only those that this device says; in the order of what the asker may do about them. */
export const enum Condition {
  BadRequest,
  PolicyViolation,
  /** From here on: wait. */
  Conflict,
  RemoteServerTimeout,
  ResourceConstraint,
  /** From here on: give up. */
  FeatureNotImplemented,
  Forbidden,
  InternalServerError,
  ItemNotFound,
  ServiceUnavailable,
}

const CONDITIONS = [
  "bad-request", "policy-violation", "conflict", "remote-server-timeout", "resource-constraint",
  "feature-not-implemented", "forbidden", "internal-server-error", "item-not-found",
  "service-unavailable",
];

/** Who asked, and how an answer finds the way back; all that is kept of a stanza meanwhile. */
export interface Caller {
  /** False for a message: nothing is answered to it. */
  iq: boolean;
  id: string;
  /** The full JID as the server stamped it. "" is the own server. */
  from: string;
  /** Folded, without a resource. */
  bare: string;
  /** It waited on a server while we were away (XEP-0203). */
  late: boolean;
}

export function iq(type: string, id: string, to: string, inner: Markup): Markup {
  return tag("iq", " type='" + type + "'" + attribute("id", id) +
    attribute("to", to || null), inner);
}

/** A message that carries a payload; without a type it is "normal", and stored for nobody. */
export function message(to: string, inner: Markup): Markup {
  return tag("message", attribute("to", to), inner);
}

/** What most of the protocols before the Internet of Things ask and answer with. */
export function query(ns: string, inner: Markup): Markup {
  return tag("query", attribute("xmlns", ns), inner);
}

/** `to` "" is a broadcast; `type` "" is available. */
export function presence(to: string, type: string, inner: Markup): Markup {
  return tag("presence", attribute("to", to || null) +
    attribute("type", type || null), inner);
}

/** `extra` is an application-specific condition; its type follows from XEP-0323 and 0325. */
export function stanzaError(condition: Condition, reason: string, extra: Markup): Markup {
  const type = condition < Condition.Conflict ? "modify"
    : condition < Condition.FeatureNotImplemented ? "wait" : "cancel";
  const said = reason === "" ? EMPTY : tag("text", XMLNS, text(reason));
  const inner = tag(CONDITIONS[condition], XMLNS, EMPTY) + said + extra;
  return tag("error", " type='" + type + "'", inner as Markup);
}
