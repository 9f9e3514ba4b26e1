/**
 * The limits of `firmware/config.ts` as a table for people, between two marks in `docs/limits.md`.
 *
 *   npm run limits             prints the table
 *   npm run limits -- --write  writes it there, and the words of the LED (sign.ts) to theirs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { isMain, ROOT } from "./project.js";
import { SIGNS, withSigns } from "./sign.js";

/** Where people read it. */
export const LIMITS = "docs/limits.md";
export const BEGIN = "<!-- limits: npm run limits -- --write -->";
export const END = "<!-- end of limits -->";

interface Limit {
  group: string;
  name: string;
  value: string;
  why: string;
}

const GROUP = /^\/\/ -{4} (.+) -{4}$/;
const CONSTANT = /^export const ([A-Z0-9_]+) = (.+);$/;

/** Every constant, with the comment above it; each line of the source is one or the other. */
export function limitsOf(source: string): Limit[] {
  const limits: Limit[] = [];
  let group = "in general";
  let why = "";
  let isComment = false;
  for (const line of source.slice(source.indexOf("*/") + 2).split("\n")) {
    const [, heading] = GROUP.exec(line) ?? [];
    const [, name, value] = CONSTANT.exec(line) ?? [];
    if (line.startsWith("/**")) {
      why = "";
      isComment = true;
    }
    if (isComment) {
      why = `${why} ${line.replace(/^(\/\*\*| \*(?!\/))|\*\/$/g, "").replace(/\*\/$/, "").trim()}`;
      if (line.endsWith("*/")) isComment = false;
    } else if (heading) group = heading;
    else if (name && value) {
      limits.push({ group, name, value: inWords(name, value), why: why.trim() });
      why = "";
    } else if (line !== "") throw new Error(`config.ts has a line that is no limit: ${line}`);
  }
  return limits;
}

/** The unit is the last word of a name, or the last but one before MAX and MIN. */
function inWords(name: string, value: string): string {
  const number = Number(value);
  if (Number.isNaN(number)) return value;
  const count = String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  if (/BYTES/.test(name)) return `${count} octets`;
  if (!name.endsWith("_MS")) return count;
  if (number % 60000 === 0) return `${number / 60000} min`;
  return number % 1000 === 0 ? `${number / 1000} s` : `${count} ms`;
}

export function table(limits: Limit[]): string {
  const lines = ["| limit | value | why |", "| --- | --- | --- |"];
  let group = "";
  for (const limit of limits) {
    if (limit.group !== group) lines.push(`| **${limit.group}** | | |`);
    group = limit.group;
    lines.push(`| \`${limit.name}\` | ${limit.value} | ${limit.why.replace(/\|/g, "\\|")} |`);
  }
  return lines.join("\n").replace(/ {2,}\|/g, " |");
}

/** The text with today's table between the marks. */
export function withLimits(text: string, source: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${LIMITS} has no place for the limits`);
  return `${text.slice(0, begin)}${BEGIN}\n${table(limitsOf(source))}\n${text.slice(end)}`;
}

function main(): void {
  const source = readFileSync(join(ROOT, "firmware/config.ts"), "utf8");
  if (!argv.includes("--write")) {
    console.log(table(limitsOf(source)));
    return;
  }
  const light = readFileSync(join(ROOT, "firmware/pairing/light.ts"), "utf8");
  rewrite(LIMITS, (text) => withLimits(text, source));
  rewrite(SIGNS, (text) => withSigns(text, light));
}

function rewrite(path: string, change: (text: string) => string): void {
  const file = join(ROOT, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

if (isMain(import.meta.url)) main();
