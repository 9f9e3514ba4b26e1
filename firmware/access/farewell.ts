/**
 * The end of a friendship (XEP-0324 "unfriending existing friends"). Rights end at once; but
 * nothing is said of it before it is on flash who must go, and it stays there until the server's
 * roster has lost it: so what a power cut or a lost stream interrupts is done at the next roster.
 *
 *   friend, leaves | at once: no rights           | not on flash: it waits, unsaid
 *   on the list    | unsubscribed, unsubscribe, removed from the roster; again at each roster
 *   roster lost it | off the list
 *
 * Only who is in the roster can be unfriended, so as many as fit in there go without delay; from
 * then on what waits goes in one record each REVOCATION_MS, as flash must outlive us.
 *
 * After a factory reset that is everybody. The roster is asked for again until it is empty;
 * only then is the initial presence sent, so nobody new can have come in between.
 */
import {
  FAREWELL_BYTES_MAX, FAREWELL_ROUNDS_MAX, RECORD_BYTES_MAX, REVOCATIONS_MAX, REVOCATION_MS,
} from "../config.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Leavers, Roster } from "../router/roster.js";
import type { Cache } from "./cache.js";
import { has, items } from "../xml/list.js";

/** Told when a JID has lost its rights. Implemented by thing/queue.ts. */
export interface Revocations {
  revoked(bare: string): void;
}

/** What is said to one, without its JID, which it contains three times. */
const GOODBYE_BYTES = 200;
const NOBODY = "\x01";

export class Farewell implements Leavers, Doer {
  /** Who must go, as flash has it; an empty JID is everybody. */
  private listed: string;
  /** Who must go, and is not on flash yet. */
  private waiting: string;
  /** Who has gone, and is still listed. */
  private gone: string;
  /** When all records will be paid for, at one in REVOCATION_MS. */
  private paidMs: number;
  /** How often the roster was asked for since the last reset. */
  private rounds: number;

  constructor(
    private readonly journal: Journal,
    private readonly cache: Cache,
    private readonly roster: Roster,
    private readonly revocations: Revocations,
    private readonly agenda: Agenda,
  ) {
    this.listed = this.waiting = this.gone = NOBODY;
    this.paidMs = this.rounds = 0;
  }

  /** At the start, and when the journal has been emptied. */
  load(): void {
    this.listed = this.journal.value(Kind.Revoked) || NOBODY;
    this.waiting = this.gone = NOBODY;
  }

  begin(bare: string): void {
    this.agenda.add(this, bare);
  }

  /** The roster is here: whoever should not be in it goes now. */
  resume(): void {
    this.agenda.add(this, null);
  }

  /** True for one that is still to go: it must not be missed in the roster. */
  awaits(bare: string): boolean {
    return has(this.listed, bare) || has(this.waiting, bare);
  }

  /** The server's roster has lost it. */
  removed(bare: string): void {
    if (!this.awaits(bare)) return;
    this.gone += bare + "\x01";
    this.agenda.add(this, "");
  }

  /** What has waited for its time. */
  tick(nowMs: number): void {
    if (this.waiting !== NOBODY && this.affords(nowMs)) this.agenda.add(this, "");
  }

  /** Of one that must go; "" of nobody new; null: the roster is here. */
  act(what: unknown, nowMs: number): void {
    const bare = what as string | null;
    let told = NOBODY;
    if (bare === null) told = this.review(nowMs);
    else if (bare !== "") {
      this.revocations.revoked(bare);
      if (!this.roster.knows(bare)) this.cache.purge(bare);
      else if (!this.awaits(bare)) {
        this.roster.expel(bare);
        this.waiting += bare + "\x01";
      }
    }
    told += this.record(nowMs).substring(1);
    for (const one of items(told)) {
      this.cache.purge(one);
      this.dismiss(one, nowMs);
    }
    if (bare === null) this.agenda.add(this.roster, null);
  }

  /** Factory reset: everybody must go, as many at a time as fit. False: nobody is there. */
  dismissAll(nowMs: number): boolean {
    const all = this.roster.known();
    let left = FAREWELL_BYTES_MAX;
    for (const bare of all) {
      left -= GOODBYE_BYTES + 3 * bare.length;
      if (left < 0) break;
      this.revocations.revoked(bare);
      this.dismiss(bare, nowMs);
    }
    return all.length > 0;
  }

  /** Who of the list must be told once more. */
  private review(nowMs: number): string {
    let told = NOBODY;
    if (has(this.listed, "")) {
      if (this.dismissAll(nowMs) && this.rounds++ < FAREWELL_ROUNDS_MAX) this.roster.load(nowMs);
      else {
        this.rounds = 0;
        this.gone += "\x01";
      }
      return told;
    }
    for (const bare of items(this.listed + this.waiting.substring(1))) {
      if (!this.roster.knows(bare)) this.gone += bare + "\x01";
      else if (has(this.listed, bare)) told += bare + "\x01";
    }
    return told;
  }

  /** Writes the list anew where it changes: who is on it now, and was not. */
  private record(nowMs: number): string {
    const mayGrow = this.affords(nowMs);
    let next = this.listed;
    let left = NOBODY;
    let added = NOBODY;
    for (const bare of items(this.gone)) {
      if (has(next, bare)) next = next.replace("\x01" + bare + "\x01", "\x01");
    }
    for (const bare of items(this.waiting)) {
      if (has(this.gone, bare)) continue;
      // No flash would ever take so long a JID: the server's roster must do.
      const isEndless = bare.length + 2 > RECORD_BYTES_MAX;
      const isFull = next.length + bare.length + 1 > RECORD_BYTES_MAX;
      if (!isEndless && (isFull || !mayGrow)) left += bare + "\x01";
      else {
        added += bare + "\x01";
        if (!isEndless) next += bare + "\x01";
      }
    }
    if (added !== NOBODY) this.paidMs = Math.max(this.paidMs, nowMs) + REVOCATION_MS;
    if (next !== this.listed && next === NOBODY) this.journal.remove(Kind.Revoked);
    else if (next !== this.listed) this.journal.append(Kind.Revoked, next);
    // On broken flash, too: then the server's roster must do.
    this.listed = next;
    this.waiting = left;
    this.gone = NOBODY;
    return added;
  }

  private affords(nowMs: number): boolean {
    return this.paidMs - nowMs < REVOCATIONS_MAX * REVOCATION_MS;
  }

  private dismiss(bare: string, nowMs: number): void {
    this.roster.expel(bare);
    this.roster.say("unsubscribed", bare);
    this.roster.say("unsubscribe", bare);
    this.roster.drop(bare, nowMs);
  }
}
