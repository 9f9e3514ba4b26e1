/**
 * Flash that counts its wear, breaks on demand, and loses power at a chosen operation.
 *
 * Operations are writes and erases, counted from 1 since the last `cutAfter` or `cutInside`.
 * After the cut every operation throws a PowerCut until `revive`, as a board without power
 * does nothing; what the cut left is in the image, and a new device can boot from it.
 */
import type { Flash } from "../hal.js";
import { createErased, NorImage, PAGE_BYTES } from "../host/nor.js";
import { MockRandom } from "./random.js";

/** Thrown through the firmware, which has no business catching it. */
export class PowerCut extends Error {
  constructor(operation: string) {
    super(`power cut: ${operation}`);
  }
}

/** How a page is broken: honest about it (returns false) or silent (says true, does nothing). */
export const enum Break { None, Honest, Silent }

interface Cut {
  /** Operations still to come, this one included. */
  left: number;
  inside: boolean;
  /** A torn write keeps so many octets (at most all); a torn erase is mixed from this seed. */
  keep: number;
}

interface Wear {
  writes: number;
  bytes: number;
  erases: number;
}

export class MockFlash implements Flash {
  readonly pageBytes = PAGE_BYTES;
  readonly pages: number;
  /** For each page. */
  readonly wear: Wear[] = [];
  reads = 0;
  writes = 0;
  bytesWritten = 0;
  erases = 0;
  private readonly nor: NorImage;
  private readonly writeBreaks: Break[] = [];
  private readonly eraseBreaks: Break[] = [];
  private cut: Cut | null = null;
  private lastCut = "";

  constructor(image: Uint8Array = createErased()) {
    if (image.length === 0 || image.length % PAGE_BYTES !== 0) {
      throw new Error(`a flash image of ${image.length} octets is not whole pages`);
    }
    this.nor = new NorImage(Buffer.from(image));
    this.pages = this.nor.pages;
    for (let i = 0; i < this.pages; i++) this.wear.push({ writes: 0, bytes: 0, erases: 0 });
  }

  /** Writes and erases so far: the number of points at which power can be cut. */
  get operations(): number {
    return this.writes + this.erases;
  }

  get isDead(): boolean {
    return this.lastCut !== "";
  }

  read(page: number, offset: number, count: number): string {
    this.demandPower();
    this.reads++;
    return this.nor.read(page, offset, count);
  }

  write(page: number, offset: number, bytes: string): boolean {
    this.demandPower();
    this.nor.check(page, offset, bytes);
    const cut = this.countDown();
    const torn = cut !== null && cut.inside;
    const written = torn ? bytes.slice(0, cut.keep) : bytes;
    this.count(page, written.length);
    const broken = this.writeBreaks[page] ?? Break.None;
    if (broken === Break.None) this.put(page, offset, written);
    if (cut !== null) this.die(`${torn ? "in" : "after"} a write at ${page}:${offset}`);
    return broken !== Break.Honest;
  }

  erase(page: number): boolean {
    this.demandPower();
    this.nor.read(page, 0, 0);
    const cut = this.countDown();
    const torn = cut !== null && cut.inside;
    this.erases++;
    this.wear[page]!.erases++;
    const broken = this.eraseBreaks[page] ?? Break.None;
    if (broken === Break.None) this.wipe(page, torn ? new MockRandom(cut.keep) : null);
    if (cut !== null) this.die(`${torn ? "in" : "after"} an erase of ${page}`);
    return broken !== Break.Honest;
  }

  /** Power fails when the k-th operation from now has been done. */
  cutAfter(operation: number): void {
    this.arm(operation, false, 0);
  }

  /** Power fails in the k-th operation from now: `keep` is the prefix of a write, the seed of
   * the mixture of an erase. */
  cutInside(operation: number, keep: number): void {
    this.arm(operation, true, keep);
  }

  /** Power is back; what was cut stays as it is, and no further cut is armed. */
  revive(): void {
    this.cut = null;
    this.lastCut = "";
  }

  breakWrites(page: number, how: Break): void {
    this.writeBreaks[page] = how;
  }

  breakErases(page: number, how: Break): void {
    this.eraseBreaks[page] = how;
  }

  /** A copy; `new MockFlash(image)` boots another board from it. */
  image(): Buffer {
    return Buffer.from(this.nor.bytes);
  }

  private arm(operation: number, inside: boolean, keep: number): void {
    if (!Number.isInteger(operation) || operation < 1) throw new Error("operations count from 1");
    this.cut = { left: operation, inside, keep };
  }

  private countDown(): Cut | null {
    if (this.cut === null || --this.cut.left > 0) return null;
    return this.cut;
  }

  private die(what: string): never {
    this.cut = null;
    this.lastCut = what;
    throw new PowerCut(what);
  }

  private demandPower(): void {
    if (this.lastCut !== "") throw new PowerCut(`already, ${this.lastCut}`);
  }

  private count(page: number, bytes: number): void {
    this.writes++;
    this.bytesWritten += bytes;
    this.wear[page]!.writes++;
    this.wear[page]!.bytes += bytes;
  }

  /** A torn write may end within a word, so the rule of whole words is not asked again here. */
  private put(page: number, offset: number, bytes: string): void {
    this.nor.bytes.write(bytes, page * PAGE_BYTES + offset, "latin1");
  }

  /** A torn erase leaves each octet old, erased, or with some bits of both. */
  private wipe(page: number, torn: MockRandom | null): void {
    if (torn === null) return this.nor.erase(page);
    const start = page * PAGE_BYTES;
    const fate = Buffer.from(torn.bytes(2 * PAGE_BYTES), "latin1");
    for (let i = 0; i < PAGE_BYTES; i++) {
      const kind = fate[2 * i]! % 3;
      const bits = kind === 0 ? 0 : kind === 1 ? 0xff : fate[2 * i + 1]!;
      this.nor.bytes[start + i]! |= bits;
    }
  }
}
