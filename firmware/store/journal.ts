/**
 * An append-only log over NOR pages: the one mechanism for everything that outlives a power cut.
 *
 * Pages are used in rotation, each with the next sequence number; appending is the commit. When
 * fewer than SPARE_PAGES are free, what is still alive on the oldest page is appended again and
 * the oldest page retired: so a page is erased once in a whole turn, and no step is larger than
 * one page. A cut leaves the old state or the new one, because
 *
 *   - a record counts when its CRC is right, and only the last of the log can be torn;
 *   - a copy made before the cut is newer than its original, which is then dead;
 *   - a page is retired by one word, after all its copies were read back;
 *   - a retired page is erased when it is needed, and is nothing until its header is whole.
 *
 * Addresses are octets from the first page's start; 0 is never one.
 */
import { RECORD_BYTES_MAX, SPARE_PAGES } from "../config.js";
import { Fault } from "../fault.js";
import type { Crypto, Flash } from "../../hal/hal.js";
import { repeated } from "./page.js";
import type { Pages } from "./page.js";
import {
  BLANK, DEAD_WORD, HISTORY, Kind, PAGE_HEAD_BYTES, RECORD_HEAD_BYTES,
  encode, extent, isWhole, lengthOf,
} from "./record.js";

/** Knows which records of a history are alive. Implemented by access/cache.ts. */
export interface Historian {
  /** At the start, in the order of writing. */
  replay(kind: Kind, address: number, payload: string): void;
  isAlive(address: number): boolean;
  moved(from: number, to: number): void;
}

export class Journal {
  /** The address of the current record of each kind below HISTORY. */
  private current: number[];
  private readonly flash: Flash;

  constructor(
    readonly pages: Pages,
    private readonly crypto: Crypto,
    private readonly historian: Historian,
  ) {
    this.flash = pages.flash;
    this.current = nothing();
  }

  /** Replays the log, mends what a cut left, ends a reset that had begun. */
  load(): void {
    const pages = this.pages;
    this.current = nothing();
    pages.load();
    let before = 0;
    let page = pages.after(0);
    while (page >= 0) {
      const sequence = pages.sequence(page);
      const next = pages.after(sequence);
      if (before && sequence !== before + 1) this.damaged();
      before = sequence;
      pages.head = page;
      this.replay(page, next < 0);
      page = next;
    }
    if (this.current[Kind.Reset]) this.reset();
    else if (before && pages.fault !== Fault.FlashForeign) this.spare();
  }

  /** The payload of the current record of a kind below HISTORY; "" where there is none. */
  value(kind: Kind): string {
    const address = this.current[kind];
    return address ? this.read(address) : "";
  }

  /** The payload at an address that `append` or `replay` told. */
  read(address: number): string {
    const pageBytes = this.flash.pageBytes;
    const page = Math.floor(address / pageBytes);
    const offset = address - page * pageBytes;
    const length = lengthOf(this.flash.read(page, offset, RECORD_HEAD_BYTES));
    return length > 0 ? this.flash.read(page, offset + RECORD_HEAD_BYTES, length) : "";
  }

