/**
 * Decisions of the provisioning server, granted and refused (XEP-0324 "cache"). They live on
 * flash; RAM holds one JsVar for each: a hash of the question → where the answer lies. So 200
 * of them cost what 10 cost to look up, and a town that gets its power back asks nobody.
 *
 * The index is in the order of last access, as objects keep the order of insertion. On flash a
 * decision is
 *
 *   0  16 octets of SHA-256 of the question      16  8 octets of SHA-256 of the bare JID
 *  24  the grants, packed (grant.ts); nothing for a refusal
 *
 * A clearCache is one record, after which no decision before it counts: it is written before it
 * is acknowledged, and not at all when there is nothing to clear.
 */
import {
  AGE_MS, DECISIONS_MAX, DECISION_BYTES_MAX, DECISION_WRITES_MAX, HOUR_MS, VOLATILE_MAX,
} from "../config.js";
import { Fault } from "../fault.js";
import type { Crypto } from "../../hal/hal.js";
import type { Historian } from "../store/compaction.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import { HEAD_BYTES, QUESTION_BYTES, digestOf, ownerOf } from "./decision.js";
import { packGrants, unpackGrants } from "./grant.js";
import type { Grant, Question } from "./grant.js";

/** An address counts words from the middle of 64 kB, so that it is a small integer: no JsVar. */
const MIDDLE = 8192;
/** Lies in the index behind what was not used since the last look for aged decisions. */
const MARK = "-";

interface Index {
  [key: string]: number;
}

export class Cache implements Historian {
  /** Raised by each clearing: an answer to a question of before is worth nothing. */
  generation: number;
  hits: number;
  misses: number;
  entries: number;
  journal!: Journal;
  private index: Index;
  /** Heads and grants of those that are only in RAM, the oldest first. */
  private fleeting: string[];
  /** Flash may hold a decision that counts. */
  private stored: boolean;
  private written: number;
  private hourMs: number;
  private agedMs: number;
  /** The last that was found, and what was found: null when any of it may have changed. */
  private asked: Question | null;
  private known: Grant[];

  constructor(readonly crypto: Crypto) {
    this.generation = this.hits = this.misses = this.entries = this.written = this.hourMs = 0;
    this.agedMs = 0;
    this.stored = false;
    this.index = { "-": 0 }; // MARK
    this.fleeting = [];
    this.known = [];
    this.asked = null;
  }

  /** The grants, none for a refusal; null where the question must be asked. */
  get(question: Question): Grant[] | null {
    if (this.asked === question) {
      this.hits++; // It is the last in the index already.
      return this.known;
    }
    const digest = digestOf(question, this.crypto);
    const key = digest.substring(0, 4);
    const place = this.index[key];
    let found: string | null = null;
    if (typeof place === "number") {
      const record = this.journal.log.read((place + MIDDLE) * 4);
      if (record.substring(0, QUESTION_BYTES) === digest) {
        delete this.index[key];
        this.index[key] = place;
        found = record.substring(HEAD_BYTES);
      }
    } else found = this.recall(digest);
    if (found === null) {
      this.misses++;
      return null;
    }
    this.hits++;
    this.asked = question;
    return this.known = unpackGrants(found);
  }

  /** `durable` false: in RAM alone, for what a stranger could cause. */
  put(question: Question, grants: Grant[], durable: boolean, nowMs: number): void {
    const digest = digestOf(question, this.crypto);
    const record = digest + ownerOf(question.jid, this.crypto) + packGrants(grants);
    if (record.length > DECISION_BYTES_MAX) return;
    if (!durable || !this.affords(nowMs)) {
      this.asked = null;
      this.fleeting.push(record);
      if (this.fleeting.length > VOLATILE_MAX) this.fleeting.splice(0, 1);
      return;
    }
    this.stored = true;
    this.makeRoom(record.substring(QUESTION_BYTES, HEAD_BYTES));
    const address = this.journal.append(Kind.Decision, record);
    if (address) this.enter(digest.substring(0, 4), address);
  }

  /** Counts one write; false when this hour has had them all, as flash must outlive us. */
  affords(nowMs: number): boolean {
    if (nowMs - this.hourMs >= HOUR_MS) {
      this.hourMs = nowMs;
      this.written = 0;
    }
    return this.written++ < DECISION_WRITES_MAX;
  }

