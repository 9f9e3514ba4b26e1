/**
 * One XML stream over one socket (RFC 6120, 4): headers both ways, stream errors, the closing
 * handshake, and limits on time and memory. What the stanzas mean is its listener's business.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import xml, { type Element } from "@xmpp/xml";
import {
  NEGOTIATION_CHARACTERS_MAX, NEGOTIATION_MS, OUTBOUND_BYTES_MAX, STANZA_CHARACTERS_MAX,
} from "./limit.js";
import { type Header, StreamParser, XmlFault } from "./parser.js";

const NS_STREAM = "http://etherx.jabber.org/streams";
const NS_STREAM_ERROR = "urn:ietf:params:xml:ns:xmpp-streams";
/** How long the other side may take to answer our closing tag. */
const CLOSE_MS = 2000;

export interface StreamListener {
  /** A header in order; answer with `openWith`, or `fail`. */
  onHeader(to: string): void;
  onElement(element: Element): void;
  /** Exactly once, however the stream ended. */
  onClosed(): void;
}

export class Stream {
  id = "";
  listener!: StreamListener;
  private parser!: StreamParser;
  private opened = false;
  private ended = false;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly socket: Socket,
    private readonly contentUri: string,
    private readonly domain: string,
  ) {
    this.timer = setTimeout(() => this.fail("connection-timeout"), NEGOTIATION_MS);
    this.restart();
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.closed());
  }

  /** A new header is expected: at the start, and after SASL. */
  restart(): void {
    if (this.parser) this.parser.stop();
    this.opened = false;
    this.parser = new StreamParser({
      onHeader: (header) => this.header(header),
      onElement: (element) => { if (!this.ended) this.listener.onElement(element); },
      onEnd: () => this.close(),
    }, NEGOTIATION_CHARACTERS_MAX);
  }

  /** The negotiation is over; from now on silence is allowed, and large stanzas. */
  settle(): void {
    clearTimeout(this.timer);
    this.parser.charactersMax = STANZA_CHARACTERS_MAX;
  }

  openWith(from: string, features?: Element): void {
    this.sendHeader(from);
    if (features) this.send(features);
  }

  send(element: Element): void {
    this.write(element.toString());
  }

  /** A stream error is always the end of the stream. */
  fail(condition: string, text = ""): void {
    if (this.ended) return;
    if (!this.opened) this.sendHeader(this.domain);
    this.send(xml("stream:error", {},
      xml(condition, { xmlns: NS_STREAM_ERROR }),
      text ? xml("text", { xmlns: NS_STREAM_ERROR }, text) : undefined));
    this.close();
  }

  close(): void {
    if (this.ended) return;
    this.write("</stream:stream>");
    this.ended = true;
    this.parser.stop();
    this.socket.end();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket.destroy(), CLOSE_MS);
    this.listener.onClosed();
  }

  /** The cable is cut: no closing tag, nothing. */
  destroy(): void {
    this.socket.destroy();
    this.closed();
  }

  private receive(bytes: Buffer): void {
    if (this.ended) return;
    try {
      this.parser.write(bytes);
    } catch (error) {
      if (error instanceof XmlFault) this.fail(error.condition, error.message);
      else throw error;
    }
  }

  private header(header: Header): void {
    if (header.name !== "stream") return this.fail("bad-format", "not a stream header");
    if (header.uri !== NS_STREAM) return this.fail("invalid-namespace");
    if (header.contentUri !== this.contentUri) return this.fail("invalid-namespace");
    this.listener.onHeader(header.attrs["to"] ?? "");
  }

  private sendHeader(from: string): void {
    this.id = randomBytes(12).toString("base64url");
    this.opened = true;
    const root = xml("stream:stream", {
      xmlns: this.contentUri, "xmlns:stream": NS_STREAM, id: this.id, from, version: "1.0",
    });
    this.write(`<?xml version='1.0'?>${root.toString().replace(/\/>$/, ">")}`);
  }

  private write(text: string): void {
    if (this.ended || this.socket.destroyed) return;
    this.socket.write(text);
    if (this.socket.writableLength > OUTBOUND_BYTES_MAX) this.socket.destroy();
  }

  private closed(): void {
    clearTimeout(this.timer);
    if (this.ended) return;
    this.ended = true;
    this.parser.stop();
    this.listener.onClosed();
  }
}
