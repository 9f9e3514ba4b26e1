/**
 * An append-only log over NOR pages: the one mechanism for everything that outlives a power cut.
 *
 * Pages are used in rotation, each with the next sequence number; appending is the commit. When
 * fewer than SPARE_PAGES are free, what is still alive on the oldest page is appended again and
 * the oldest page retired (compaction.ts): so a page is erased once in a whole turn, and no step is
 * larger than one page. A cut leaves the old state or the new one, because
 *
 *   - a record counts when its CRC is right, and only the last of the log can be torn;
 *   - a copy made before the cut is newer than its original, which is then dead;
 *   - a page is retired by one word, after all its copies were read back, the oldest first;
 *   - a retired page is erased when it is needed, and is nothing until its header is whole.
 *
 * Anything else that does not read well is damage. A revocation may have been lost with it, so
 * no decision of before counts, and all that lives is moved away from the damaged page. A start
 * with neither a cut nor damage before it writes nothing.
 */
import { RECORD_BYTES_MAX } from "../config.js";
import { Fault } from "../fault.js";
import type { Flash } from "../../hal/hal.js";
import { Compaction } from "./compaction.js";
import type { Book, Historian } from "./compaction.js";
import type { Log } from "./log.js";
import { repeated } from "./page.js";
import type { Pages } from "./page.js";
import { DEAD_WORD, HISTORY, Kind, PAGE_HEAD_BYTES, RECORD_HEAD_BYTES, extent } from "./record.js";

export class Journal implements Book {
  /** The address of the current record of each kind below HISTORY; 0 or nothing for none. */
  current: number[];
  private readonly pages: Pages;
  private readonly flash: Flash;
  readonly compaction: Compaction;

  constructor(readonly log: Log, private readonly historian: Historian) {
    this.pages = log.pages;
    this.flash = log.pages.flash;
    this.compaction = new Compaction(this, log, historian);
    this.current = [];
  }

  /** Replays the log, mends what a cut left, ends a reset that had begun. */
  load(): void {
    const pages = this.pages;
    pages.load();
    let before = 0;
    let damaged = -1;
    let page = pages.after(0);
    while (page >= 0) {
      const sequence = pages.sequences[page];
      const next = pages.after(sequence);
      if (before && sequence !== before + 1) damaged = this.distrust(before);
      before = sequence;
      pages.head = page;
      if (!this.replay(page, next < 0)) damaged = sequence;
      page = next;
    }
    if (pages.lost) damaged = this.distrust(before);
    if (this.current[Kind.Reset]) this.finish();
    else if (pages.fault === Fault.FlashForeign) this.forgetAll();
    else if (damaged >= 0) this.compaction.flee(damaged);
    else this.compaction.spare();
  }

  /** The payload of the current record of a kind below HISTORY; "" where there is none. */
  value(kind: Kind): string {
    return this.current[kind] ? this.log.read(this.current[kind]) : "";
  }

  /** Durable when it returns. The address; 0 when the flash did not take it. */
  append(kind: Kind, payload: string): number {
    const pages = this.pages;
    const compaction = this.compaction;
    const size = extent(payload.length);
    if (pages.fault === Fault.FlashForeign || payload.length > RECORD_BYTES_MAX) return 0;
    for (let tries = 0; tries <= this.flash.pages; tries++) {
      if (!this.log.hasRoom(size)) {
        // A second page since the last tick: what the first one asked for cannot wait longer.
        if (compaction.isDue) compaction.spare();
        else if (pages.open()) compaction.isDue = true;
        else compaction.sacrifice();
        if (!this.log.hasRoom(size)) continue;
      }
      const address = this.log.put(kind, payload);
      if (!address) continue;
      compaction.credit += size;
      if (kind < HISTORY) this.supersede(kind, address);
      return address;
    }
    if (pages.fault === Fault.None) pages.fault = Fault.FlashFull;
    return 0;
  }

  /** No record of that kind any more: what it held is overwritten. */
  remove(kind: Kind): void {
    this.supersede(kind, 0);
  }

  /** Factory reset: nothing of before counts. What is begun so is ended by `finish`, or a start. */
  reset(): void {
    const pages = this.pages;
    let address = 0;
    pages.fault = Fault.None; // Also what is foreign may be written now.
    for (let tries = this.flash.pages; tries && !address; tries--) {
      // On a fresh page, so that all the others can be erased; if need be, on any.
      if (pages.open()) address = this.log.put(Kind.Reset, "");
      else pages.retire((pages.head + 1 + tries) % this.flash.pages);
    }
    this.forgetAll();
    this.current[Kind.Reset] = address;
  }

  /** Ends it. A page that can be neither erased nor overwritten is kept in check by the record. */
  finish(): void {
    const pages = this.pages;
    const address = this.current[Kind.Reset];
    const limit = address ? pages.sequences[this.log.pageOf(address)] : pages.newest() + 1;
    pages.fault = Fault.None;
    if (!pages.wipe(limit)) return;
    this.append(Kind.Revoked, "\x01\x01"); // Everybody is still to go.
    this.remove(Kind.Reset);
  }

  /** One page's records. `last`: only here a torn record is a cut's work. False: damage. */
  private replay(page: number, last: boolean): boolean {
    const pages = this.pages;
    const pageBytes = this.flash.pageBytes;
    let sound = true;
    let offset = PAGE_HEAD_BYTES;
    while (offset + RECORD_HEAD_BYTES <= pageBytes) {
      const address = page * pageBytes + offset;
      const size = this.log.look(page, offset);
      const payload = this.log.payload;
      if (size === 0) break;
      offset += size;
      if (this.log.kind === Kind.Torn) {
        if (last && pages.isBlank(page, offset, pageBytes - offset)) this.log.kill(address);
        else {
          this.distrust(0);
          sound = false;
        }
      } else if (this.log.kind === Kind.Dead) {
        // A cut came before its end.
        if (payload !== repeated(DEAD_WORD, payload.length)) this.log.kill(address);
      } else if (this.log.kind >= HISTORY) this.historian.replay(this.log.kind, address, payload);
      else {
        if (this.log.kind === Kind.Reset) this.forgetAll();
        this.supersede(this.log.kind, address);
      }
    }
    pages.offset = offset;
    return sound;
  }

  /** The one before is overwritten: now, or at the start where a cut came between the two. */
  supersede(kind: Kind, address: number): void {
    const old = this.current[kind];
    this.current[kind] = address;
    if (old) this.log.kill(old);
  }

  private forgetAll(): void {
    this.current = [];
    this.distrust(0);
  }

  /** No decision of before counts. Returns the sequence it was told. */
  distrust(sequence: number): number {
    this.historian.replay(Kind.Cleared, 0, "");
    return sequence;
  }
}
