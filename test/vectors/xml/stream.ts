/** Pieces of streams, as wire bytes (one octet per character). */

export const NS_STREAM = "http://etherx.jabber.org/streams";

export const NS_XML = "http://www.w3.org/XML/1998/namespace";

export const HEADER = "<?xml version='1.0'?><stream:stream from='ex.org' id='s1' version='1.0'"
  + ` xmlns='jabber:client' xmlns:stream='${NS_STREAM}' xml:lang='en'>`;

/** How recorder.ts tells of it. */
export const HEADER_EVENT = `header {${NS_STREAM}}stream[from=ex.org`
  + ` ${NS_XML} lang=en id=s1 version=1.0 xmlns:stream=${NS_STREAM}`
  + " xmlns=jabber:client]\"\"()";

/** UTF-8, one octet per character. */
export function octets(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export interface Fixture {
  name: string;
  xml: string;
  /** What follows the header; left out where the comparison with another parser says enough. */
  events?: string[];
}
