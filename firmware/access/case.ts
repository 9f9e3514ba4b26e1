/**
 * One question on its way to the provisioning servers: who waits for it, what has been said of it,
 * and what that makes it; pure.
 */
import { Verb, isFull } from "./grant.js";
import type { Grant, Question } from "./grant.js";

export const enum Verdict {
  Denied,
  Granted,
  /** Nobody could say: refuse, with an error that invites to try again. */
  Unknown,
  /** Too many wait already. */
  Busy,
  /** Refused, but a person at the device may allow it (XEP-0324 "secondary trust"). */
  Secondary,
}

/** Told once for each `ask`; `context` is what it was given. */
export interface Waiter {
  decided(context: unknown, verdict: Verdict, grants: Grant[], nowMs: number): void;
}

export interface Case {
  key: string;
  question: Question;
  waiters: Waiter[];
  contexts: unknown[];
  /** Servers that we wait for. */
  open: number;
  failed: boolean;
  secondary: boolean;
  retried: boolean;
  generation: number;
  grants: Grant[];
  /** What each server said instead of a grant. */
  why: string;
}

/** What is to be remembered; not where a clearing came in between. */
export interface Decided {
  question: Question;
  grants: Grant[];
  durable: boolean;
  generation: number;
}

/** What one server is asked. */
export interface Inquiry {
  one: Case;
  server: string;
  isAwaited: boolean;
  /** Of the cache when it was asked. */
  generation: number;
  atMs: number;
}

export function caseOf(
  key: string, question: Question, waiter: Waiter, context: unknown,
): Case {
  return {
    key, question, waiters: [waiter], contexts: [context], open: 0, failed: false,
    secondary: false, retried: false, generation: 0, grants: [], why: "",
  };
}

export function verdictOf(one: Case, grants: Grant[]): Verdict {
  if (grants.length) return Verdict.Granted;
  if (one.failed) return Verdict.Unknown;
  return one.secondary ? Verdict.Secondary : Verdict.Denied;
}

/**
 * How it is to be remembered; null where it must not be: somebody has not spoken who might have
 * granted more, or a person may still allow it.
 */
export function decisionOf(one: Case, grants: Grant[], generation: number): Decided | null {
  const question = one.question;
  const isRefused = grants.length === 0;
  if (one.failed && (isRefused || !isFull(question, grants[0]))) return null;
  if (one.secondary && isRefused) return null;
  // A stranger's refusal must not write; a friend has been let in by the server itself.
  const durable = question.verb !== Verb.Friend || !isRefused;
  return { question, grants, durable, generation };
}
