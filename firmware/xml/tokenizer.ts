/**
 * Byte strings, split anywhere, → start tags, text, end tags (XML 1.0 without DTD, comments and
 * processing instructions, RFC 6120 "restrictions").
 *
 * Scanning is native (`indexOf`, `split`): a loop over characters costs 0.3 ms for each on the
 * chip. A tag is understood when it is here whole; the usual one has one kind of quotes, and is
 * cut by a single `split`. Anything legal but unusual takes `packUnusual`, which walks.
 */
import { STANZA_BYTES_MAX, TAG_BYTES_MAX } from "../config.js";
import { Fault } from "../fault.js";
import { NAME, packParts, packUnusual } from "./attribute.js";
import { isUtf8, unescape } from "./escape.js";
import { find } from "./list.js";

/** One look at each octet; what follows from a hit is looked at only then. */
const UNUSUAL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xff]/;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
const BREAK = /[\t\r\n]/;

/** Told of each token. Implemented by assembler.ts. */
export interface TokenSink {
  /** `attributes` is packed (element.ts); `bytes` what the tag took on the wire. */
  onStart(name: string, attributes: string, bytes: number): Fault;
  onText(text: string, bytes: number): Fault;
  onEnd(name: string): Fault;
  /** The tag or text now arriving is too large to be held: nothing of this stanza matters. */
  onOversize(): void;
}

export class Tokenizer {
  /** No more tokens are cut until this is false again; the assembler's brake. */
  held: boolean;
  /** Text is not wanted here: between stanzas, or inside one that is skipped. */
  deaf: boolean;
  private rest: string;
  /** What is waiting may hold octets above 127, so UTF-8 must be looked at. */
  private high: boolean;
  /** Inside a tag too long to hold: the quote we wait for, " " outside quotes, "" when not. */
  private skipping: string;
  /** The start of that tag's name, and the last octet seen of it. */
  private skipped: string;
  private last: string;

  constructor(private readonly sink: TokenSink) {
    this.held = this.deaf = this.high = false;
    this.rest = this.skipping = this.skipped = this.last = "";
  }

  /** Octets that wait to be cut; at least one inside a tag that is skipped. */
  waiting(): number {
    return this.skipping === "" ? this.rest.length : this.rest.length + 1;
  }

  /** Takes what arrived ("" to go on after a hold); anything but None is final. */
  push(bytes: string): Fault {
    if (UNUSUAL.test(bytes)) {
      if (CONTROL.test(bytes)) return Fault.NotWellFormed;
      this.high = true;
    }
    const s = this.rest + bytes;
    let at = 0;
    let fault: Fault = Fault.None;
    while (fault === Fault.None && !this.held && at < s.length) {
      if (this.skipping !== "") {
        at = this.skip(s, at);
        if (this.skipping === "") fault = this.endSkipping();
        continue;
      }
      const open = s.indexOf("<", at);
      if (open !== at) {
        const text = open < 0 ? s.substring(at) : s.substring(at, open);
        if (!this.deaf && text.length > STANZA_BYTES_MAX) {
          this.sink.onOversize(); // From here on text is not wanted, and the next turn drops it.
          continue;
        }
        if (open < 0 && !this.deaf) break;
        fault = this.text(text, text.length, false);
        at += text.length;
        continue;
      }
      const end = this.endOf(s, at);
      if (end < 0 || end - at >= TAG_BYTES_MAX) {
        if (end < 0 && s.length - at <= TAG_BYTES_MAX) break;
        at = this.startSkipping(s, at);
        if (at < 0) fault = Fault.NotWellFormed;
      } else {
        fault = this.tag(s.substring(at + 1, end));
        at = end + 1;
      }
    }
    this.rest = s.substring(at);
    if (this.rest === "") this.high = false;
    return fault;
  }

  /** `plain`: from CDATA, the text that it is. */
  private text(raw: string, bytes: number, plain: boolean): Fault {
    if (this.deaf) return this.sink.onText(raw, bytes);
    if ((this.high && !isUtf8(raw)) || (!plain && find(raw, "]]>", 0) >= 0)) {
      return Fault.NotWellFormed;
    }
    let text: string | null = raw;
    if (raw.indexOf("\r") >= 0) text = raw.replace(/\r\n/g, "\n").replace(/\r/g, "\n");
    if (!plain) text = unescape(text);
    return text === null ? Fault.NotWellFormed : this.sink.onText(text, bytes);
  }

