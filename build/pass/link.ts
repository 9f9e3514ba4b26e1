/**
 * Gives every cold function its place in the second file, and every call that place. The two
 * files belong together, so the first one looks whether it has the second before it does anything.
 */
import { crc32 } from "node:zlib";
import { PLACE } from "./cold.js";
import type { Split } from "./cold.js";
import { SELF, TABLE, WORDS } from "./word.js";
import type { Words } from "./word.js";

/** Separates the pieces, so that the file can be read as a script. */
const END = ";";
const ROUNDS = 50;

interface Place {
  offset: number;
  length: number;
}

/**
 * A part of a text in flash is in flash as well, and so is a function that is made from it. Its
 * `this` is in the scope of whoever made it.
 */
export function loader({ cold, loader: name, text, finder }: Words): string {
  const { offset, length } = TABLE;
  return `let ${text}=require("Storage").read("${cold}"),`
    + `${name}=($o,$n,${SELF})=>eval(${text}.substr($o,$n)),`
    + `${finder}=($o,$n)=>typeof $o[$n]=="number"?${name}(${text}.substr($o[$n],${offset}),${
      text}.substr($o[$n]+${offset},${length}),$o):$o[$n].bind($o);`;
}

export function link({ app, pieces, table }: Split, words = WORDS): { app: string; cold: string } {
  if (pieces.length === 0) return { app, cold: "" };
  let places = pieces.map((): Place => ({ offset: 0, length: 0 }));
  const head = listed(table, places).length;
  for (let round = 0; round < ROUNDS; round++) {
    const texts = pieces.map((piece) => fill(piece, places, words.loader));
    const next = lay(texts, places, head);
    const isSame = next.every((each, i) => each.offset === places[i]!.offset
      && each.length === places[i]!.length);
    places = next;
    if (!isSame) continue;
    const cold = listed(table, places)
      + texts.map((text, i) => text.padEnd(places[i]!.length) + END).join("");
    return { app: loader(words) + belongs(cold, words) + fill(app, places, words.loader), cold };
  }
  throw new Error("the places of cold functions come to no end");
}

/** Places only ever grow, so there is an end. */
function lay(texts: string[], before: Place[], head: number): Place[] {
  let offset = head;
  return texts.map((text, i) => {
    const length = Math.max(text.length, before[i]!.length);
    const place = { offset, length };
    offset += length + END.length;
    return place;
  });
}

/** The table, which a number leads into. */
function listed(table: number[], places: Place[]): string {
  if (table.length === 0) return "";
  const entries = table.map((piece) => {
    const { offset, length } = places[piece]!;
    return String(offset).padStart(TABLE.offset) + String(length).padStart(TABLE.length);
  });
  return TABLE.head + entries.join("") + TABLE.tail;
}

function fill(text: string, places: Place[], name: string): string {
  const call = new RegExp(`${name.replace("$", "\\$")}\\((\\d{10})`, "g");
  return text.replace(call, (_, number: string) => {
    const { offset, length } = places[Number(number) - PLACE]!;
    return `${name}(${offset},${length}`;
  });
}

function belongs(cold: string, words: Words): string {
  const sum = crc32(Buffer.from(cold, "latin1"));
  return `if(E.CRC32(${words.text})!=${sum})throw Error("${words.cold}");`;
}
