/**
 * The 64 kB of flash that Espruino's partition table gives to a FAT file system and this firmware
 * does not use as one. `Flash.getFree()` also lists 0x360000, which lies inside Storage: never
 * believe that list.
 */
import type { Flash } from "../hal.js";

const START = 0x310000;
const PAGE_BYTES = 4096;
const PAGES = 16;
/** The interpreter copies what it writes onto its stack, which is 25 kB for everything. */
const WRITE_BYTES_MAX = 512;

export class ChipFlash implements Flash {
  readonly pageBytes = PAGE_BYTES;
  readonly pages = PAGES;

  read(page: number, offset: number, count: number): string {
    const bytes = count > 0 && require("Flash").read(count, this.address(page, offset, count));
    return bytes ? E.toString(bytes) : "";
  }

  /** The interpreter tells nothing of what the chip reports: whoever cares reads back. */
  write(page: number, offset: number, bytes: string): boolean {
    const address = this.address(page, offset, bytes.length);
    if ((offset | bytes.length) & 3) throw new Error("unaligned");
    for (let done = 0; done < bytes.length; done += WRITE_BYTES_MAX) {
      require("Flash").write(bytes.substring(done, done + WRITE_BYTES_MAX), address + done);
    }
    return true;
  }

  erase(page: number): boolean {
    require("Flash").erasePage(this.address(page, 0, 0));
    return true;
  }

  /** One octet further is Storage, where this firmware itself lies. */
  private address(page: number, offset: number, count: number): number {
    if (!(page >= 0 && page < PAGES && offset >= 0 && offset + count <= PAGE_BYTES)) {
      throw new Error("outside");
    }
    return START + page * PAGE_BYTES + offset;
  }
}
