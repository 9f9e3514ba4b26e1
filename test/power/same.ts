/**
 * Mutants that are the same program, each with its proof. The whole line stands here as it is in
 * the source: when it is edited, the proof must be thought through again, and the run says so.
 */
import type { Mutant } from "./mutant.js";

export interface Same {
  file: string;
  /** Where in the file: the line without its indentation, and what is changed in it. */
  line: string;
  what: string;
  proof: string;
}

export const SAME: Same[] = [
  {
    file: "page.ts",
    line: "while (text.length < count) text += text;",
    what: "< → <=",
    proof: "It differs where the length is `count` already: one doubling more, and `substring` "
      + "below takes the first `count` octets, which are the same.",
  },
];

function isOf(one: Same, mutant: Mutant): boolean {
  return mutant.file.endsWith(`/${one.file}`) && mutant.text === one.line &&
    mutant.what === one.what;
}

export function proofOf(mutant: Mutant): string | null {
  return SAME.find((one) => isOf(one, mutant))?.proof ?? null;
}

/** Proofs of what is not there any more. */
export function unused(all: Mutant[]): string[] {
  return SAME.filter((one) => !all.some((mutant) => isOf(one, mutant)))
    .map((one) => `${one.file}: ${one.line} (${one.what})`);
}
