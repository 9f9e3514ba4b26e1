/**
 * The end of a friendship (XEP-0324 "unfriending existing friends"). Who must go is on flash
 * before anything is said of it, and stays there until the server's roster has lost it: so
 * what a power cut or a lost stream interrupts is done at the next roster.
 *
 * After a factory reset that is everybody. The roster is asked for again until it is empty;
 * only then is the initial presence sent, so nobody new can have come in between.
 */
import { FAREWELL_BYTES_MAX, FAREWELL_ROUNDS_MAX } from "../config.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import type { Leavers, Roster } from "../router/roster.js";
import type { Cache } from "./cache.js";
import { has, items } from "../xml/list.js";

/** Told when a JID has lost its rights. Implemented by thing/queue.ts. */
export interface Revocations {
  revoked(bare: string): void;
}

/** What is said to one, without its JID, which it contains three times. */
const GOODBYE_BYTES = 200;

export class Farewell implements Leavers {
  /** How often the roster was asked for since the last reset. */
  private rounds: number;

  constructor(
    private readonly journal: Journal,
    private readonly cache: Cache,
    private readonly roster: Roster,
    private readonly revocations: Revocations,
  ) {
    this.rounds = 0;
  }

  begin(bare: string, nowMs: number): void {
    const list = this.journal.value(Kind.Revoked);
    const isNew = this.isKnown(bare) && !has(list, bare) && this.cache.affords(nowMs);
    // A list that is too long begins anew: who was on it longest has long been told of.
    if (isNew && !this.journal.append(Kind.Revoked, (list || "\x01") + bare + "\x01")) {
      this.journal.append(Kind.Revoked, "\x01" + bare + "\x01");
    }
    this.end(bare, nowMs);
  }

  /** The roster is here: whoever should not be in it goes now. */
  resume(nowMs: number): void {
    const list = this.journal.value(Kind.Revoked);
    if (has(list, "")) {
      if (this.dismiss(nowMs) && this.rounds++ < FAREWELL_ROUNDS_MAX) this.roster.load(nowMs);
      else {
        this.rounds = 0;
        this.journal.remove(Kind.Revoked);
      }
      return;
    }
    for (const bare of items(list)) {
      if (this.isKnown(bare)) this.end(bare, nowMs);
      else this.removed(bare);
    }
  }

  /** Factory reset: everybody must go, as many at a time as fit. False: nobody is there. */
  dismiss(nowMs: number): boolean {
    const all = this.roster.known();
    let left = FAREWELL_BYTES_MAX;
    for (const bare of all) {
      left -= GOODBYE_BYTES + 3 * bare.length;
      if (left < 0) break;
      this.end(bare, nowMs);
    }
    return all.length > 0;
  }

  /** True for one that is still to go: it must not be missed in the roster. */
  awaits(bare: string): boolean {
    return has(this.journal.value(Kind.Revoked), bare);
  }

  /** The server's roster has lost it. */
  removed(bare: string): void {
    if (!this.awaits(bare)) return;
    const list = this.journal.value(Kind.Revoked).replace("\x01" + bare + "\x01", "\x01");
    if (list === "\x01") this.journal.remove(Kind.Revoked);
    else this.journal.append(Kind.Revoked, list);
  }

  private end(bare: string, nowMs: number): void {
    this.cache.purge(bare);
    this.revocations.revoked(bare);
    if (!this.isKnown(bare)) return;
    this.roster.say("unsubscribed", bare);
    this.roster.say("unsubscribe", bare);
    this.roster.drop(bare, nowMs);
  }

  private isKnown(bare: string): boolean {
    return this.roster.isFriend(bare) || this.roster.isSeen(bare);
  }
}
