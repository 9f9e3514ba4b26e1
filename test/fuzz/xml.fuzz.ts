/**
 * Hostile XML: streams of test/vectors, mangled, cut anywhere.
 *
 * Invariants checked:
 *   1. Nothing is thrown, and a fault is one that ends a stream.
 *   2. The outcome is the same whole, octet by octet, and cut at random.
 *   3. What is accepted is well-formed to another parser, and understood as it understands it.
 *   4. What is refused is refused by that parser too, but for what XMPP or we forbid.
 *   5. No more than a stanza's limit ever waits.
 *
 * By hand: `node --import tsx test/fuzz/xml.fuzz.ts [seed] [cases]`.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { STANZA_BYTES_MAX, TAG_BYTES_MAX } from "../../firmware/config.js";
import { Fault } from "../../firmware/fault.js";
import { MockRandom } from "../../hal/mock/random.js";
import { Judgement, opinion } from "../unit/xml/oracle.js";
import { play, sameOutcome } from "../unit/xml/recorder.js";
import type { Transcript } from "../unit/xml/recorder.js";
import { HOSTILE } from "../vectors/xml/hostile.js";
import { LIMITS } from "../vectors/xml/limit.js";
import { HEADER } from "../vectors/xml/stream.js";
import { VALID } from "../vectors/xml/valid.js";

const EXAMPLES = join(import.meta.dirname, "../vectors/examples");
const CASES = 20000;
const MUTATIONS_MAX = 4;

const PIECES = ["<", ">", "/", "'", '"', "=", " ", "\n", "\r\n", "&", ";", "&amp;", "&#65;", "&#1;",
  "<a>", "</a>", "<a/>", "<b x='1'/>", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE",
  ":", "p:", "xmlns='u'", " xmlns:p='u'", " x='1'", "\x00", "\x01", "\x02", "\x80", "\xc3\xa0",
  "\xe2\x82\xac", "\xff", "\x7f", "</stream:stream>", "<item/>", "]", "]]", "!", "?", "x", "-"];

/** Differences that are meant: refused here, though XML allows it. CDATA must fit like a tag. */
const STRICTER = /<!\[CDATA\[[^]{2030,}|&#[0-9x][0-9a-fA-F]{7,};|xmlns:xml|&#[0-9a-fA-Fx]*;\s*<|<[^<>]*:[-.0-9]|^\xef\xbb\xbf/;
/** And accepted here: letters beyond ASCII are not looked at one by one. */
const LENIENT = /[\x80-\xff]/;
/** The other parser trims namespaces, which XML does not. */
const TRIMMED = /xmlns[^=<>]*=\s*("\s|'\s|"[^"]*\s"|'[^']*\s')/;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

export class Failure extends Error {}

function corpus(): string[] {
  const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith(".xml"))
    .map((file) => readFileSync(join(EXAMPLES, file), "latin1"));
  const strip = (xml: string): string => xml.startsWith(HEADER) ? xml.slice(HEADER.length) : "";
  return [...examples, ...VALID.map((one) => strip(one.xml)), ...HOSTILE.map((one) => strip(one.xml)),
    ...LIMITS.map((one) => one.make(one.max))].filter((xml) => xml !== "");
}

function mangle(xml: string, all: string[], random: MockRandom): string {
  let text = xml;
  for (let n = random.below(MUTATIONS_MAX + 1); n > 0; n--) {
    const at = random.below(text.length + 1);
    const length = 1 + random.below(8);
    const kind = random.below(5);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + length);
    else if (kind === 1) text = text.slice(0, at) + PIECES[random.below(PIECES.length)] + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + text.slice(Math.max(0, at - length));
    else if (kind === 3) text = text.slice(0, at) + all[random.below(all.length)]!.slice(0, 400);
    else text = text.slice(0, at) + PIECES[random.below(PIECES.length)] + text.slice(at + length);
  }
  return text;
}

function cut(xml: string, random: MockRandom): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < xml.length;) {
    const length = 1 + random.below(random.below(2) ? 9 : 200);
    chunks.push(xml.slice(at, at + length));
    at += length;
  }
  return chunks;
}

