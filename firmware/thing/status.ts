/** What a device tells of itself, to people: a page, a console, a log. */
import type { Cache } from "../access/cache.js";
import type { Trust } from "../access/trust.js";
import { rhythmOf } from "../pairing/light.js";
import type { Observer } from "../pairing/observer.js";
import type { Roster } from "../router/roster.js";
import type { Journal } from "../store/journal.js";
import type { Account } from "../stream/account.js";
import type { Connection } from "../stream/connection.js";

export interface Status {
  jid: string;
  online: boolean;
  why: string;
  account: string;
  trust: string[];
  friends: string[];
  pattern: string;
  entries: number;
  hits: number;
  misses: number;
  /** How often the board has erased a page of its flash, in its whole life (DESIGN, "Wear"). */
  erases: number;
  /** Why the last stream ended; what the flash or the button suffers from (fault.ts). */
  fault: number;
  defect: number;
}

/** What is looked at. */
export interface Subject {
  readonly journal: Journal;
  readonly account: Account;
  readonly connection: Connection;
  readonly roster: Roster;
  readonly trust: Trust;
  readonly cache: Cache;
  readonly observer: Observer;
  jid(): string;
}

export function statusOf(subject: Subject): Status {
  const connection = subject.connection;
  const observer = subject.observer;
  const cache = subject.cache;
  return {
    jid: subject.jid(),
    online: subject.jid() !== "",
    why: connection.why,
    account: subject.account.bare,
    trust: subject.trust.list(),
    friends: subject.roster.friends(),
    pattern: rhythmOf(observer.light.sign)[0],
    entries: cache.entries,
    hits: cache.hits,
    misses: cache.misses,
    erases: subject.journal.log.pages.newest(),
    fault: connection.fault,
    defect: observer.defect(),
  };
}
