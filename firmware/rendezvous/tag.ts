/**
 * Lists of values under numbers, as descriptions and credentials are sent: u8 tag, u16 BE length,
 * value; again and again. A tag that is not known is skipped, one that comes twice counts once,
 * the first time. Numbers are one or two octets, big-endian.
 */

export function tagged(tag: number, value: string): string {
  return String.fromCharCode(tag, value.length >> 8, value.length & 255) + value;
}

/** Nothing at all for "", which is what a value that is absent reads as. */
export function optional(tag: number, value: string): string {
  return value === "" ? "" : tagged(tag, value);
}

export function u16(value: number): string {
  return String.fromCharCode((value >> 8) & 255, value & 255);
}

export function readU16(bytes: string, at: number): number {
  return bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
}

/** Whether the list ends where it should. */
export function isSound(list: string): boolean {
  let at = 0;
  while (at + 3 <= list.length) at += 3 + readU16(list, at + 1);
  return at === list.length;
}

/** The value of a tag in a list that is sound; "" where it has none. */
export function valueOf(list: string, tag: number): string {
  let at = 0;
  while (at < list.length) {
    const length = readU16(list, at + 1);
    if (list.charCodeAt(at) === tag) return list.substring(at + 3, at + 3 + length);
    at += 3 + length;
  }
  return "";
}

/** A number of one or two octets; `none` where it is absent or of another size. */
export function numberOf(list: string, tag: number, none: number): number {
  const value = valueOf(list, tag);
  if (value.length === 1) return value.charCodeAt(0);
  return value.length === 2 ? readU16(value, 0) : none;
}
