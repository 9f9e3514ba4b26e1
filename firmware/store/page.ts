/**
 * The pages of the journal: which are ours and in what order, which are free, which is written.
 * A page is nothing until its header is whole, and nothing again once a word of zeros lies over
 * its magic; so it is erased when it is taken, never in between.
 */
import { Fault } from "../fault.js";
import type { AnalogIn, Crypto, Flash } from "../../hal/hal.js";
import { BLANK, DEAD_WORD, Mark, PAGE_HEAD_BYTES, pageHead, sequenceOf } from "./record.js";

/** A page in one string would cost 300 JsVars. */
const PIECE_BYTES = 256;

export class Pages implements AnalogIn {
  fault: Fault;
  /** Since the start; `newest` counts those of the board's whole life. */
  erases: number;
  /** The page that is written, and the first octet of it that is free. 0: there is none yet. */
  head: number;
  offset: number;
  /** The sequence of each page, or a Mark. */
  sequences: number[];
  /** Some page was lost: nobody knows what it said. */
  lost: boolean;

  constructor(readonly flash: Flash, private readonly crypto: Crypto) {
    this.fault = Fault.None;
    this.erases = this.head = this.offset = 0;
    this.sequences = [];
    this.lost = false;
  }

  /** Reads every header, once. FlashForeign: it is not ours to touch; a person may, by a reset. */
  load(): void {
    const flash = this.flash;
    let odd = false;
    for (let page = 0; page < flash.pages; page++) {
      const rest = flash.pageBytes - PAGE_HEAD_BYTES;
      let mark = sequenceOf(flash.read(page, 0, PAGE_HEAD_BYTES), this.crypto);
      if (mark === Mark.Foreign) this.fault = Fault.FlashForeign;
      if (mark === Mark.Lost) {
        if (this.isBlank(page, PAGE_HEAD_BYTES, rest)) mark = Mark.Free;
        else this.lost = true;
      } else if (mark === Mark.Odd) {
        mark = Mark.Free;
        odd = true;
      }
      this.sequences.push(mark);
    }
    if (odd && !this.lost && this.newest() === 0) this.fault = Fault.FlashForeign;
  }

  /** The status field: how often a page was erased in the board's life (DESIGN, "Wear"). */
  read(): number {
    return this.newest();
  }

  /** The highest sequence: how often a page has been taken since the board was made. */
  newest(): number {
    return this.sequences.reduce((most, one) => Math.max(most, one), 0);
  }

  /** The page with the smallest sequence above this one; -1 where there is none. */
  after(sequence: number): number {
    let found = -1;
    for (let page = this.sequences.length - 1; page >= 0; page--) {
      const one = this.sequences[page];
      if (one > sequence && (found === -1 || one < this.sequences[found])) found = page;
    }
    return found;
  }

  free(): number {
    return this.sequences.filter((sequence) => sequence === Mark.Free).length;
  }

  /** Takes the next free page, in rotation, as the new head. False: none that works is left. */
  open(): boolean {
    const flash = this.flash;
    const sequence = this.newest() + 1;
    for (let i = 1; i <= flash.pages; i++) {
      const page = (this.head + i) % flash.pages;
      if (this.sequences[page] !== Mark.Free) continue;
      if (this.erase(page) && this.write(page, 0, pageHead(sequence, this.crypto))) {
        this.sequences[page] = sequence;
        this.head = page;
        this.offset = PAGE_HEAD_BYTES;
        return true;
      }
      this.sequences[page] = Mark.Broken;
    }
    return false;
  }

  /** One word ends it, whatever a later erase leaves of the rest. */
  retire(page: number): void {
    const gone = this.write(page, 0, DEAD_WORD) || this.erase(page);
    this.sequences[page] = gone ? Mark.Free : Mark.Broken;
  }

  /**
   * Nothing is left on any page of before this sequence: erased, or where that fails, overwritten.
   * False where a page resists both.
   */
  wipe(sequence: number): boolean {
    const pageBytes = this.flash.pageBytes;
    let done = true;
    for (let page = 0; page < this.sequences.length; page++) {
      if (this.sequences[page] >= sequence) continue;
      let gone = this.isBlank(page, 0, pageBytes) || this.erase(page);
      if (!gone) {
        gone = true;
        for (let at = 0; at < pageBytes; at += PIECE_BYTES) {
          if (!this.write(page, at, repeated(DEAD_WORD, PIECE_BYTES))) gone = false;
        }
      }
      this.sequences[page] = gone ? Mark.Free : Mark.Broken;
      if (!gone) done = false;
    }
    return done;
  }

  /** True when it reads back as it was written. */
  write(page: number, offset: number, bytes: string): boolean {
    if (this.fault === Fault.FlashForeign) return false;
    const taken = this.flash.write(page, offset, bytes) &&
      this.flash.read(page, offset, bytes.length) === bytes;
    if (!taken) this.fault = Fault.FlashBroken;
    return taken;
  }

  isBlank(page: number, from: number, count: number): boolean {
    for (let done = 0; done < count; done += PIECE_BYTES) {
      const length = Math.min(count - done, PIECE_BYTES);
      if (this.flash.read(page, from + done, length) !== repeated(BLANK, length)) return false;
    }
    return true;
  }

  /** True when it reads back as erased. */
  private erase(page: number): boolean {
    this.erases++;
    const done = this.flash.erase(page) && this.isBlank(page, 0, this.flash.pageBytes);
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
