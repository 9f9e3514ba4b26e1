/**
 * May X do Y? The cache, else the provisioning servers, else no.
 *
 *   no server is trusted              | Denied
 *   the caller is a trusted server    | Granted: it is its own word
 *   in the cache                      | as it is there
 *   a server answers with all         | Granted at once, remembered
 *   all have answered                 | the union of what they grant, or Denied; remembered
 *   some are silent or err            | what the others grant, else Unknown; never remembered
 *
 * A server that was silent is asked, one question at a time, and not waited for where there are
 * others, until it is heard again. Equal questions under way are asked once. A
 * clearCache in between voids every answer to a question of before: it is asked once more. After
 * each new stream every question waits for HOLD_MS, so that a clearCache that we missed arrives
 * before what it voids is used.
 */
import { ANSWER_MS, HOLD_MS, QUESTIONS_MAX, REQUESTS_MAX } from "../config.js";
import { STRANGERS_MAX, WAITERS_MAX } from "../config.js";
import type { Element } from "../xml/element.js";
import type { Roster } from "../router/roster.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Asker, Requests } from "../stream/requests.js";
import type { Cache } from "./cache.js";
import { Verdict, caseOf, decisionOf, verdictOf } from "./case.js";
import type { Case, Decided, Inquiry, Waiter } from "./case.js";
import { digestOf } from "./decision.js";
import { Verb, isFull } from "./grant.js";
import type { Grant, Question } from "./grant.js";
import { printQuestion, readAnswer } from "./provisioning.js";
import type { Refusals } from "./refusal.js";
import type { Trust } from "./trust.js";

/** Told which tokens went where, and from whom they are. Implemented by challenge.ts. */
export interface TokenSink {
  note(to: string, from: string, tokens: string, nowMs: number): void;
}

/** What was asked while the gate holds. */
interface Held {
  question: Question;
  waiter: Waiter;
  context: unknown;
}

export class Gate implements Asker, Doer {
  private cases: Case[];
  private held: Held[];
  private untilMs: number;

  constructor(
    private readonly trust: Trust,
    private readonly cache: Cache,
    private readonly requests: Requests,
    private readonly roster: Roster,
    private readonly sink: TokenSink,
    private readonly refusals: Refusals,
    private readonly agenda: Agenda,
  ) {
    this.cases = [];
    this.held = [];
    this.untilMs = 0;
  }

  /** A new stream is up. */
  hold(nowMs: number): void {
    if (this.cache.entries) this.untilMs = nowMs + HOLD_MS;
  }

  tick(nowMs: number): boolean {
    if (nowMs < this.untilMs) return this.held.length > 0;
    for (const one of this.held.splice(0, QUESTIONS_MAX)) {
      this.ask(one.question, one.waiter, one.context, true, nowMs);
    }
    this.cache.age(nowMs);
    return false;
  }

  /** Whether this bare JID may ask at all: a friend, or a trusted server. Nobody else costs us. */
  admits(bare: string): boolean {
    return this.roster.isFriend(bare) || this.trust.has(bare);
  }

  /** `mayWait` false: only what is known at once is told, else Busy. */
  ask(
    question: Question, waiter: Waiter, context: unknown, mayWait: boolean, nowMs: number,
  ): void {
    if (!this.trust.any()) {
      waiter.decided(context, Verdict.Denied, [], nowMs);
      return;
    }
    if (this.trust.has(question.jid)) {
      waiter.decided(context, Verdict.Granted, [question], nowMs);
      return;
    }
    const isStranger = question.verb === Verb.Friend;
    const limit = isStranger ? STRANGERS_MAX : QUESTIONS_MAX;
    let used = 0;
    if (nowMs < this.untilMs) {
      for (const one of this.held) if ((one.question.verb === Verb.Friend) === isStranger) used++;
      if (used < limit && mayWait) this.held.push({ question, waiter, context });
      else waiter.decided(context, Verdict.Busy, [], nowMs);
      return;
    }
    const known = this.cache.get(question);
    if (known) {
      if (!known.length) this.refusals.note(question, "an answer of before", nowMs);
      waiter.decided(context, known.length ? Verdict.Granted : Verdict.Denied, known, nowMs);
      return;
    }
    const key = digestOf(question, this.cache.crypto); // The question itself may be 4 kB.
    for (const one of this.cases) {
      if ((one.question.verb === Verb.Friend) === isStranger) used++;
      if (one.key !== key) continue;
      if (one.waiters.length >= WAITERS_MAX || !mayWait) break;
      one.waiters.push(waiter);
      one.contexts.push(context);
      return;
    }
    if (used >= limit || !mayWait) {
      waiter.decided(context, Verdict.Busy, [], nowMs);
      return;
    }
    const added = caseOf(key, question, waiter, context);
    this.cases.push(added);
    this.send(added, nowMs);
  }

