/**
 * The rules of NOR flash, over an image in memory; the host's and the mock's flash stand on it.
 * Breaking a rule is a programmer error and throws: a real chip would write garbage instead.
 */

/** What an ESP32 gives us: 64 kB at 0x310000, in pages of 4096. */
export const PAGE_BYTES = 4096;
export const PAGES = 16;
/** The chip writes whole words only. */
export const WORD_BYTES = 4;
const ERASED = 0xff;

export class NorImage {
  readonly pageBytes = PAGE_BYTES;
  readonly pages: number;

  constructor(readonly bytes: Buffer) {
    this.pages = bytes.length / PAGE_BYTES;
  }

  read(page: number, offset: number, count: number): string {
    const at = this.locate("read", page, offset, count);
    return this.bytes.toString("latin1", at, at + count);
  }

  /** Throws where `write` would: not in whole words, beyond the page, or a bit set from 0 to 1. */
  check(page: number, offset: number, bytes: string): void {
    const at = this.locate("write", page, offset, bytes.length);
    if (offset % WORD_BYTES !== 0 || bytes.length % WORD_BYTES !== 0) {
      throw new Error(`flash: write of ${bytes.length} at ${page}:${offset} is not whole words`);
    }
    for (let i = 0; i < bytes.length; i++) {
      const wanted = bytes.charCodeAt(i);
      if (wanted > 0xff) throw new Error("flash: a character above 255 is not an octet");
      if ((wanted & ~this.bytes[at + i]!) !== 0) {
        throw new Error(`flash: write at ${page}:${offset + i} would set a bit that is 0`);
      }
    }
  }

  write(page: number, offset: number, bytes: string): void {
    this.check(page, offset, bytes);
    this.bytes.write(bytes, page * PAGE_BYTES + offset, "latin1");
  }

  erase(page: number): void {
    const at = this.locate("erase", page, 0, PAGE_BYTES);
    this.bytes.fill(ERASED, at, at + PAGE_BYTES);
  }

  private locate(what: string, page: number, offset: number, count: number): number {
    const whole = Number.isInteger(page) && Number.isInteger(offset) && Number.isInteger(count);
    const inside = page >= 0 && page < this.pages && offset >= 0 && count >= 0;
    if (!whole || !inside || offset + count > PAGE_BYTES) {
      throw new Error(`flash: ${what} of ${count} at ${page}:${offset} is outside a page`);
    }
    return page * PAGE_BYTES + offset;
  }
}

export function createErased(pages = PAGES): Buffer {
  return Buffer.alloc(pages * PAGE_BYTES, ERASED);
}
