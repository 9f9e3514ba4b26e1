/**
 * The flash of a virtual board: an image in memory and, where a file is named, in that file too.
 *
 * Each operation is one system call that has ended before `write` or `erase` returns, so the
 * kernel holds what the board had written when SIGKILL comes, and nothing else. Nothing is
 * synced: a power cut of the computer itself is not what this file imitates.
 */
import { closeSync, constants, fstatSync, linkSync, openSync, readSync } from "node:fs";
import { unlinkSync, writeFileSync, writeSync } from "node:fs";
import type { Flash } from "../hal.js";
import { lock } from "./lock.js";
import type { Release } from "./lock.js";
import { createErased, NorImage, PAGE_BYTES, PAGES } from "./nor.js";

/** It holds the account's secret: nobody else's to read. */
const FILE_MODE = 0o600;
const IMAGE_BYTES = PAGES * PAGE_BYTES;
/** Without it, opening a FIFO would wait for somebody to write. */
const OPEN_FLAGS = constants.O_RDWR | constants.O_NONBLOCK;

export class HostFlash implements Flash {
  readonly pageBytes = PAGE_BYTES;
  readonly pages = PAGES;
  bytesWritten = 0;
  erases = 0;

  /** `file` is an open descriptor, -1 for an image that outlives nothing. */
  constructor(
    private readonly nor: NorImage,
    private readonly file = -1,
    private readonly release: Release = () => {},
  ) {}

  read(page: number, offset: number, count: number): string {
    return this.nor.read(page, offset, count);
  }

  write(page: number, offset: number, bytes: string): boolean {
    this.nor.check(page, offset, bytes);
    const at = page * PAGE_BYTES + offset;
    if (!this.store(Buffer.from(bytes, "latin1"), at)) return false;
    this.nor.write(page, offset, bytes);
    this.bytesWritten += bytes.length;
    return true;
  }

  erase(page: number): boolean {
    this.nor.read(page, 0, 0);
    if (!this.store(createErased(1), page * PAGE_BYTES)) return false;
    this.nor.erase(page);
    this.erases++;
    return true;
  }

  /** The same octets in memory alone: to look without touching. */
  copy(): HostFlash {
    return new HostFlash(new NorImage(Buffer.from(this.nor.bytes)));
  }

  close(): void {
    if (this.file !== -1) closeSync(this.file);
    this.release();
  }

  /** A full disk is a flash that fails: the image follows whatever got into the file. */
  private store(bytes: Buffer, at: number): boolean {
    if (this.file === -1) return true;
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.file, bytes, done, bytes.length - done, at + done);
      }
      return true;
    } catch {
      fill(this.file, this.nor.bytes);
      return false;
    }
  }
}

export function createFlash(): HostFlash {
  return new HostFlash(new NorImage(createErased()));
}

/** Throws, with a text for people, when the file cannot be the flash of a board. */
export async function openFlash(path: string): Promise<HostFlash> {
  try {
    const file = openImage(path);
    const release = await lock(fstatSync(file));
    if (release === null) throw new Error("another board is using it");
    const bytes = Buffer.alloc(IMAGE_BYTES);
    fill(file, bytes);
    return new HostFlash(new NorImage(bytes), file, release);
  } catch (error) {
    throw new Error(`the flash file ${path} cannot be used: ${describe(error)}`);
  }
}

function openImage(path: string): number {
  let file: number;
  try {
    file = openSync(path, OPEN_FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    createImage(path);
    file = openSync(path, OPEN_FLAGS);
  }
  const found = fstatSync(file);
  if (!found.isFile()) throw new Error("it is not a regular file");
  if (found.size !== IMAGE_BYTES) {
    throw new Error(`it has ${found.size} bytes, a flash image has ${IMAGE_BYTES}`);
  }
  return file;
}

/** Under its name there is a whole image or none, also when we are killed in here. */
function createImage(path: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, createErased(), { mode: FILE_MODE, flag: "wx" });
  try {
    linkSync(draft, path);
  } finally {
    unlinkSync(draft);
  }
}

function fill(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(file, bytes, done, bytes.length - done, done);
    if (count === 0) throw new Error("it is cut short");
    done += count;
  }
}

function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EISDIR") return "it is a directory";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "no permission";
  if (code === "ENOENT") return "its folder does not exist";
  return (error as Error).message;
}
