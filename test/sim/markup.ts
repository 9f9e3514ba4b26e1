/**
 * XML for the tests, parsed by somebody else's strict parser: whatever the device writes must
 * be well-formed for it, too. Texts are ordinary strings here; octets only exist on the wire.
 */
import { SaxesParser } from "saxes";

export const NS_CLIENT = "jabber:client";
export const NS_STREAMS = "http://etherx.jabber.org/streams";

export interface Node {
  name: string;
  ns: string;
  /** Without declarations; a prefixed one has its prefix (`xml:lang`). */
  attributes: Record<string, string>;
  children: (Node | string)[];
}

/** One stream's reader: octets in, header and stanzas out. Throws where it is not XML. */
export class Reader {
  onHeader: (header: Node) => void = () => {};
  onStanza: (stanza: Node) => void = () => {};
  onEnd: () => void = () => {};
  private readonly parser = new SaxesParser({ xmlns: true });
  private readonly decoder = new TextDecoder("utf-8", { fatal: true });
  private open: Node[] = [];

  constructor() {
    this.parser.on("opentag", (tag) => {
      const attributes: Record<string, string> = {};
      for (const one of Object.values(tag.attributes)) {
        if (one.prefix !== "xmlns" && one.name !== "xmlns") attributes[one.name] = one.value;
      }
      const node: Node = { name: tag.local, ns: tag.uri, attributes, children: [] };
      this.open.at(-1)?.children.push(node);
      this.open.push(node);
      if (this.open.length === 1) this.onHeader(node);
    });
    this.parser.on("text", (text) => {
      if (this.open.length > 1) this.open.at(-1)!.children.push(text);
    });
    this.parser.on("closetag", () => {
      const node = this.open.pop()!;
      if (this.open.length === 0) this.onEnd();
      if (this.open.length !== 1) return;
      this.open[0]!.children = [];
      this.onStanza(node);
    });
    this.parser.on("error", (error) => {
      throw error;
    });
  }

  push(bytes: string): void {
    this.parser.write(this.decoder.decode(Buffer.from(bytes, "latin1"), { stream: true }));
  }
}

/** One element; its namespace is jabber:client where it says none. */
export function parse(xml: string): Node {
  const reader = new Reader();
  let found: Node | undefined;
  reader.onStanza = (stanza) => void (found ??= stanza);
  reader.push(toBytes(`<all xmlns='${NS_CLIENT}'>${xml}</all>`));
  if (!found) throw new Error(`no element: ${xml}`);
  return found;
}

export function print(node: Node, outer = NS_CLIENT): string {
  let attributes = node.ns === outer ? "" : ` xmlns='${escape(node.ns)}'`;
  for (const [name, value] of Object.entries(node.attributes)) {
    attributes += ` ${name}='${escape(value)}'`;
  }
  const inner = node.children
    .map((child) => (typeof child === "string" ? escape(child) : print(child, node.ns))).join("");
  return inner === "" ? `<${node.name}${attributes}/>`
    : `<${node.name}${attributes}>${inner}</${node.name}>`;
}

export function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function childrenOf(node: Node): Node[] {
  return node.children.filter((child): child is Node => typeof child !== "string");
}

export function childOf(node: Node, name: string, ns?: string): Node | undefined {
  return childrenOf(node).find((one) => one.name === name && (!ns || one.ns === ns));
}

export function textOf(node: Node): string {
  return node.children.map((child) => (typeof child === "string" ? child : "")).join("");
}

export function bareOf(jid: string): string {
  return jid.split("/")[0]!.toLowerCase();
}

function escape(text: string): string {
  return text.replace(/[&<>'"]/g, (one) => `&#${one.charCodeAt(0)};`);
}
