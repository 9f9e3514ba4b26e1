/**
 * Bytes of one stream to elements, with what RFC 6120, 11 forbids refused: comments, processing
 * instructions, DTDs, other encodings. saxes checks the rest (names, namespaces, characters).
 *
 * Prefixes do not survive: each element is printed with a default namespace of its own where that
 * differs from its parent's, and the stream's content namespace counts as "jabber:client"
 * everywhere, so that a stanza can be sent on to any stream as it is.
 */
import { SaxesParser, type SaxesTagNS } from "saxes";
import { Element, type Attributes } from "@xmpp/xml";
import { DEPTH_MAX } from "./limit.js";

export const NS_CLIENT = "jabber:client";
const NS_XML = "http://www.w3.org/XML/1998/namespace";
const NS_XMLNS = "http://www.w3.org/2000/xmlns/";

export interface Header {
  name: string;
  uri: string;
  contentUri: string;
  attrs: Attributes;
}

export interface ParserListener {
  onHeader(header: Header): void;
  onElement(element: Element): void;
  onEnd(): void;
}

/** Carries the stream error's condition. */
export class XmlFault extends Error {
  constructor(readonly condition: string, text: string) {
    super(text);
  }
}

export class StreamParser {
  private readonly sax = new SaxesParser({ xmlns: true });
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private readonly open: { element: Element; ns: string }[] = [];
  private contentUri = "";
  private depth = 0;
  private stanzaStart = 0;
  private fed = 0;
  private stopped = false;

  constructor(private readonly listener: ParserListener, public charactersMax: number) {
    this.sax.on("error", (error) => { throw new XmlFault("not-well-formed", error.message); });
    this.sax.on("doctype", () => refuse("a document type declaration"));
    this.sax.on("comment", () => refuse("a comment"));
    this.sax.on("processinginstruction", () => refuse("a processing instruction"));
    this.sax.on("opentag", (tag) => this.onOpen(tag));
    this.sax.on("closetag", () => this.onClose());
    this.sax.on("text", (text) => this.onText(text));
    this.sax.on("cdata", (text) => this.onText(text));
  }

  /** Throws an XmlFault for what ends the stream. */
  write(bytes: Buffer): void {
    if (this.stopped) return;
    let text = "";
    try {
      text = this.decoder.decode(bytes, { stream: true });
    } catch {
      throw new XmlFault("unsupported-encoding", "not UTF-8");
    }
    this.sax.write(text);
    // Between two chunks saxes' own position is ahead of itself.
    this.fed += text.length;
    this.checkSize(this.fed);
  }

  /** What is left of the present chunk, and all later ones, are of no interest any more. */
  stop(): void {
    this.stopped = true;
  }

  private onOpen(tag: SaxesTagNS): void {
    if (this.stopped) return;
    this.depth++;
    if (this.depth === 1) return this.onHeader(tag);
    if (this.depth > DEPTH_MAX) throw new XmlFault("policy-violation", "nested too deeply");
    const ns = tag.uri === this.contentUri ? NS_CLIENT : tag.uri;
    const parent = this.open[this.open.length - 1];
    const attrs = attributesOf(tag);
    if (ns !== (parent ? parent.ns : NS_CLIENT)) attrs["xmlns"] = ns;
    const element = new Element(tag.local, attrs);
    if (parent) parent.element.append(element);
    this.open.push({ element, ns });
  }

  private onHeader(tag: SaxesTagNS): void {
    this.contentUri = tag.ns[""] ?? "";
    const attrs = attributesOf(tag);
    this.stanzaStart = this.sax.position;
    this.listener.onHeader(
      { name: tag.local, uri: tag.uri, contentUri: this.contentUri, attrs });
  }

  private onClose(): void {
    if (this.stopped) return;
    this.depth--;
    const closed = this.open.pop();
    if (!closed) return this.listener.onEnd();
    if (this.open.length > 0) return;
    this.checkSize(this.sax.position);
    this.stanzaStart = this.sax.position;
    this.listener.onElement(closed.element);
  }

  private onText(text: string): void {
    // White space between stanzas is a keep-alive; anything else there belongs to nobody.
    const parent = this.open[this.open.length - 1];
    if (parent) parent.element.t(text);
    else if (text.trim() && !this.stopped) throw new XmlFault("bad-format", "text between stanzas");
  }

  private checkSize(position: number): void {
    if (position - this.stanzaStart <= this.charactersMax) return;
    throw new XmlFault("policy-violation", `stanza larger than ${this.charactersMax} characters`);
  }
}

function attributesOf(tag: SaxesTagNS): Attributes {
  const attrs: Attributes = {};
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.uri === NS_XMLNS) continue;
    attrs[attribute.name] = attribute.value;
    if (attribute.prefix && attribute.uri !== NS_XML) {
      attrs[`xmlns:${attribute.prefix}`] = attribute.uri;
    }
  }
  return attrs;
}

function refuse(what: string): never {
  throw new XmlFault("restricted-xml", `${what} is not allowed in XMPP`);
}
