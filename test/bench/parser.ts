/**
 * Three parsers of the same stream, each as its users use it: octets in, a tree for each stanza
 * out. The firmware's (xml/), ltx's as xmpp.js drives it, and saxes with namespaces and the least
 * code that makes a tree of its events.
 */
import Parser from "@xmpp/xml/lib/Parser.js";
import { SaxesParser } from "saxes";
import { Assembler } from "../../firmware/xml/assembler.js";
import { BATCH, HEADER, STANZAS } from "./stanza.js";

interface Tree {
  name: string;
  attributes: object;
  children: (Tree | string)[];
}

/** Each call is one batch of stanzas, on a stream that stays open. */
export const parsers: Record<string, () => () => void> = { Thingward: ours, ltx, saxes };

/** A parser that drops stanzas would be fast. */
function demand(seen: number): void {
  if (seen !== STANZAS.length) throw new Error(`${seen} stanzas of ${STANZAS.length}`);
}

function ours(): () => void {
  let seen = 0;
  const assembler = new Assembler({
    onHeader: () => 0,
    onElement: () => {
      seen++;
      return 0;
    },
    onItem: () => undefined,
    onStreamEnd: () => undefined,
  });
  assembler.tokenizer.push(HEADER);
  return () => {
    seen = 0;
    assembler.tokenizer.push(BATCH);
    demand(seen);
  };
}

function ltx(): () => void {
  let seen = 0;
  const parser = new Parser();
  parser.on("element", () => void seen++);
  parser.on("error", (error: Error) => {
    throw error;
  });
  parser.write(HEADER);
  return () => {
    seen = 0;
    parser.write(BATCH);
    demand(seen);
  };
}

function saxes(): () => void {
  let seen = 0;
  const open: Tree[] = [];
  const sax = new SaxesParser({ xmlns: true });
  const last = (): Tree | undefined => open[open.length - 1];
  sax.on("opentag", (tag) => {
    const tree: Tree = { name: tag.name, attributes: tag.attributes, children: [] };
    // The stream itself keeps nothing, or it would grow for ever.
    if (open.length > 1) last()!.children.push(tree);
    open.push(tree);
  });
  sax.on("text", (text) => {
    if (open.length > 1) last()!.children.push(text);
  });
  sax.on("closetag", () => {
    open.pop();
    if (open.length === 1) seen++;
  });
  sax.on("error", (error) => {
    throw error;
  });
  sax.write(HEADER);
  return () => {
    seen = 0;
    sax.write(BATCH);
    demand(seen);
  };
}
