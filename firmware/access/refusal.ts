/**
 * Why friends were refused: the last few, for the provisioning server to read as status fields of
 * the device. Strangers are not in it: they could drive the others out. In RAM alone.
 */
import { EXPLAINED_MAX, EXPLAINED_JID_BYTES_MAX } from "../config.js";
import { Verb } from "./grant.js";
import type { Question } from "./grant.js";

interface Refusal {
  /** "read by jid", "control by jid". */
  what: string;
  why: string;
  count: number;
  lastMs: number;
}

export class Refusals {
  /** Their field names begin with it. */
  readonly name: string;
  /** The oldest first. */
  private ring: Refusal[];

  constructor() {
    this.name = "Refusal";
    this.ring = [];
  }

  /** One that is refused again for the same reason is counted. */
  note(question: Question, why: string, nowMs: number): void {
    if (question.verb === Verb.Friend) return;
    const who = question.jid.length > EXPLAINED_JID_BYTES_MAX ? "a long JID" : question.jid;
    const what = (question.verb === Verb.Read ? "read by " : "control by ") + who;
    const ring = this.ring;
    let count = 1;
    for (let i = 0; i < ring.length; i++) {
      if (ring[i].what !== what || ring[i].why !== why) continue;
      count += ring[i].count;
      ring.splice(i, 1);
      break;
    }
    if (ring.length >= EXPLAINED_MAX) ring.splice(0, 1);
    ring.push({ what, why, count, lastMs: nowMs });
  }

  /** Factory reset. */
  forget(): void {
    this.ring = [];
  }

  /** For people, the newest first. */
  lines(nowMs: number): string[] {
    const lines: string[] = [];
    for (const one of this.ring) {
      const seconds = Math.floor((nowMs - one.lastMs) / 1000);
      const times = one.count > 1 ? one.count + " times, the last " : "";
      lines.push(one.what + ": " + one.why + " (" + times + seconds + " s ago)");
    }
    return lines.reverse();
  }
}