  /** The whole of it (XEP-0324 "clear cache"). False: the flash did not take it. */
  clear(): boolean {
    const journal = this.journal;
    const durable = !this.stored || journal.append(Kind.Cleared, "") > 0;
    this.stored = this.stored && !durable;
    this.empty();
    return durable;
  }

  /**
   * Each AGE_MS of uptime, what was not used since the last time goes, one a tick. No clock is
   * asked: it could jump. A start counts as use.
   */
  age(nowMs: number): void {
    if (nowMs - this.agedMs < AGE_MS) return;
    const key = this.first("");
    if (key !== MARK) this.remove(key);
    else {
      delete this.index[MARK];
      this.index[MARK] = 0;
      this.asked = null; // It is no more the last in the index.
      this.agedMs = nowMs;
    }
  }

  /** All decisions for a bare JID, as after unfriending. False: the flash did not take it. */
  purge(jid: string): boolean {
    const owner = ownerOf(jid, this.crypto);
    const journal = this.journal;
    this.generation++;
    this.asked = null;
    this.fleeting = this.fleeting.filter(
      (record) => record.substring(QUESTION_BYTES, HEAD_BYTES) !== owner);
    // On broken flash there may be decisions that the index has already given up.
    const sound = journal.log.pages.fault === Fault.None;
    if (!this.stored || (sound && this.ownedBy(owner).length === 0)) return true;
    const address = journal.append(Kind.Purged, owner);
    this.disown(owner, address);
    return address > 0;
  }

  /** Factory reset: the journal is empty. */
  forget(): void {
    this.stored = false;
    this.hits = this.misses = this.written = 0;
    this.journal.log.payload = "";
    this.empty();
  }

  replay(kind: Kind, address: number, payload: string): void {
    if (kind === Kind.Cleared) {
      if (address) this.stored = false;
      this.empty();
    } else if (kind === Kind.Purged) this.disown(payload, address);
    else if (kind === Kind.Decision && payload.length >= HEAD_BYTES) {
      this.stored = true;
      this.enter(payload.substring(0, 4), address);
      if (this.entries > DECISIONS_MAX) this.remove(this.first(MARK));
    }
  }

  isAlive(address: number, payload: string): boolean {
    return this.index[payload.substring(0, 4)] === address / 4 - MIDDLE;
  }

  moved(payload: string, address: number): void {
    const key = payload.substring(0, 4);
    if (address) this.index[key] = address / 4 - MIDDLE;
    else this.remove(key);
  }

  private recall(digest: string): string | null {
    for (const record of this.fleeting) {
      if (record.substring(0, QUESTION_BYTES) === digest) return record.substring(HEAD_BYTES);
    }
    return null;
  }

  private enter(key: string, address: number): void {
    if (typeof this.index[key] === "number") this.remove(key);
    this.index[key] = address / 4 - MIDDLE;
    this.asked = null;
    this.entries++;
  }

  /** The least recently used goes; but nobody with half of the cache drives out others. */
  private makeRoom(owner: string): void {
    if (this.entries < DECISIONS_MAX) return;
    const own = this.ownedBy(owner);
    this.remove(own.length * 2 >= DECISIONS_MAX ? own[0] : this.first(MARK));
  }

  /** Keys of the decisions of one caller, least recently used first. Reads them all: rare. */
  private ownedBy(owner: string): string[] {
    const found: string[] = [];
    const journal = this.journal;
    for (const key in this.index) {
      if (key === MARK) continue;
      const record = journal.log.read((this.index[key] + MIDDLE) * 4);
      if (record.substring(QUESTION_BYTES, HEAD_BYTES) === owner) found.push(key);
    }
    return found;
  }

  /** One by one; the record that demands it is ended last, so that a cut cannot stop it. */
  private disown(owner: string, demand: number): void {
    for (const key of this.ownedBy(owner)) this.remove(key);
    if (demand) this.journal.log.kill(demand);
  }

  /** The least recently used; the mark counts unless it is the exception. */
  private first(except: string): string {
    for (const key in this.index) if (key !== except) return key;
    return "";
  }

  /** On flash too: what is forgotten stays so, whatever becomes of the decisions after it. */
  private remove(key: string): void {
    this.journal.log.kill((this.index[key] + MIDDLE) * 4);
    delete this.index[key];
    this.asked = null;
    this.entries--;
  }

  private empty(): void {
    this.generation++;
    this.index = { "-": 0 }; // MARK
    this.fleeting = [];
    this.asked = null;
    this.entries = 0;
  }
}