/** The reader that is tried; a test hands over broken ones. */
export type Reader = (chunks: Iterable<string>) => Transcript;

/** Why this is a bug; "" when it is none. */
export function judge(xml: string, random: MockRandom, read: Reader = play): string {
  const whole = read([xml]);
  const faults = [Fault.None, Fault.NotWellFormed, Fault.RestrictedXml, Fault.StreamError];
  if (!faults.includes(whole.fault)) return `fault ${whole.fault}`;
  for (const [way, chunks] of [["octets", xml], ["chunks", cut(xml, random)]] as const) {
    const seen = read(chunks);
    // Of two faults in a chunk the octet that is no character is seen first.
    if (CONTROL.test(xml) && seen.fault && whole.fault === Fault.NotWellFormed) continue;
    if (!sameOutcome(whole, seen)) return `differs in ${way}: ${told(whole)} / ${told(seen)}`;
    if (seen.waited > STANZA_BYTES_MAX) return `${seen.waited} octets wait`;
  }
  return compare(xml, whole);
}

function compare(xml: string, whole: Transcript): string {
  if (whole.events.some((event) => event.startsWith("oversized"))) return "";
  if (whole.fault === Fault.None && isSkipping(xml, whole)) return "";
  const ended = whole.fault === Fault.StreamError;
  const other = opinion(xml.slice(0, xml.length - (ended ? 0 : whole.pending)));
  const events = whole.events.join("\n");
  if (whole.fault === Fault.None || ended) {
    // What follows the end is not looked at here, but it is there.
    const told = ended ? other.events.slice(0, whole.events.length) : other.events;
    if (LENIENT.test(xml) || TRIMMED.test(xml)) return "";
    if (!ended && other.judgement !== Judgement.WellFormed) return `accepted: ${other.judgement}`;
    return told.join("\n") === events ? "" : `understood as\n${events}\nnot as\n${told.join("\n")}`;
  }
  if (whole.fault === Fault.NotWellFormed && CONTROL.test(xml)) return "";
  const taken = xml.slice(0, play(xml).taken);
  if (whole.fault === Fault.RestrictedXml && /<[!?]/.test(taken.slice(HEADER.length))) return "";
  return isRefused(taken) || STRICTER.test(xml)
    ? "" : `refused: ${whole.fault}`;
}

/** In the middle of what is too large nothing is looked at, so not even this is refused. */
function isSkipping(xml: string, whole: Transcript): boolean {
  if (xml.length > TAG_BYTES_MAX) return true;
  return play([xml.slice(0, xml.length - whole.pending) + "&bad;<"]).fault === Fault.None;
}

/** `xml` ends where it was refused here; the other parser may wait for the end of what is wrong. */
function isRefused(xml: string): boolean {
  const ends = /&[^;]*$/.test(xml) ? ["", "<", ";"] : ["", "<"];
  return ends.some((end) => opinion(xml + end).judgement !== Judgement.WellFormed);
}

function told(transcript: Transcript): string {
  return `${transcript.fault} ${transcript.events.slice(1).join(" ")}`.slice(0, 300);
}

/** Throws for the first bug, with what it takes to see it again. */
export function fuzz(seed: string, cases: number, read: Reader = play): void {
  const all = corpus();
  for (let n = 0; n < cases; n++) {
    const random = new MockRandom(`${seed} ${n}`);
    const xml = HEADER + mangle(all[random.below(all.length)]!, all, random);
    let bug: string;
    try {
      bug = judge(xml, random, read);
    } catch (error) {
      bug = String(error);
    }
    if (bug !== "") {
      const body = JSON.stringify(xml.slice(HEADER.length));
      throw new Failure(`seed ${JSON.stringify(seed)}, case ${n}: ${bug}\n${body}`);
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , seed, cases] = process.argv;
  const used = seed ?? String(Date.now());
  fuzz(used, Number(cases ?? CASES));
  console.log(`xml: seed ${used}, no bug`);
}
