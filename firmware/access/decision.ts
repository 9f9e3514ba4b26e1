/**
 * How a decision is known: by the hash of its question in a canonical form, and by that of the
 * caller. So the order of fields does not matter, and a question of any length takes 16 octets.
 */
import { Hash } from "../../hal/hal.js";
import type { Crypto } from "../../hal/hal.js";
import type { Question } from "./grant.js";

export const QUESTION_BYTES = 16;
/** The question and, behind it, the caller. */
export const HEAD_BYTES = 24;

export function digestOf(question: Question, crypto: Crypto): string {
  const text = question.verb + "\x00" + question.jid + "\x00" + question.tokens.join("\x00") +
    "\x00" + question.types + "\x00" + question.nodes + "\x00" + question.names;
  return crypto.hash(Hash.Sha256, text).substring(0, QUESTION_BYTES);
}

/** Of a bare JID. */
export function ownerOf(jid: string, crypto: Crypto): string {
  return crypto.hash(Hash.Sha256, jid).substring(0, HEAD_BYTES - QUESTION_BYTES);
}
