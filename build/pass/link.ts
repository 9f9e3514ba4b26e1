/**
 * Gives every cold function its place in the second file, and every call that place. The two
 * files belong together, so the first one looks whether it has the second before it does anything.
 */
import { crc32 } from "node:zlib";
import { PLACE } from "./cold.js";
import type { Split } from "./cold.js";

/** Its name in Storage. */
export const COLD = "cold";
/** Names that terser must not give to anything. */
export const TAKEN = ["$", "$c", "$o", "$n"];
/** A part of a text in flash is in flash as well, and so is a function that is made from it. */
export const LOADER =
  `let $c=require("Storage").read("${COLD}"),$=($o,$n)=>eval($c.substr($o,$n));`;
/** Separates the pieces, so that the file can be read as a script. */
const END = ";";
const ROUNDS = 50;

interface Place {
  offset: number;
  length: number;
}

export function link({ app, pieces }: Split): { app: string; cold: string } {
  if (pieces.length === 0) return { app, cold: "" };
  let places = pieces.map((): Place => ({ offset: 0, length: 0 }));
  for (let round = 0; round < ROUNDS; round++) {
    const texts = pieces.map((piece) => fill(piece, places));
    const next = lay(texts, places);
    const isSame = next.every((each, i) => each.offset === places[i]!.offset
      && each.length === places[i]!.length);
    places = next;
    if (!isSame) continue;
    const cold = texts.map((text, i) => text.padEnd(places[i]!.length) + END).join("");
    return { app: LOADER + belongs(cold) + fill(app, places), cold };
  }
  throw new Error("the places of cold functions come to no end");
}

/** Places only ever grow, so there is an end. */
function lay(texts: string[], before: Place[]): Place[] {
  let offset = 0;
  return texts.map((text, i) => {
    const length = Math.max(text.length, before[i]!.length);
    const place = { offset, length };
    offset += length + END.length;
    return place;
  });
}

function fill(text: string, places: Place[]): string {
  return text.replace(/\$\((\d{10})\)/g, (_, number: string) => {
    const { offset, length } = places[Number(number) - PLACE]!;
    return `$(${offset},${length})`;
  });
}

function belongs(cold: string): string {
  return `if(E.CRC32($c)!=${crc32(Buffer.from(cold, "latin1"))})throw Error("${COLD}");`;
}
