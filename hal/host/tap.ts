/**
 * Reads along with a stream and hands out its stanzas as texts, for people to look at.
 *
 * What SASL carries (a password's proof) is left out, and so is a stanza larger than any that
 * matters. A stream that is not well-formed blinds the tap until the next connection: the firmware
 * has its own opinion of it.
 */
import { SaxesParser } from "saxes";

export const STANZA_CHARS_MAX = 65536;
const SASL_NAMESPACES = ["urn:ietf:params:xml:ns:xmpp-sasl", "urn:xmpp:sasl:2"];
const STREAM_NAMESPACE = "http://etherx.jabber.org/streams";

export type Direction = "in" | "out";

interface Tag {
  name: string;
  local: string;
  uri: string;
}

/** Namespaces by prefix, "" being the default one. */
type Scope = Record<string, string>;

/** What of a stanza is worth a line of the log; no payload, so no secret. */
export interface Stanza {
  xml: string;
  summary: string;
}

type StanzaListener = (dir: Direction, stanza: Stanza) => void;

export class Tap {
  private readonly sides: Record<Direction, Side>;

  constructor(private readonly listener: StanzaListener) {
    this.sides = { in: this.createSide("in"), out: this.createSide("out") };
  }

  /** A new connection. */
  reset(): void {
    this.sides.in = this.createSide("in");
    this.sides.out = this.createSide("out");
  }

  push(dir: Direction, bytes: string): void {
    this.sides[dir].push(bytes);
  }

  /** After SASL's success both sides begin a new document (RFC 6120 6.4.6). */
  private createSide(dir: Direction): Side {
    return new Side((stanza) => this.listener(dir, stanza), () => this.reset());
  }
}

class Side {
  private readonly decoder = new TextDecoder("utf-8");
  /** Without namespaces, which it looks up from the innermost tag: a deep stanza takes its time. */
  private readonly parser = new SaxesParser({ xmlns: false, position: false });
  /** Of the stream, the stanza and its payload. */
  private scopes: Scope[] = [];
  /** Decoded text from `textStart` on, counted in characters of the whole document. */
  private text = "";
  private textStart = 0;
  private depth = 0;
  private names: string[] = [];
  private top: Tag = { name: "", local: "", uri: "" };
  private attributes: Record<string, string> = {};
  private isBlind = false;
  /** The stanza under way is too large. */
  private isSkipped = false;

  constructor(
    private readonly emit: (stanza: Stanza) => void,
    private readonly restart: () => void,
  ) {
    this.parser.on("error", () => { this.isBlind = true; });
    this.parser.on("doctype", () => { this.isBlind = true; });
    this.parser.on("opentag", (tag) => {
      this.depth++;
      if (this.depth > 3) return;
      const known = this.resolve(tag.name, tag.attributes);
      if (this.depth === 1) this.cut();
      if (this.depth === 2) this.begin(known, tag.attributes);
      if (this.depth === 3) this.names.push(nameOf(known));
    });
    this.parser.on("closetag", () => {
      this.depth--;
      if (this.depth === 1) this.finish();
    });
  }

  push(bytes: string): void {
    if (this.isBlind) return;
    const text = this.decoder.decode(Buffer.from(bytes, "latin1"), { stream: true });
    this.text += text;
    this.parser.write(text);
    if (this.isBlind) this.text = "";
    else if (this.text.length > STANZA_CHARS_MAX) {
      this.isSkipped = true;
      this.textStart += this.text.length;
      this.text = "";
    }
  }

  private resolve(name: string, attributes: Record<string, string>): Tag {
    const scope: Scope = { ...this.scopes[this.depth - 2] };
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "xmlns") scope[""] = value;
      else if (key.startsWith("xmlns:")) scope[key.slice(6)] = value;
    }
    this.scopes[this.depth - 1] = scope;
    const colon = name.indexOf(":");
    const uri = scope[name.slice(0, Math.max(colon, 0))];
    if (colon >= 0 && uri === undefined) this.isBlind = true;
    return { name, local: name.slice(colon + 1), uri: uri ?? "" };
  }

  private begin(tag: Tag, attributes: Record<string, string>): void {
    this.top = tag;
    this.names = [];
    this.attributes = {};
    for (const name of ["type", "from", "to", "id"]) {
      const value = attributes[name];
      if (value !== undefined) this.attributes[name] = value;
    }
  }

  private finish(): void {
    const raw = this.cut().trim();
    const isSkipped = this.isSkipped;
    this.isSkipped = false;
    if (isSkipped) return;
    // Of a wrong end tag the parser complains only after this.
    const isWhole = raw.endsWith("/>") || raw.replace(/\s*>$/, "").endsWith(`</${this.top.name}`);
    if (this.isBlind || !isWhole) return;
    const isSasl = SASL_NAMESPACES.includes(this.top.uri);
    const xml = isSasl ? `<${this.top.local} xmlns='${this.top.uri}'/>` : raw;
    this.emit({ xml: this.declare(xml), summary: this.summarize() });
    if (isSasl && this.top.local === "success") this.restart();
  }

  /** The text up to here, which is then forgotten. */
  private cut(): string {
    const end = this.parser.position - this.textStart;
    const piece = this.text.slice(0, end);
    this.text = this.text.slice(end);
    this.textStart += end;
    return piece;
  }

  /** The stream's header declares this prefix; alone, the element must do so itself. */
  private declare(xml: string): string {
    const prefixed = this.top.uri === STREAM_NAMESPACE && this.top.name.includes(":");
    if (!prefixed) return xml;
    const prefix = this.top.name.split(":")[0];
    const rest = xml.slice(this.top.name.length + 1);
    return `<${this.top.name} xmlns:${prefix}='${STREAM_NAMESPACE}'${rest}`;
  }

  private summarize(): string {
    const { type, from, to } = this.attributes;
    const words = [this.top.local, type, this.names.join("+")];
    if (from !== undefined) words.push(`from ${from}`);
    if (to !== undefined) words.push(`to ${to}`);
    return words.filter((word) => word !== undefined && word !== "").join(" ");
  }
}

/** Half of all payloads are a <query/>: those are known by the end of their namespace. */
function nameOf(tag: Tag): string {
  return tag.local === "query" ? tag.uri.replace(/^.*[:/]/, "") : tag.local;
}
