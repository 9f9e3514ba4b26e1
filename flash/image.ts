/**
 * The Storage of a new board as it lies on flash, for factories: one write by any programmer
 * instead of a dialogue with each board (ENGINE 3).
 *
 *   for each file   4 octets: its size, little-endian · 28: its name, zeros behind it · content,
 *                   padded to whole words with FF; the rest is FF
 */
import { NAME_BYTES_MAX, storedBytes, type Files } from "./storage.js";
import { Trouble } from "./line.js";

/** Where Storage begins on the classic ESP32, and how much of it there is. */
export const STORAGE_ADDRESS = 0x320000;
export const STORAGE_BYTES = 896 * 1024;
const WORD_BYTES = 4;

export function storageImage(files: Files, bytes = STORAGE_BYTES): Buffer {
  const image = Buffer.alloc(bytes, 0xff);
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    if (name === "" || Buffer.byteLength(name, "latin1") > NAME_BYTES_MAX) {
      throw new Trouble(`"${name}" is no name for a file in Storage`);
    }
    if (content === "") throw new Trouble(`${name} is empty, which Storage cannot keep`);
    if (at + storedBytes(content) > bytes) throw new Trouble(`${name} does not fit any more`);
    image.writeUInt32LE(content.length, at);
    image.fill(0, at + WORD_BYTES, at + WORD_BYTES + NAME_BYTES_MAX);
    image.write(name, at + WORD_BYTES, "latin1");
    image.write(content, at + WORD_BYTES + NAME_BYTES_MAX, "latin1");
    at += storedBytes(content);
  }
  return image;
}
