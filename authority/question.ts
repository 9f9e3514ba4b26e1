/**
 * Questions that no rule answers, for a person to decide. Each was answered with no; there is one
 * for each device, peer and kind, holding what was asked for the last time.
 */
import type { Question } from "./decision.js";
import type { ControlScope, ReadScope, Rule } from "./rule.js";

/** The oldest goes when there are more, so that a stranger cannot hide the newest. */
export const QUESTIONS_MAX = 256;
/** And one device's visitors cannot push out the questions of all others. */
export const QUESTIONS_PER_DEVICE_MAX = 32;

export interface PendingQuestion {
  id: string;
  question: Question;
  askedMs: number;
  /** How often it has been asked and refused. */
  times: number;
}

export class Questions {
  private readonly byId = new Map<string, PendingQuestion>();

  list(): PendingQuestion[] {
    return [...this.byId.values()];
  }

  find(id: string): PendingQuestion | undefined {
    return this.byId.get(id);
  }

  ask(question: Question, nowMs: number): PendingQuestion {
    const id = idOf(question.kind, question.device, question.peer);
    const times = (this.byId.get(id)?.times ?? 0) + 1;
    this.byId.delete(id);
    const mine = this.list().filter((one) => one.question.device === question.device);
    if (mine.length >= QUESTIONS_PER_DEVICE_MAX) this.byId.delete(mine[0]!.id);
    if (this.byId.size >= QUESTIONS_MAX) this.byId.delete(this.list()[0]!.id);
    const pending = { id, question, askedMs: nowMs, times };
    this.byId.set(id, pending);
    return pending;
  }

  /** Those that a rule has answered meanwhile leave the list. */
  settle(isRuled: (question: Question) => boolean): boolean {
    const before = this.byId.size;
    for (const { id, question } of this.list()) if (isRuled(question)) this.byId.delete(id);
    return this.byId.size !== before;
  }
}

/** The rule that answers a question with yes, as asked or narrower, or with no. */
export function answeringRule(
  question: Question, before: Rule | undefined, isYes: boolean, scope?: ReadScope | ControlScope,
): Rule {
  const rule: Rule = before ? { ...before } : { device: question.device, peer: question.peer };
  if (question.kind === "friend") rule.friend = isYes;
  else if (question.kind === "read") rule.read = isYes && scope ? scope as ReadScope : isYes;
  else rule.control = isYes && scope ? scope as ControlScope : isYes;
  return rule;
}

function idOf(kind: string, device: string, peer: string): string {
  return `${kind} ${device} ${peer}`;
}
