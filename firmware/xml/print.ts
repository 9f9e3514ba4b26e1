/**
 * Element → byte string, the only writer of '<'. Values become markup through `attribute` and
 * `text` alone, and the type makes sure of it: a plain string is not Markup.
 */
import { SPECIAL, entityOf } from "./escape.js";

/** A byte string that is well-formed XML content, or a row of attributes. */
export type Markup = string & { readonly markup: true };

export const EMPTY = "" as Markup;

/** ` name='value'`; nothing at all for a null value. Written flat, for the chip's stack. */
export function attribute(name: string, value: string | null): Markup {
  if (value === null) return EMPTY;
  return (" " + name + "='" + value.replace(SPECIAL, entityOf) + "'") as Markup;
}

export function text(value: string): Markup {
  return value.replace(SPECIAL, entityOf) as Markup;
}

/** `attributes` is what `attribute` gave, in a row, or a literal that starts with a blank. */
export function tag(name: string, attributes: string, inner: Markup): Markup {
  const head = "<" + name + attributes;
  return (inner === "" ? head + "/>" : head + ">" + inner + "</" + name + ">") as Markup;
}

export const NS_STREAMS = "http://etherx.jabber.org/streams";
/** How many namespaces of RFC 6120 begin. */
export const NS_XMPP = "urn:ietf:params:xml:ns:xmpp-";

/** The opening of a client's stream (RFC 6120 "stream header"). */
export function streamHeader(domain: string): Markup {
  return ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0'" +
    " xml:lang='en'" + attribute("xmlns:stream", NS_STREAMS) + attribute("to", domain) +
    ">") as Markup;
}

/** Its end, with what went wrong where `condition` is not "". */
export function streamEnd(condition: string): Markup {
  const error = condition === "" ? "" : "<stream:error><" + condition +
    " xmlns='" + NS_XMPP + "streams'/></stream:error>";
  return (error + "</stream:stream>") as Markup;
}
