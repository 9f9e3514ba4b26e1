/**
 * Pairing codes: what is printed on a board's label and typed by a person (RENDEZVOUS 1.9, 5.3).
 *
 * Weave's base-32 alphabet leaves out I, O, Q and Z, which people misread. The last character is
 * a check by Verhoeff's method over the dihedral group of 32 elements: any one wrong character
 * and any two neighbours in the wrong order are noticed before a board is bothered with them.
 */
import { randomBytes } from "node:crypto";

export const CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXY";
/** 8 random characters (40 bits), and the check character. */
export const CODE_CHARS = 9;
/** Printed in three groups: 1XN-DP3-WW3. */
const GROUP_CHARS = 3;
/** Half of the group are turns, the other half reflections. */
const TURNS = CODE_ALPHABET.length / 2;

/** The permutation that Weave publishes; the further from the end, the more often it is applied. */
const PERMUTATION = [
  7, 2, 1, 30, 16, 20, 27, 11, 31, 6, 8, 13, 29, 5, 10, 21,
  22, 3, 24, 0, 23, 25, 12, 9, 28, 14, 4, 15, 17, 18, 19, 26,
];

/** A new code. `random` gives octets that nobody can guess. */
export function makeCode(random: (count: number) => Uint8Array = randomBytes): string {
  let digits = "";
  for (const octet of random(CODE_CHARS - 1)) digits += CODE_ALPHABET[octet % CODE_ALPHABET.length];
  return digits + checkCharacter(digits);
}

/** Upper case, misread letters as what they were, and nothing that is not of the alphabet. */
export function normalizeCode(typed: string): string {
  return typed.replace(/[^A-Za-z0-9]/g, "").toUpperCase()
    .replace(/I/g, "1").replace(/[OQ]/g, "0").replace(/Z/g, "2");
}

/** Whether a normalised code (of any length that Weave has) ends with the right check. */
export function isCode(code: string): boolean {
  return code.length > 1 && [...code].every((each) => CODE_ALPHABET.includes(each))
    && checkCharacter(code.slice(0, -1)) === code.slice(-1);
}

/**
 * What a person typed, as the PAKE wants it: normalised, and of our length. "" where it cannot
 * be a code of ours.
 */
export function readCode(typed: string): string {
  const code = normalizeCode(typed);
  return code.length === CODE_CHARS && isCode(code) ? code : "";
}

/** For people: 1XN-DP3-WW3. */
export function printCode(code: string): string {
  return code.match(new RegExp(`.{1,${GROUP_CHARS}}`, "g"))?.join("-") ?? "";
}

export function checkCharacter(digits: string): string {
  let sum = 0;
  for (let power = 1; power <= digits.length; power++) {
    let value = CODE_ALPHABET.indexOf(digits[digits.length - power]!);
    for (let i = 0; i < power; i++) value = PERMUTATION[value]!;
    sum = multiply(sum, value);
  }
  // A turn is undone by the rest of the circle, a reflection by itself.
  return CODE_ALPHABET[sum < TURNS ? (TURNS - sum) % TURNS : sum]!;
}

/** In the dihedral group D16: 0 to 15 are turns, 16 to 31 are a reflection after a turn. */
function multiply(left: number, right: number): number {
  const isReflected = left >= TURNS;
  const turn = isReflected ? left - right : left + right;
  const kind = isReflected !== right >= TURNS ? TURNS : 0;
  return kind + (turn % TURNS + TURNS) % TURNS;
}
