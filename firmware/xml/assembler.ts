/**
 * Tokens → the stream's header, complete stanzas, the stream's end; with namespaces resolved
 * and every limit kept. A stanza beyond a limit is skipped without being held: its root alone
 * is kept, so that an iq can be refused.
 *
 *   depth | what starts        | what ends
 *   ------+--------------------+---------------------------------------------
 *   0     | the header         | -
 *   1     | a stanza           | the stream
 *   2     | its payload        | the stanza
 *   3     | an item            | the payload; a roster's item is handed on alone
 */
import { ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, STANZA_BYTES_MAX } from "../config.js";
import { Fault } from "../fault.js";
import { LOCAL } from "./attribute.js";
import { Element, LEAF } from "./element.js";
import { find, items, lookup } from "./list.js";
import { Tokenizer } from "./tokenizer.js";
import type { TokenSink } from "./tokenizer.js";

const NS_XML = "http://www.w3.org/XML/1998/namespace";
/** The one payload that may be longer than a stanza: its items are handed on one by one. */
export const NS_ROSTER = "jabber:iq:roster";
const NOT_BLANK = /[^ \t\r\n]/;

/** Told of what is complete. Implemented by stream/connection.ts. */
export interface ElementSink {
  onHeader(header: Element): Fault;
  /** `oversized`: only the root and its attributes are there. */
  onElement(element: Element, oversized: boolean): Fault;
  /** A roster's item, before its stanza is complete. */
  onItem(stanza: Element, item: Element): void;
  onStreamEnd(): void;
}

export class Assembler implements TokenSink {
  readonly tokenizer: Tokenizer;
  private stack: Element[];
  /** Declarations in force for each open element, packed as attributes are, innermost first. */
  private scopes: string[];
  /** Qualified names of the open elements, each with \x01 before it. */
  private path: string;
  /** Open elements, the stream being the first. */
  depth: number;
  /** What the stanza makes us hold: its tags and text, and copies of namespaces. */
  private bytes: number;
  /** What the last whole one made us hold. */
  heldBytes: number;
  private elements: number;
  private oversized: boolean;

  constructor(private readonly sink: ElementSink) {
    this.tokenizer = new Tokenizer(this);
    this.stack = [];
    this.scopes = ["\x01xml\x02" + NS_XML + "\x01"];
    this.path = "";
    this.depth = this.bytes = this.heldBytes = this.elements = 0;
    this.oversized = false;
    this.tokenizer.deaf = true;
  }

  onStart(name: string, attributes: string, bytes: number): Fault {
    if (name === "?") return this.depth ? Fault.RestrictedXml : Fault.None;
    const depth = ++this.depth;
    this.bytes += bytes;
    if (depth > 2 && !this.oversized &&
      (depth > DEPTH_MAX || ++this.elements > ELEMENTS_MAX || this.bytes > STANZA_BYTES_MAX)) {
      this.onOversize();
    }
    if (!this.oversized && attributes.length > ATTRIBUTES_MAX * 3 &&
      attributes.split("\x01").length > ATTRIBUTES_MAX + 2) {
      if (depth === 1) return Fault.Oversized;
      this.onOversize();
    }
    if (this.oversized && depth > 2) return Fault.None;
    let scope = this.scopes[this.scopes.length - 1];
    let packed: string | null = attributes;
    if (find(attributes, "\x01xmlns", 0) >= 0) {
      const own = declared(attributes);
      if (own === null) return Fault.NotWellFormed;
      scope = own + scope.substring(1);
      this.bytes += scope.length;
    }
    if (attributes.indexOf(":") >= 0) packed = expand(attributes, scope);
    const colon = name.indexOf(":");
    const local = name.substring(colon + 1);
    let ns = lookup(scope, colon < 0 ? "" : name.substring(0, colon)) || "";
    if (packed === null || (colon >= 0 && (ns === "" || !LOCAL.test(local)))) {
      return Fault.NotWellFormed;
    }
    const parent = this.stack[depth - 2];
    if (parent && parent.ns === ns) ns = parent.ns; // One text for both.
    else this.bytes += ns.length;
    this.bytes += packed.length - attributes.length;
    if (depth === 1) this.bytes = 0;
    else if (this.bytes > STANZA_BYTES_MAX) {
      this.onOversize();
      if (depth > 2) return Fault.None;
    }
    const element = new Element(ns, local, packed);
    this.stack.push(element);
    this.scopes.push(scope);
    this.path += "\x01" + name;
    if (depth === 1) return this.sink.onHeader(element);
    if (depth > 2) {
      if (parent.children === LEAF) parent.children = [element];
      else parent.children.push(element);
    }
    if (!this.oversized) this.tokenizer.deaf = false;
    return Fault.None;
  }