  /** Durable when it returns. The address; 0 when the flash did not take it. */
  append(kind: Kind, payload: string): number {
    const pages = this.pages;
    const size = extent(payload.length);
    if (pages.fault === Fault.FlashForeign || payload.length > RECORD_BYTES_MAX) return 0;
    for (let tries = 0; tries <= this.flash.pages; tries++) {
      if (pages.offset === 0 || pages.offset + size > this.flash.pageBytes) {
        if (!pages.open() || !this.spare()) break;
        if (pages.offset + size > this.flash.pageBytes) continue;
      }
      const address = this.put(kind, payload);
      if (!address) continue;
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

  /** Factory reset: nothing of before is left. Begun, it is ended by the next start. */
  reset(): void {
    const pages = this.pages;
    if (!this.current[Kind.Reset]) {
      pages.fault = Fault.None;
      // On a page with nothing else, so that erasing it last cannot bring anything back.
      if (!pages.open() || !this.put(Kind.Reset, "")) return;
    }
    pages.eraseAll();
    this.current = nothing();
    this.historian.replay(Kind.Cleared, 0, "");
  }

  /** One page's records. `last`: only here a torn record is a cut's work and no damage. */
  private replay(page: number, last: boolean): void {
    const flash = this.flash;
    const base = page * flash.pageBytes;
    let offset = PAGE_HEAD_BYTES;
    while (offset + RECORD_HEAD_BYTES <= flash.pageBytes) {
      const head = flash.read(page, offset, RECORD_HEAD_BYTES);
      const word = head.substring(0, 4);
      if (word === BLANK) break;
      const kind: Kind = head.charCodeAt(0);
      const length = lengthOf(head);
      const size = word === DEAD_WORD || length < 0 ? 4 : extent(length);
      const fits = length >= 0 && length <= RECORD_BYTES_MAX && offset + size <= flash.pageBytes;
      const payload = fits && length > 0
        ? flash.read(page, offset + RECORD_HEAD_BYTES, length) : "";
      if (kind === Kind.Dead && fits) {
        // A cut came before its end.
        if (length && payload !== repeated(DEAD_WORD, length)) this.kill(base + offset);
      } else if (word !== DEAD_WORD) {
        if (fits && isWhole(head, payload, this.pages.sequence(page), this.crypto)) {
          if (kind >= HISTORY) this.historian.replay(kind, base + offset, payload);
          else this.supersede(kind, base + offset);
        } else {
          const rest = flash.pageBytes - offset - size;
          const torn = last &&
            (fits ? this.pages.isBlank(page, offset + size, rest) : length < 0);
          if (!torn) this.damaged();
          this.kill(base + offset);
        }
      }
      offset += size;
    }
    this.pages.offset = offset;
  }

  /** The one before is overwritten: now, or at the start where a cut came between the two. */
  private supersede(kind: Kind, address: number): void {
    const old = this.current[kind];
    this.current[kind] = address;
    if (old) this.kill(old);
  }

  /** Something in the middle is lost, perhaps a revocation: no decision of before counts. */
  private damaged(): void {
    this.pages.fault = Fault.FlashBroken;
    this.historian.replay(Kind.Cleared, 0, "");
  }

  /** Writes one record where there is room. Its address; 0 when it does not read back. */
  private put(kind: Kind, payload: string): number {
    const pages = this.pages;
    const page = pages.head;
    const offset = pages.offset;
    const record = encode(kind, payload, pages.sequence(page), this.crypto);
    const address = page * this.flash.pageBytes + offset;
    pages.offset += record.length;
    if (pages.write(page, offset, record)) return address;
    this.kill(address);
    return 0;
  }

  /**
   * Overwrites a record: its kind first, so that a cut leaves a dead record, then the payload.
   * Where not even the length can be trusted, the one word that was begun becomes a filler.
   */
  private kill(address: number): void {
    const pageBytes = this.flash.pageBytes;
    const page = Math.floor(address / pageBytes);
    const offset = address - page * pageBytes;
    const head = this.flash.read(page, offset, RECORD_HEAD_BYTES);
    const length = lengthOf(head);
    const room = pageBytes - offset - RECORD_HEAD_BYTES;
    const rest = length > room ? room : length;
    this.pages.write(page, offset, length < 0 ? DEAD_WORD : "\x00" + head.substring(1, 4));
    if (rest > 0) {
      this.pages.write(page, offset + RECORD_HEAD_BYTES, repeated(DEAD_WORD, (rest + 3) & ~3));
    }
  }

  /** While too few pages are free, retires the oldest. False when none is free at the end. */
  private spare(): boolean {
    const pages = this.pages;
    for (let turn = 0; turn < this.flash.pages && pages.free() < SPARE_PAGES; turn++) {
      const page = pages.after(0);
      if (page === pages.head || !this.vacate(page)) break;
    }
    return pages.free() > 0;
  }

  /** What lives on a page is appended again; then the page is a free one. */
  private vacate(page: number): boolean {
    const flash = this.flash;
    const pages = this.pages;
    let offset = PAGE_HEAD_BYTES;
    while (offset + RECORD_HEAD_BYTES <= flash.pageBytes) {
      const head = flash.read(page, offset, RECORD_HEAD_BYTES);
      const word = head.substring(0, 4);
      if (word === BLANK) break;
      const kind: Kind = head.charCodeAt(0);
      const length = lengthOf(head);
      const address = page * flash.pageBytes + offset;
      offset += word === DEAD_WORD || length < 0 ? 4 : extent(length);
      const alive = kind >= HISTORY ? this.historian.isAlive(address)
        : kind !== Kind.Dead && this.current[kind] === address;
      if (!alive) continue;
      if (pages.offset + extent(length) > flash.pageBytes && !pages.open()) return false;
      const copy = this.put(kind, this.read(address));
      if (!copy) return false;
      if (kind >= HISTORY) this.historian.moved(address, copy);
      else this.supersede(kind, copy);
    }
    pages.retire(page);
    return true;
  }
}

/** Addresses for the kinds below HISTORY that there are. */
function nothing(): number[] {
  return [0, 0, 0, 0, 0, 0, 0];
}
