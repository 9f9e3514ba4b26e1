/** Builders of stanzas, and the one shape of a stanza error (RFC 6120 "stanza errors"). */
import { EMPTY, attribute, join, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";

export const NS_CLIENT = "jabber:client";
const NS_STANZAS = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";

/** Only those that this device says. */
export const enum Condition {
  BadRequest = "bad-request",
  Conflict = "conflict",
  FeatureNotImplemented = "feature-not-implemented",
  Forbidden = "forbidden",
  InternalServerError = "internal-server-error",
  ItemNotFound = "item-not-found",
  PolicyViolation = "policy-violation",
  RemoteServerTimeout = "remote-server-timeout",
  ResourceConstraint = "resource-constraint",
  ServiceUnavailable = "service-unavailable",
}

/** Who asked, and how an answer finds the way back; all that is kept of a stanza meanwhile. */
export interface Caller {
  /** False for a message: nothing is answered to it. */
  iq: boolean;
  id: string;
  /** The full JID as the server stamped it. "" is the own server. */
  from: string;
  /** Folded, without a resource. */
  bare: string;
}

export function iq(type: string, id: string, to: string, inner: Markup): Markup {
  return tag("iq", " type='" + type + "'" + attribute("id", id) +
    attribute("to", to === "" ? null : to), inner);
}

/** A message that carries a payload; without a type it is "normal", and stored for nobody. */
export function message(to: string, inner: Markup): Markup {
  return tag("message", attribute("to", to), inner);
}

/** `to` "" is a broadcast; `type` "" is available. */
export function presence(to: string, type: string, inner: Markup): Markup {
  return tag("presence", attribute("to", to === "" ? null : to) +
    attribute("type", type === "" ? null : type), inner);
}

/** What the asker may do about it follows from the condition, as XEP-0323 and 0325 have it. */
export function stanzaError(condition: Condition, reason: string): Markup {
  let type = "cancel";
  if (condition === Condition.BadRequest || condition === Condition.PolicyViolation) {
    type = "modify";
  }
  if (condition === Condition.ResourceConstraint || condition === Condition.Conflict ||
    condition === Condition.RemoteServerTimeout) {
    type = "wait";
  }
  const said = reason === "" ? EMPTY : tag("text", NS_STANZAS + " xml:lang='en'", text(reason));
  return tag("error", " type='" + type + "'", join(tag(condition, NS_STANZAS, EMPTY), said));
}
