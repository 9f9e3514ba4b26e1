/**
 * The words of the LED, from `firmware/pairing/light.ts`, as a table for people. Written into
 * `docs/light.md` by `npm run limits -- --write`.
 */
import { rhythmOf } from "../firmware/pairing/light.js";

/** Where people read it. */
export const SIGNS = "docs/light.md";
export const SIGNS_BEGIN = "<!-- signs: npm run limits -- --write -->";
export const SIGNS_END = "<!-- end of signs -->";

export interface Word {
  name: string;
  light: string;
  meaning: string;
}

const MEMBER = /^ {2}\/\*\* (.+) \*\/\n {2}\w+,$/gm;

/** Each member of the enumeration has one line of comment: what it means to a person. */
export function wordsOf(source: string): Word[] {
  const body = source.split("export const enum Sign {\n")[1]!.split("\n}")[0]!;
  const meanings = [...body.matchAll(MEMBER)].map(([, meaning]) => meaning!);
  if (meanings.length * 2 !== body.split("\n").length) {
    throw new Error("light.ts has a sign without its one line of comment");
  }
  return meanings.map((meaning, sign) => {
    const [name, ...durations] = rhythmOf(sign);
    return { name: name!, light: inWords(durations.map(Number)), meaning };
  });
}

/** Alternately on and off, in milliseconds. */
function inWords(durations: number[]): string {
  const count = Math.ceil(durations.length / 2);
  const isOnce = durations.length % 2 === 1;
  const seconds = (ms: number): string => `${ms / 1000} s`;
  const [on, off] = durations as [number, number];
  const rest = durations.at(-1)!;
  if (on === 0) return "dark";
  if (isOnce) return `once ${count === 1 ? "" : `${count} blinks of `}${seconds(on)}`;
  if (count === 1 && rest > 10 * on) return `1 blip every ${seconds(on + rest)}`;
  if (count === 1) return `${seconds(on)} on, ${seconds(off)} off`;
  return `${count} ${on < 100 ? "blips" : "blinks"} of ${seconds(on)}, ${seconds(rest)} off`;
}

/** The text with today's table between the marks. */
export function withSigns(text: string, source: string): string {
  const begin = text.indexOf(SIGNS_BEGIN);
  const end = text.indexOf(SIGNS_END);
  if (begin < 0 || end < begin) throw new Error(`${SIGNS} has no place for the signs`);
  const rows = wordsOf(source)
    .map(({ name, light, meaning }) => `| \`${name}\` | ${light} | ${meaning} |`);
  const table = ["| name | LED | means |", "| --- | --- | --- |", ...rows].join("\n");
  return `${text.slice(0, begin)}${SIGNS_BEGIN}\n${table}\n${text.slice(end)}`;
}
