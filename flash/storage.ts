/**
 * Files of the interpreter's Storage, over its console. Each is written in pieces of one line,
 * answered before the next is sent, and read back as a whole by its CRC-32. A file that is there
 * already, octet by octet, is left alone, so that nothing is worn out.
 */
import { crc32 } from "node:zlib";
import { HALT, LINE_BYTES_MAX, Silence, type Repl } from "./repl.js";
import { Trouble } from "./line.js";

/** Name → content, one octet for each character. */
export type Files = Record<string, string>;

/** Base 64 makes four of three, and the command around it takes 190 and the name. */
export const PIECE_BYTES = Math.floor((LINE_BYTES_MAX - 280) / 4) * 3;
/** Longer names are cut by the interpreter without a word. */
export const NAME_BYTES_MAX = 28;
/** Each file has a header, and is padded to whole words. */
const HEADER_BYTES = 32;
/** The largest board's Storage, 896 kB, is moved and erased page by page: 0.1 s for each. */
const COMPACT_MS = 60000;
const PIECE_MS = 4000;
const PIECE_TRIES = 5;

export interface Room {
  totalBytes: number;
  freeBytes: number;
  trashBytes: number;
}

/** Octets that a file takes in Storage. */
export function storedBytes(content: string): number {
  return HEADER_BYTES + Math.ceil(content.length / 4) * 4;
}

export async function room(repl: Repl): Promise<Room> {
  return repl.ask<Room>('require("Storage").getStats()');
}

export async function list(repl: Repl): Promise<string[]> {
  return repl.ask<string[]>('require("Storage").list()');
}

/** Whether the file is there, with exactly this content. */
export async function isSame(repl: Repl, name: string, content: string): Promise<boolean> {
  const read = `require("Storage").read(${quote(name)})`;
  const found = await repl.ask<[number, number] | null>(
    `(t=>t===undefined?null:[t.length,E.CRC32(t)])(${read})`);
  return found !== null && found[0] === content.length
    && found[1] === crc32(Buffer.from(content, "latin1"));
}

/** `null` where there is no such file. For small ones: it comes in one line. */
export async function readFile(repl: Repl, name: string): Promise<string | null> {
  const found = await repl.ask<string | null>(
    `(t=>t===undefined?null:btoa(t))(require("Storage").read(${quote(name)}))`);
  return found === null ? null : Buffer.from(found, "base64").toString("latin1");
}

export async function removeFile(repl: Repl, name: string): Promise<void> {
  await repl.ask(`require("Storage").erase(${quote(name)})`);
}

/** Throws where the board has something else than it was given. */
export async function writeFile(
  repl: Repl, name: string, content: string, progress: (done: number) => void = () => undefined,
): Promise<void> {
  if (Buffer.byteLength(name, "latin1") > NAME_BYTES_MAX) throw new Error(`too long: ${name}`);
  if (content === "") throw new Error(`${name} is empty, which Storage cannot keep`);
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    const piece = content.slice(at, at + PIECE_BYTES);
    await writePiece(repl, name, piece, at, content.length);
    progress(at + piece.length);
  }
  if (!await isSame(repl, name, content)) {
    throw new Trouble(`${name}: the board holds something else than was sent. `
      + "Is the cable good? Try again, or with another");
  }
}

/** What arrives damaged is not written; what was written and not answered is not sent again. */
async function writePiece(
  repl: Repl, name: string, piece: string, at: number, total: number,
): Promise<void> {
  const octets = Buffer.from(piece, "latin1");
  const sum = crc32(octets);
  const place = `${quote(name)},`;
  for (let i = 0; i < PIECE_TRIES; i++) {
    try {
      if (await repl.ask<boolean>(`(t=>E.CRC32(t)==${sum}&&require("Storage").write(${place}t,`
        + `${at},${total}))(atob("${octets.toString("base64")}"))`, PIECE_MS, 1)) return;
    } catch (error) {
      if (!(error instanceof Silence) || !await repl.wake()) throw error;
      // Had it started anew, the application it has would soon run beside us.
      await repl.ask(HALT);
      // The first piece makes the file, and what is there now may be an older one.
      const there = `require("Storage").read(${place}${at},${piece.length})`;
      if (at > 0 && await repl.ask(`E.CRC32(${there}||"")`) === sum) return;
    }
  }
  throw new Trouble(`${name}: the board did not take octets ${at} to ${at + piece.length}`);
}

/** Moves files together; a power cut now loses all of them, so only ever with a person near. */
export async function compact(repl: Repl): Promise<void> {
  await repl.ask('require("Storage").compact()', COMPACT_MS);
}

function quote(name: string): string {
  return JSON.stringify(name);
}
