/**
 * Records on pages: reads, writes and overwrites one, and judges what it finds.
 * Addresses are octets from the first page's start; 0 is never one.
 */
import type { Crypto, Flash } from "../../hal/hal.js";
import { repeated } from "./page.js";
import type { Pages } from "./page.js";
import {
  BLANK, DEAD_WORD, Kind, RECORD_HEAD_BYTES, encode, extent, isWhole, lengthOf,
} from "./record.js";

export class Log {
  /** What `look` saw last. */
  kind!: Kind;
  payload!: string;
  private readonly flash: Flash;

  constructor(readonly pages: Pages, private readonly crypto: Crypto) {
    this.flash = pages.flash;
  }

  /**
   * Reads what lies there into `kind` and `payload`. Its extent; 0 where all is blank to the
   * page's end. After what does not even have a length the next record may begin at any word.
   */
  look(page: number, offset: number): number {
    const flash = this.flash;
    const head = flash.read(page, offset, RECORD_HEAD_BYTES);
    const word = head.substring(0, 4);
    const length = this.lengthAt(head, offset);
    this.kind = Kind.Torn;
    this.payload = "";
    if (word === BLANK && this.pages.isBlank(page, offset, flash.pageBytes - offset)) return 0;
    if (word === DEAD_WORD) this.kind = Kind.Dead;
    if (length < 0) return 4;
    const payload = flash.read(page, offset + RECORD_HEAD_BYTES, length);
    const kind: Kind = head.charCodeAt(0);
    if (kind !== Kind.Dead && !isWhole(head, payload, this.pages.sequences[page], this.crypto)) {
      return extent(length);
    }
    this.kind = kind;
    this.payload = payload;
    return extent(length);
  }

  /** The payload of a record that is whole; "" for any other. */
  read(address: number): string {
    const page = this.pageOf(address);
    this.look(page, address - page * this.flash.pageBytes);
    return this.payload;
  }

  pageOf(address: number): number {
    return Math.floor(address / this.flash.pageBytes);
  }

  hasRoom(size: number): boolean {
    return this.pages.offset > 0 && this.pages.offset + size <= this.flash.pageBytes;
  }

  /** Writes one record where there is room. Its address; 0 when it does not read back. */
  put(kind: Kind, payload: string): number {
    const pages = this.pages;
    const page = pages.head;
    const offset = pages.offset;
    const record = encode(kind, payload, pages.sequences[page], this.crypto);
    const address = page * this.flash.pageBytes + offset;
    pages.offset += record.length;
    if (pages.write(page, offset, record)) return address;
    this.kill(address);
    pages.offset = this.flash.pageBytes; // Whatever it is, it must stay the last of its page.
    return 0;
  }

  /**
   * Overwrites a record: its kind first, so that a cut leaves a dead record, then the payload.
   * Where not even the length can be trusted, the one word that was begun becomes a filler.
   */
  kill(address: number): void {
    const pageBytes = this.flash.pageBytes;
    const page = this.pageOf(address);
    const offset = address - page * pageBytes;
    const head = this.flash.read(page, offset, RECORD_HEAD_BYTES);
    const length = this.lengthAt(head, offset);
    this.pages.write(page, offset, length < 0 ? DEAD_WORD : "\x00" + head.substring(1, 4));
    if (length >= 1) {
      const zeros = repeated(DEAD_WORD, (length + 3) & ~3);
      this.pages.write(page, offset + RECORD_HEAD_BYTES, zeros);
    }
  }

  /** The length that a head tells; -1 where it cannot be: it does not end on this page. */
  private lengthAt(head: string, offset: number): number {
    const length = lengthOf(head);
    return offset + extent(length) > this.flash.pageBytes ? -1 : length;
  }
}
