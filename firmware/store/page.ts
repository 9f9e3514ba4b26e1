/**
 * The pages of the journal: which are ours and in what order, which are free, which is written.
 * A page is nothing until its header is whole, and nothing again once a word of zeros lies over
 * its magic; so it is erased when it is taken, never in between.
 */
import { Fault } from "../fault.js";
import type { Crypto, Flash } from "../../hal/hal.js";
import {
  BLANK, DEAD_WORD, FOREIGN, PAGE_HEAD_BYTES, isForeign, pageHead, sequenceOf,
} from "./record.js";

/** In place of a sequence: a page that is broken, never used again before the next start. */
const BROKEN = -1;
/** A page in one string would cost 300 JsVars. */
const PIECE_BYTES = 256;

export class Pages {
  fault: Fault;
  /** Since the start, for the status fields. */
  writes: number;
  erases: number;
  /** The page that is written, and the first octet of it that is free. 0: there is none yet. */
  head: number;
  offset: number;
  /** The sequence of each page; 0 for a free one. */
  private sequences: number[];

  constructor(readonly flash: Flash, private readonly crypto: Crypto) {
    this.fault = Fault.None;
    this.writes = this.erases = this.head = this.offset = 0;
    this.sequences = [];
  }

  /** Reads every header. FlashForeign: it is not ours to erase; a person may, by a reset. */
  load(): void {
    let odd = false;
    this.sequences = [];
    for (let page = 0; page < this.flash.pages; page++) {
      const head = this.flash.read(page, 0, PAGE_HEAD_BYTES);
      const sequence = sequenceOf(head, this.crypto);
      if (sequence === FOREIGN) this.fault = Fault.FlashForeign;
      if (isForeign(head)) odd = true;
      this.sequences.push(sequence);
    }
    if (odd && this.after(0) < 0) this.fault = Fault.FlashForeign;
  }

  sequence(page: number): number {
    return this.sequences[page];
  }

  /** The page with the smallest sequence above this one; -1 where there is none. */
  after(sequence: number): number {
    let found = -1;
    for (let page = 0; page < this.sequences.length; page++) {
      const one = this.sequences[page];
      if (one > sequence && (found < 0 || one < this.sequences[found])) found = page;
    }
    return found;
  }

  free(): number {
    return this.sequences.filter((sequence) => sequence === 0).length;
  }

  /** Takes the next free page, in rotation, as the new head. False: none that works is left. */
  open(): boolean {
    const flash = this.flash;
    const sequence = this.sequences.reduce((most, one) => (one > most ? one : most), 0) + 1;
    const head = pageHead(sequence, this.crypto);
    for (let i = 1; i <= flash.pages; i++) {
      const page = (this.head + i) % flash.pages;
      if (this.sequences[page] !== 0) continue;
      if (this.erase(page) && this.isBlank(page, 0, flash.pageBytes) && this.write(page, 0, head)) {
        this.sequences[page] = sequence;
        this.head = page;
        this.offset = PAGE_HEAD_BYTES;
        return true;
      }
      this.sequences[page] = BROKEN;
    }
    return false;
  }

  /** One word ends it, whatever a later erase leaves of the rest. */
  retire(page: number): void {
    this.write(page, 0, DEAD_WORD);
    this.sequences[page] = 0;
  }

  /** All pages but the head, then the head. */
  eraseAll(): void {
    for (let page = 0; page < this.flash.pages; page++) {
      if (page !== this.head && !this.isBlank(page, 0, this.flash.pageBytes)) this.erase(page);
    }
    this.erase(this.head);
    for (let page = 0; page < this.flash.pages; page++) this.sequences[page] = 0;
    this.offset = 0;
  }

  /** True when it reads back as it was written. */
  write(page: number, offset: number, bytes: string): boolean {
    this.writes++;
    const taken = this.flash.write(page, offset, bytes) &&
      this.flash.read(page, offset, bytes.length) === bytes;
    if (!taken) this.fault = Fault.FlashBroken;
    return taken;
  }

  isBlank(page: number, from: number, count: number): boolean {
    for (let done = 0; done < count; done += PIECE_BYTES) {
      const length = count - done < PIECE_BYTES ? count - done : PIECE_BYTES;
      if (this.flash.read(page, from + done, length) !== repeated(BLANK, length)) return false;
    }
    return true;
  }

  private erase(page: number): boolean {
    this.erases++;
    const done = this.flash.erase(page);
    if (!done) this.fault = Fault.FlashBroken;
    return done;
  }
}

/** The first `count` octets of a word again and again. */
export function repeated(word: string, count: number): string {
  let text = word;
  while (text.length < count) text += text;
  return text.substring(0, count);
}
