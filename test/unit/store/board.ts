/** A journal over a flash that can be spoiled, and a history that keeps what was not cleared. */
import { Journal } from "../../../firmware/store/journal.js";
import type { Historian } from "../../../firmware/store/compaction.js";
import type { Fault } from "../../../firmware/fault.js";
import { Log } from "../../../firmware/store/log.js";
import { Pages } from "../../../firmware/store/page.js";
import { Kind } from "../../../firmware/store/record.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { createErased } from "../../../hal/host/nor.js";
import { MockFlash } from "../../../hal/mock/flash.js";

export const crypto = new HostCrypto();

/** Keeps every decision alive that was not cleared. */
export class History implements Historian {
  readonly alive = new Map<number, string>();
  events: string[] = [];

  replay(kind: Kind, address: number, payload: string): void {
    this.events.push(`${kind} ${payload}`);
    if (kind === Kind.Cleared) this.alive.clear();
    if (kind === Kind.Decision) this.alive.set(address, payload);
  }

  isAlive(address: number): boolean {
    return this.alive.has(address);
  }

  moved(payload: string, address: number): void {
    for (const [from, text] of this.alive) if (text === payload) this.alive.delete(from);
    if (address) this.alive.set(address, payload);
  }

  get texts(): string[] {
    return [...this.alive.values()].sort();
  }
}

export class Board {
  readonly history = new History();
  readonly pages: Pages;
  readonly journal: Journal;

  constructor(readonly flash: MockFlash) {
    this.pages = new Pages(flash, crypto);
    this.journal = new Journal(new Log(this.pages, crypto), this.history);
    this.journal.load();
  }

  decide(payload: string): number {
    const address = this.journal.append(Kind.Decision, payload);
    if (address) this.history.alive.set(address, payload);
    return address;
  }

  /** What the device does at the end of a tick. */
  rest(): void {
    if (this.journal.compaction.isDue) this.journal.compaction.spare();
  }

  reset(): void {
    this.journal.reset();
    this.journal.finish();
  }

  get fault(): Fault {
    return this.pages.fault;
  }

  image(): Buffer {
    return this.flash.image();
  }

  again(): Board {
    return new Board(new MockFlash(this.image()));
  }
}

export const create = (pages = 4): Board => new Board(new MockFlash(createErased(pages)));
export const has = (board: Board, text: string): boolean => board.image().includes(text, 0, "latin1");
/** Where a text lies in the image. */
export const find = (board: Board, text: string): number => board.image().indexOf(text, 0, "latin1");

/** The next start, with one octet of the flash another. */
export function damage(board: Board, at: number, change: (octet: number) => number): Board {
  const image = board.image();
  image[at] = change(image[at]!);
  return new Board(new MockFlash(image));
}