  /** Where the markup at `at` ends: the index of its `>`, -1 when that is not here yet. */
  private endOf(s: string, at: number): number {
    if (s.charAt(at + 1) === "!") {
      const cdata = find(s, "]]>", at);
      const head = s.substring(at, at + 9);
      const isCdata = "<![CDATA[".substring(0, head.length) === head;
      return isCdata ? (cdata < 0 ? -1 : cdata + 2) : at + 2; // else refused at once, by `tag`
    }
    let end = s.indexOf(">", at);
    if (end < 0) return -1;
    const head = s.substring(at, end);
    if (head.indexOf('"') < 0 && head.split("'").length & 1) return end;
    let from = at;
    for (;;) {
      const single = s.indexOf("'", from);
      const double = s.indexOf('"', from);
      const open = single < 0 || (double >= 0 && double < single) ? double : single;
      if (open < 0 || open > end) return end;
      const close = s.indexOf(s.charAt(open), open + 1);
      if (close < 0) return -1;
      from = close + 1;
      if (from > end) end = s.indexOf(">", from);
      if (end < 0) return -1;
    }
  }

  /** `said` is what stands between `<` and `>`. */
  private tag(said: string): Fault {
    const bytes = said.length + 2;
    const first = said.charAt(0);
    if (first === "!") {
      return said.substring(0, 8) === "![CDATA["
        ? this.text(said.substring(8, said.length - 2), bytes, true) : Fault.RestrictedXml;
    }
    if (first === "?") {
      // The XML declaration; the assembler knows whether it may stand here (name "?").
      return said.substring(0, 5) === "?xml " && said.charAt(said.length - 1) === "?"
        ? this.sink.onStart("?", "", bytes) : Fault.RestrictedXml;
    }
    // All white space of a tag means a blank, between attributes and in their values.
    const raw = BREAK.test(said) ? said.replace(/\r\n/g, " ").replace(/[\t\r\n]/g, " ") : said;
    if (first === "/") {
      const blank = raw.indexOf(" ");
      if (blank < 0) return this.sink.onEnd(raw.substring(1));
      const isLast = raw.substring(blank).trim() === "";
      return isLast ? this.sink.onEnd(raw.substring(1, blank)) : Fault.NotWellFormed;
    }
    if (raw.indexOf("<") >= 0 || (this.high && !isUtf8(raw))) return Fault.NotWellFormed;
    const closed = raw.charAt(raw.length - 1) === "/";
    const body = closed ? raw.substring(0, raw.length - 1) : raw;
    const blank = body.indexOf(" ");
    const name = blank < 0 ? body : body.substring(0, blank);
    const rest = body.substring(name.length);
    const quote = rest.indexOf("'") < 0 ? '"' : "'";
    const isMixed = quote === "'" && rest.indexOf('"') >= 0;
    const packed = (isMixed ? null : packParts(rest.split(quote), rest.indexOf("&") >= 0)) ||
      packUnusual(rest);
    if (packed === null || !NAME.test(name)) return Fault.NotWellFormed;
    const fault = this.sink.onStart(name, packed, bytes);
    return closed && fault === Fault.None ? this.sink.onEnd(name) : fault;
  }

  /** A tag grew too long: what it is is noted, the rest goes by unheld. -1: no tag at all. */
  private startSkipping(s: string, at: number): number {
    const first = s.charAt(at + 1);
    this.sink.onOversize();
    if (first !== "/" && !NAME.test(first)) return -1; // Nor CDATA: no server sends any.
    this.last = "";
    this.skipping = " ";
    this.skipped = first + s.substring(at + 2, at + TAG_BYTES_MAX).split(/[ \t\r\n\/>]/)[0];
    return at + 1 + this.skipped.length;
  }

  /** The name may be cut: the assembler only counts what is inside of an oversized stanza. */
  private endSkipping(): Fault {
    const name = this.skipped;
    if (name.charAt(0) === "/") return this.sink.onEnd(name.substring(1));
    const fault = this.sink.onStart(name, "\x01", 0);
    return fault === Fault.None && this.last === "/" ? this.sink.onEnd(name) : fault;
  }

  /** Goes on to the end of the tag that is skipped, or of `s`; returns where to go on. */
  private skip(s: string, from: number): number {
    let at = from;
    while (at < s.length) {
      if (this.skipping !== " ") {
        at = s.indexOf(this.skipping, at);
        if (at < 0) return s.length;
        at++;
        this.skipping = " ";
        this.last = "";
      }
      const end = s.substring(at).match(/['">]/);
      if (!end) {
        this.last = s.charAt(s.length - 1);
        return s.length;
      }
      const found = s.indexOf(end[0], at);
      if (found > at) this.last = s.charAt(found - 1);
      at = found + 1;
      if (end[0] !== ">") {
        this.skipping = end[0];
        continue;
      }
      this.skipping = "";
      return at;
    }
    return at;
  }
}