  onText(text: string, bytes: number): Fault {
    if (this.depth < 2) {
      return NOT_BLANK.test(text) ? Fault.NotWellFormed : Fault.None;
    }
    this.bytes += bytes;
    if (this.bytes > STANZA_BYTES_MAX) this.onOversize();
    if (!this.oversized) this.stack[this.stack.length - 1].text += text;
    return Fault.None;
  }

  onEnd(name: string): Fault {
    const depth = this.depth--;
    if (depth === 0) return Fault.NotWellFormed;
    if (depth > this.stack.length) return Fault.None; // inside what is skipped
    const length = this.path.length - name.length - 1;
    if (this.path.substring(length) !== "\x01" + name) return Fault.NotWellFormed;
    this.path = this.path.substring(0, length);
    this.scopes.pop();
    const element = this.stack.pop() as Element;
    if (depth === 1) {
      this.sink.onStreamEnd();
      return Fault.StreamError; // Whatever follows is of no stream.
    }
    if (depth === 2) {
      const oversized = this.oversized;
      this.oversized = false;
      this.tokenizer.deaf = true;
      this.heldBytes = this.bytes;
      this.bytes = this.elements = 0;
      return this.sink.onElement(element, oversized);
    }
    if (depth === 4 && element.ns === NS_ROSTER && !this.oversized) {
      const query = this.stack[this.stack.length - 1];
      const stanza = this.stack[1];
      if (query.ns === NS_ROSTER && stanza.children.length === 1) {
        // Nothing between the items stays either, nor payloads before: memory must not grow.
        query.children = LEAF;
        query.text = "";
        this.bytes = this.elements = 0;
        this.sink.onItem(stanza, element);
      }
    }
    return Fault.None;
  }

  /** From here to the end of the stanza nothing is kept but its root. */
  onOversize(): void {
    if (this.depth === 0 || this.oversized) return;
    this.oversized = true;
    this.tokenizer.deaf = true;
    const root = this.stack[1]; // none yet when it is the stanza's own tag that is too long
    if (root) {
      root.children = LEAF;
      root.text = "";
    }
    this.path = this.path.split("\x01").slice(0, 3).join("\x01");
    this.stack = this.stack.slice(0, 2);
    this.scopes = this.scopes.slice(0, 3);
  }
}

/** The namespace declarations of a tag, as a scope; null where one is malformed. */
function declared(attributes: string): string | null {
  let scope = "\x01";
  for (const entry of items(attributes)) {
    if (entry.substring(0, 6) === "xmlns\x02") {
      scope += entry.substring(5) + "\x01";
    } else if (entry.substring(0, 6) === "xmlns:") {
      const pair = entry.substring(6).split("\x02");
      const reserved = pair[0] === "xml" || pair[0] === "xmlns";
      if (!LOCAL.test(pair[0]) || pair[1] === "" || reserved) return null;
      scope += entry.substring(6) + "\x01";
    }
  }
  return scope;
}

/** Attributes with a prefix get their namespace instead (`uri name`); null where unbound. */
function expand(attributes: string, scope: string): string | null {
  let packed = "\x01";
  for (const written of items(attributes)) {
    let entry = written;
    const end = entry.indexOf("\x02");
    const colon = entry.indexOf(":");
    if (colon >= 0 && colon < end && entry.substring(0, 6) !== "xmlns:") {
      const ns = lookup(scope, entry.substring(0, colon));
      if (!ns) return null;
      const expanded = ns + " " + entry.substring(colon + 1, end + 1);
      const isName = LOCAL.test(entry.substring(colon + 1, end));
      if (!isName || find(packed, "\x01" + expanded, 0) >= 0) return null;
      entry = expanded + entry.substring(end + 1);
    }
    packed += entry + "\x01";
    if (packed.length > STANZA_BYTES_MAX) break; // One long namespace, copied for many: oversized.
  }
  return packed;
}
