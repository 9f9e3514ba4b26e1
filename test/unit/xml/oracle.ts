/** What an independent parser (saxes) makes of a stream, told as recorder.ts tells it. */
import { SaxesParser } from "saxes";
import type { SaxesTagNS } from "saxes";

export const enum Judgement {
  WellFormed = "well-formed",
  Malformed = "malformed",
  Restricted = "restricted",
}

export interface Opinion {
  events: string[];
  judgement: Judgement;
}

interface Node {
  ns: string;
  name: string;
  attributes: string[];
  id: string;
  text: string;
  children: Node[];
}

const NS_ROSTER = "jabber:iq:roster";

export function octets(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function opinion(bytes: string): Opinion {
  const events: string[] = [];
  let text: string;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return { events, judgement: Judgement.Malformed };
  }
  const parser = new SaxesParser({ xmlns: true });
  let judgement = Judgement.WellFormed as Judgement;
  const refuse = (to: Judgement): void => {
    if (judgement === Judgement.WellFormed) judgement = to;
  };
  const open: Node[] = [];
  const note = (event: string): void => {
    if (judgement === Judgement.WellFormed) events.push(event);
  };
  parser.on("error", () => refuse(Judgement.Malformed));
  for (const kind of ["doctype", "comment", "processinginstruction"] as const) {
    parser.on(kind, () => refuse(Judgement.Restricted));
  }
  const said = (characters: string): void => {
    const parent = open[open.length - 1];
    if (open.length >= 2) parent!.text += octets(characters);
    else if (/[^ \t\r\n]/.test(characters)) refuse(Judgement.Malformed); // No stanza (RFC 6120).
  };
  parser.on("text", said);
  parser.on("cdata", said);
  parser.on("opentag", (tag) => {
    const node = nodeOf(tag);
    if (open.length >= 2) open[open.length - 1]!.children.push(node);
    open.push(node);
    if (open.length === 1) note(`header ${show(node)}`);
  });
  parser.on("closetag", () => {
    const node = open.pop()!;
    if (open.length === 0) note("end");
    if (open.length === 1) note(`element ${show(node)}`);
    if (open.length === 3) item(open as [Node, Node, Node], node, note);
  });
  parser.write(text);
  // Without close(): a stream may end anywhere.
  return { events, judgement };
}

/** Items of the first payload, if it is a roster, are handed on alone. */
function item([, root, query]: [Node, Node, Node], node: Node, note: (event: string) => void): void {
  const isItem = node.ns === NS_ROSTER && query.ns === NS_ROSTER && root.children.length === 1;
  if (!isItem) return;
  query.children = [];
  query.text = "";
  note(`item of ${root.name} ${root.id} ${show(node)}`);
}

function nodeOf(tag: SaxesTagNS): Node {
  const all = Object.values(tag.attributes);
  const attributes = all.map((one) => {
    const prefixed = one.prefix !== "" && one.prefix !== "xmlns";
    return octets((prefixed ? `${one.uri} ${one.local}` : one.name) + "=" + one.value);
  });
  return {
    ns: octets(tag.uri), name: octets(tag.local), attributes: attributes.sort(), text: "",
    id: octets(tag.attributes["id"]?.value ?? ""), children: [],
  };
}

function show(node: Node): string {
  return `{${node.ns}}${node.name}[${node.attributes.join(" ")}]`
    + `${JSON.stringify(node.text)}(${node.children.map(show).join(",")})`;
}
