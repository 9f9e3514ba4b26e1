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
import {
  BLANK, DEAD_WORD, FOREIGN, HISTORY, Kind, PAGE_HEAD_BYTES, RECORD_HEAD_BYTES,
  encode, extent, isForeign, isWhole, lengthOf, pageHead, sequenceOf,
} from "./record.js";
import type { Crypto, Flash } from "../../hal/hal.js";

/** Knows which records of a history are alive. Implemented by access/cache.ts. */
export interface Historian {
  /** At the start, in the order of writing; the head octets of `payload` are as they were given. */
  replay(kind: Kind, address: number, payload: string): void;
  isAlive(address: number): boolean;
  moved(from: number, to: number): void;
}

/** Sequence of a page that is broken: never used again before the next start. */
const BROKEN = -1;

export class Journal {
  fault: Fault;
  /** Since the start, for the status fields. */
  writes: number;
  erases: number;
  /** The address of the current record of each kind below HISTORY. */
  private current: number[];
  /** The sequence of each page, 0 for a free one. */
  private sequences: number[];
  private head: number;
  private offset: number;

  constructor(
    private readonly flash: Flash,
    private readonly crypto: Crypto,
    private readonly historian: Historian,
  ) {
    this.fault = Fault.None;
    this.writes = this.erases = this.head = this.offset = 0;
    this.current = [];
    this.sequences = [];
  }

  /** Replays the log, mends what a cut left, ends a reset that had begun. */
  load(): void {
    const flash = this.flash;
    let odd = false;
    this.current = [0, 0, 0, 0, 0, 0, 0];
    this.sequences = [];
    for (let page = 0; page < flash.pages; page++) {
      const head = flash.read(page, 0, PAGE_HEAD_BYTES);
      const sequence = sequenceOf(head, this.crypto);
      if (sequence === FOREIGN) this.fault = Fault.FlashForeign;
      if (isForeign(head)) odd = true;
      this.sequences.push(sequence);
    }
    let page = this.after(0);
    // Not ours to erase; a person may, by a factory reset.
    if (page < 0 && odd) this.fault = Fault.FlashForeign;
    let before = 0;
    while (page >= 0) {
      const sequence = this.sequences[page];
      const next = this.after(sequence);
      if (before && sequence !== before + 1) this.damaged();
      before = sequence;
      this.head = page;
      this.replay(page, next < 0);
      page = next;
    }
    if (this.current[Kind.Reset]) this.reset();
    else if (before && this.fault !== Fault.FlashForeign) this.spare();
  }

  /** The payload of the current record of a kind below HISTORY; "" where there is none. */
  value(kind: Kind): string {
    const address = this.current[kind];
    return address ? this.read(address) : "";
  }

  /** The payload at an address that `append` or `replay` told. */
  read(address: number): string {
    const page = Math.floor(address / this.flash.pageBytes);
    const offset = address - page * this.flash.pageBytes;
    const length = lengthOf(this.flash.read(page, offset, RECORD_HEAD_BYTES));
    return length > 0 ? this.flash.read(page, offset + RECORD_HEAD_BYTES, length) : "";
  }

  /** Durable when it returns. The address; 0 when the flash did not take it. */
  append(kind: Kind, payload: string): number {
    if (this.fault === Fault.FlashForeign || payload.length > RECORD_BYTES_MAX) return 0;
    const size = extent(payload.length);
    for (let tries = 0; tries <= this.flash.pages; tries++) {
      const full = this.offset === 0 || this.offset + size > this.flash.pageBytes;
      if (full && !this.advance()) break;
      if (this.offset + size > this.flash.pageBytes) continue;
      const address = this.put(kind, payload);
      if (!address) continue;
      if (kind < HISTORY) {
        const old = this.current[kind];
        this.current[kind] = address;
        if (old) this.kill(old);
      }
      return address;
    }
    if (this.fault === Fault.None) this.fault = Fault.FlashFull;
    return 0;
  }

  /** No record of that kind any more: what it held is overwritten. */
  remove(kind: Kind): void {
    const address = this.current[kind];
    this.current[kind] = 0;
    if (address) this.kill(address);
  }

