/** What a chip gets: the files of its Storage, made of what terser left (pass/). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aliasThis } from "./alias.js";
import { split } from "./pass/cold.js";
import { settle, share } from "./pass/constant.js";
import { link } from "./pass/link.js";
import { unmark } from "./pass/mark.js";
import { order } from "./pass/order.js";
import type { Profile } from "./pass/order.js";
import { divide } from "./pass/part.js";
import { farewell, retired } from "./pass/retire.js";
import { aside, partWords, WORDS } from "./pass/word.js";
import { readJson, ROOT } from "./project.js";
import { PARTS } from "./rendezvous.js";

/** What is evaluated at the start, and what is read when it is called. */
export interface Pair {
  app: string;
  cold: string;
}

/** What a measuring copy does to each text. */
export type Change = (text: string) => string;
const AS_IS: Change = (text) => text;

export function finish(marked: string): string {
  return aliasThis(unmark(marked));
}

/** What two scripts that share objects know of each other. */
export interface Bond {
  /** Property names that no foreign object has, and no other script of ours uses. */
  ours: ReadonlySet<string>;
  /** Names of methods that are numbers here, and in the other script. */
  numbers: ReadonlySet<string>;
  elsewhere: ReadonlySet<string>;
}

/** An application's two files. */
export function forChip(
  marked: string, bond: Bond, profile: Profile, change = AS_IS, words = WORDS,
): Pair {
  const ordered = order(share(settle(marked, profile), profile, words), profile);
  const { app, pieces, table } = split(ordered, profile,
    { ...bond, words, early: new Set(retired(ordered).others) });
  const kept = new Set(divide(app).parts.map((part) => part.name));
  const last = farewell(ordered, kept);
  const done = (text: string): string => finish(change(text));
  return link({ app: done(app) + last, pieces: pieces.map(done), table }, words);
}

/**
 * The same of a part, which is evaluated beside an application, and let go of: its last line lists
 * the names that it declares (hal/espruino/threshold.ts).
 */
export function partForChip(
  part: string, { marked, bond }: { marked: string; bond: Bond }, profile: Profile, change = AS_IS,
): Pair {
  const words = partWords(part, PARTS.indexOf(part));
  const { app, cold } = forChip(aside(marked, words), bond, profile, change, words);
  const names = divide(app).parts.map(({ name }) => name).filter((name) => name !== "");
  return { app: `${app}\n//${names.join()}`, cold };
}

/** What a board calls while it rests or is read, or in a part, and how often (profile.ts). */
export function hot(isPart = false): Profile {
  return readJson<Profile>(join(ROOT, "build", isPart ? "hot.part.json" : "hot.json"));
}

/** Name in Storage → content, for a board: what `npm run build` left in dist/. */
export function storageFiles(board: string, root = ROOT): Record<string, string> {
  const read = (name: string): string => readFileSync(join(root, "dist", name), "latin1");
  const parts = PARTS.map((part, i) => ({ [partWords(part, i).cold]: read(`${part}.cold.js`),
    [part]: read(`${part}.js`) }));
  return Object.assign({ [WORDS.cold]: read(`${board}.cold.js`) }, ...parts,
    { app: read(`${board}.js`) }) as Record<string, string>;
}