  /** An answer, or null for none. */
  answered(context: unknown, response: Element | null, nowMs: number): void {
    const inquiry = context as Inquiry;
    const one = inquiry.one;
    this.trust.hear(inquiry.server, response !== null || nowMs - inquiry.atMs < ANSWER_MS);
    // Decided before this server spoke; or asked before a clearing, and again behind it.
    if (this.cases.indexOf(one) < 0 || inquiry.generation !== one.generation) return;
    const answer = response ? readAnswer(one.question, response) : null;
    if (!answer) one.failed = true;
    else if (answer.grant) one.grants.push(answer.grant);
    if (answer && answer.secondary) one.secondary = true;
    if (inquiry.isAwaited) {
      one.open--;
      one.why += answer && answer.grant ? "" : inquiry.server + ": " +
        (answer ? answer.why : response ? "an answer that is none" : "no answer") + "; ";
    }
    if (one.generation !== this.cache.generation) {
      if (one.open === 0) this.again(one, nowMs);
      return;
    }
    const full = answer && answer.grant && isFull(one.question, answer.grant);
    if (full) this.decide(one, [answer.grant as Grant], nowMs);
    else if (one.open === 0) this.decide(one, one.grants, nowMs);
  }

  /** What was decided is remembered. */
  act(what: unknown, nowMs: number): void {
    const one = what as Decided;
    if (one.generation !== this.cache.generation) return;
    this.cache.put(one.question, one.grants, one.durable, nowMs);
  }

  private send(one: Case, nowMs: number): void {
    const servers = this.trust.list();
    const payload = printQuestion(one.question);
    const tokens = one.question.tokens.join(" ");
    const isHeard = servers.some((server) => this.trust.isHeard(server));
    one.open = 0;
    one.failed = one.secondary = false;
    one.grants = [];
    one.why = "";
    one.generation = this.cache.generation;
    for (const server of servers) {
      const to = this.trust.address(server);
      const isAwaited = !isHeard || this.trust.isHeard(server);
      const share = isAwaited ? REQUESTS_MAX / servers.length : 1;
      const isSent = to !== "" && this.requests.count(to) < share && this.requests.ask(
        to, "get", payload, this,
        { one, server, isAwaited, generation: one.generation, atMs: nowMs }, nowMs);
      if (isSent) this.sink.note(to, one.question.from, tokens, nowMs);
      if (isSent && isAwaited) one.open++;
      else {
        one.failed = true;
        one.why += server + (isSent ? ": no answer; " : ": away; ");
      }
    }
    if (one.open === 0) this.decide(one, [], nowMs);
  }

  /** What was answered was answered before the clearCache. */
  private again(one: Case, nowMs: number): void {
    if (one.retried) {
      one.failed = true;
      this.decide(one, [], nowMs);
      return;
    }
    one.retried = true;
    this.send(one, nowMs);
  }

  private decide(one: Case, grants: Grant[], nowMs: number): void {
    const question = one.question;
    this.cases.splice(this.cases.indexOf(one), 1);
    const verdict = verdictOf(one, grants);
    const decision = decisionOf(one, grants, this.cache.generation);
    if (decision) this.agenda.add(this, decision);
    if (!grants.length) {
      this.refusals.note(question, one.why.substring(0, one.why.length - 2), nowMs);
    }
    for (let i = 0; i < one.waiters.length; i++) {
      one.waiters[i].decided(one.contexts[i], verdict, grants, nowMs);
    }
  }
}
