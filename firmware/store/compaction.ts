/**
 * Keeps pages free: what is still alive on the oldest page is appended again, then that page is
 * retired. In a tick of its own (journal.ts), as it is the deepest that the store ever goes.
 */
import { SPARE_PAGES } from "../config.js";
import { Fault } from "../fault.js";
import type { Log } from "./log.js";
import type { Pages } from "./page.js";
import { HISTORY, Kind, PAGE_HEAD_BYTES, RECORD_HEAD_BYTES } from "./record.js";

/** Knows which records of a history are alive. Implemented by access/cache.ts. */
export interface Historian {
  /** At the start, in the order of writing. Kind.Cleared with address 0: after damage. */
  replay(kind: Kind, address: number, payload: string): void;
  isAlive(address: number, payload: string): boolean;
  /** The record was copied to another address; 0: it was given up for want of room. */
  moved(payload: string, address: number): void;
}

/** Knows which records below HISTORY are alive. Implemented by journal.ts. */
export interface Book {
  /** The address of the current record of each kind; 0 or nothing for none. */
  current: number[];
  supersede(kind: Kind, address: number): void;
  distrust(sequence: number): number;
}

export class Compaction {
  /** A page was taken since the last time. */
  isDue: boolean;
  /** Octets of decisions that may be copied: those written, so that wear at most doubles. */
  credit: number;
  private readonly pages: Pages;

  constructor(
    private readonly book: Book,
    private readonly log: Log,
    private readonly historian: Historian,
  ) {
    this.pages = log.pages;
    this.credit = log.pages.flash.pages * log.pages.flash.pageBytes / 2;
    this.isDue = false;
  }

  /** Retires the oldest pages; but an endless reset stays behind what it ends. */
  spare(): void {
    const pages = this.pages;
    this.isDue = false;
    if (this.book.current[Kind.Reset]) return;
    // What cannot be made smaller would be moved for ever; decisions only for one whole turn.
    let turns = 2 * pages.flash.pages;
    while (turns && pages.free() < SPARE_PAGES && this.vacate(pages.after(0))) {
      turns--;
      if (turns === pages.flash.pages) this.credit = 0;
    }
  }

  /** Moves all that lives from the pages up to that sequence: the next start finds no damage. */
  flee(sequence: number): void {
    const pages = this.pages;
    pages.fault = Fault.FlashBroken;
    pages.open();
    let page = pages.after(0);
    while (pages.sequences[page] <= sequence) {
      if (!this.vacate(page)) return;
      page = pages.after(0);
    }
    pages.wipe(sequence + 1); // And what was lost.
  }

  /** No page is free: the decisions, which can be asked for again, make room. */
  sacrifice(): void {
    const pages = this.pages;
    this.book.distrust(0);
    let page = pages.after(0);
    while (page >= 0) {
      const next = pages.after(pages.sequences[page]);
      if (page !== pages.head && !this.holds(page)) pages.retire(page);
      page = next;
    }
  }

  /** Whether a current record lies there. */
  private holds(page: number): boolean {
    return this.book.current.some((one) => one > 0 && this.log.pageOf(one) === page);
  }

  /** What lives on a page is appended again; then the page is a free one. Never the head. */
  private vacate(page: number): boolean {
    const pages = this.pages;
    const pageBytes = pages.flash.pageBytes;
    if (page === pages.head) return false;
    let offset = PAGE_HEAD_BYTES;
    while (offset + RECORD_HEAD_BYTES <= pageBytes) {
      const size = this.log.look(page, offset);
      const kind = this.log.kind;
      const payload = this.log.payload;
      const address = page * pageBytes + offset;
      if (size === 0) break;
      offset += size;
      const alive = kind >= HISTORY ? this.historian.isAlive(address, payload)
        : this.book.current[kind] === address; // Never of Dead or Torn: they have none.
      if (!alive) continue;
      if (kind >= HISTORY && this.credit < size) {
        this.historian.moved(payload, 0);
        continue;
      }
      if (!this.log.hasRoom(size) && !pages.open()) return false;
      const copy = this.log.put(kind, payload);
      if (!copy) return true; // The next turn tries another page.
      if (kind < HISTORY) this.book.supersede(kind, copy);
      else {
        this.credit -= size;
        this.historian.moved(payload, copy);
      }
    }
    pages.retire(page);
    return true;
  }
}