  /** Factory reset: nothing of before is left. Begun, it is ended by the next start. */
  reset(): void {
    const flash = this.flash;
    if (!this.current[Kind.Reset]) {
      this.fault = Fault.None;
      // On a page with nothing else, so that erasing it last cannot bring anything back.
      if (!this.open() || !this.put(Kind.Reset, "")) return;
    }
    for (let page = 0; page < flash.pages; page++) {
      if (page !== this.head && !isBlank(flash, page, 0, flash.pageBytes)) {
        this.erases++;
        flash.erase(page);
      }
    }
    this.erases++;
    flash.erase(this.head);
    this.current = [0, 0, 0, 0, 0, 0, 0];
    for (let page = 0; page < flash.pages; page++) this.sequences[page] = 0;
    this.offset = 0;
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
        if (payload !== zeros(length)) this.kill(base + offset); // A cut came before its end.
      } else if (word !== DEAD_WORD) {
        if (fits && isWhole(head, payload, this.sequences[page], this.crypto)) {
          this.believe(kind, base + offset, payload);
        } else {
          const rest = flash.pageBytes - offset - size;
          const torn = last && (fits ? isBlank(flash, page, offset + size, rest) : length < 0);
          if (!torn) this.damaged();
          this.kill(base + offset);
        }
      }
      offset += size;
    }
    this.offset = offset;
  }

  private believe(kind: Kind, address: number, payload: string): void {
    if (kind >= HISTORY) {
      this.historian.replay(kind, address, payload);
      return;
    }
    const old = this.current[kind];
    this.current[kind] = address;
    if (old) this.kill(old); // A cut came between the new record and the end of the old one.
  }

  /** Something in the middle is lost, perhaps a revocation: no decision of before counts. */
  private damaged(): void {
    this.fault = Fault.FlashBroken;
    this.historian.replay(Kind.Cleared, 0, "");
  }

  /** Writes one record where there is room, and reads it back. */
  private put(kind: Kind, payload: string): number {
    const page = this.head;
    const offset = this.offset;
    const record = encode(kind, payload, this.sequences[page], this.crypto);
    this.offset += record.length;
    this.writes++;
    const taken = this.flash.write(page, offset, record);
    if (taken && this.flash.read(page, offset, record.length) === record) {
      return page * this.flash.pageBytes + offset;
    }
    this.fault = Fault.FlashBroken;
    this.kill(page * this.flash.pageBytes + offset);
    return 0;
  }

  /**
   * Overwrites a record: its kind first, so that a cut leaves a dead record, then the payload.
   * Where not even the length can be trusted, the one word that was begun becomes a filler.
   */
  private kill(address: number): void {
    const page = Math.floor(address / this.flash.pageBytes);
    const offset = address - page * this.flash.pageBytes;
    const head = this.flash.read(page, offset, RECORD_HEAD_BYTES);
    const length = lengthOf(head);
    const room = this.flash.pageBytes - offset - RECORD_HEAD_BYTES;
    this.writes += 2;
    this.flash.write(page, offset, length < 0 ? DEAD_WORD : "\x00" + head.substring(1, 4));
    const rest = length > room ? room : length;
    if (rest > 0) this.flash.write(page, offset + RECORD_HEAD_BYTES, zeros((rest + 3) & ~3));
  }

  /** A new head page, and again one free page besides. */
  private advance(): boolean {
    return this.open() && this.spare();
  }

  private open(): boolean {
    const flash = this.flash;
    const sequence = this.newest() + 1;
    for (let i = 1; i <= flash.pages; i++) {
      const page = (this.head + i) % flash.pages;
      if (this.sequences[page] !== 0) continue;
      const head = pageHead(sequence, this.crypto);
      this.erases++;
      this.writes++;
      const taken = flash.erase(page) && isBlank(flash, page, 0, flash.pageBytes) && flash.write(page, 0, head);
      if (taken && flash.read(page, 0, PAGE_HEAD_BYTES) === head) {
        this.sequences[page] = sequence;
        this.head = page;
        this.offset = PAGE_HEAD_BYTES;
        return true;
      }
      this.sequences[page] = BROKEN;
      this.fault = Fault.FlashBroken;
    }
    return false;
  }

  /** While too few pages are free, retires the oldest. False when none is free at the end. */
  private spare(): boolean {
    const pages = this.flash.pages;
    for (let turn = 0; turn < pages; turn++) {
      const free = this.sequences.filter(isFree).length;
      if (free >= SPARE_PAGES) return true;
      const page = this.after(0);
      if (page === this.head || !this.retire(page)) return free > 0;
    }
    return this.sequences.indexOf(0) >= 0;
  }

  /** What lives on a page is appended again; then one word makes the page a free one. */
  private retire(page: number): boolean {
    const flash = this.flash;
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
      if (this.offset + extent(length) > flash.pageBytes && !this.open()) return false;
      const copy = this.put(kind, this.read(address));
      if (!copy) return false;
      if (kind >= HISTORY) this.historian.moved(address, copy);
      else {
        this.current[kind] = copy;
        this.kill(address);
      }
    }
    flash.write(page, 0, DEAD_WORD);
    this.writes++;
    this.sequences[page] = 0;
    return true;
  }

  private newest(): number {
    return this.sequences.reduce((most, one) => (one > most ? one : most), 0);
  }

  /** The page with the smallest sequence above `sequence`; -1 where there is none. */
  private after(sequence: number): number {
    let found = -1;
    for (let page = 0; page < this.sequences.length; page++) {
      const one = this.sequences[page];
      if (one > sequence && (found < 0 || one < this.sequences[found])) found = page;
    }
    return found;
  }
}

function isFree(sequence: number): boolean {
  return sequence === 0;
}

function zeros(count: number): string {
  let text = DEAD_WORD;
  while (text.length < count) text += text;
  return text.substring(0, count);
}

function blank(count: number): string {
  let text = BLANK;
  while (text.length < count) text += text;
  return text.substring(0, count);
}

/** Read in pieces: a page in one string would cost 300 JsVars. */
function isBlank(flash: Flash, page: number, from: number, count: number): boolean {
  for (let done = 0; done < count; done += 256) {
    const length = count - done < 256 ? count - done : 256;
    if (flash.read(page, from + done, length) !== blank(length)) return false;
  }
  return true;
}
