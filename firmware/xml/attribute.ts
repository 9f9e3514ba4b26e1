/** The attributes of a tag, packed (element.ts). */
import { unescape } from "./escape.js";
import { find, lookup } from "./list.js";

/** With a prefix or without. (Both in one pattern would take the engine quadratic time.) */
export const NAME = /^[A-Z_a-z\x80-\xff][-.0-9:A-Z_a-z\x80-\xff]*$/;
/** What follows the colon. */
export const LOCAL = /^[A-Z_a-z\x80-\xff][-.0-9A-Z_a-z\x80-\xff]*$/;
/** The usual way to write an attribute up to its value: one blank, a name, `=`. */
const KEY = /^ [A-Z_a-z][-.0-9:A-Z_a-z]*=$/;

/** `parts`: ` key=`, value, ` key=`, value, …, "". Null where it is not that. */
export function packParts(parts: string[], entities: boolean): string | null {
  const last = parts.length - 1;
  let packed = "\x01";
  if (parts[last].trim() !== "") return null;
  for (let i = 0; i < last; i += 2) {
    const key = parts[i];
    if (!KEY.test(key)) return null;
    const name = key.substring(1, key.length - 1) + "\x02";
    const value = entities ? unescape(parts[i + 1]) : parts[i + 1];
    if (value === null || find(packed, "\x01" + name, 0) >= 0) return null;
    packed += name + value + "\x01";
  }
  return packed;
}

/** White space around `=`, both kinds of quotes: legal, rare, walked. */
export function packUnusual(text: string): string | null {
  let packed = "\x01";
  let rest = text;
  while (rest.trim() !== "") {
    const equals = rest.indexOf("=");
    const key = rest.substring(0, equals);
    // Not `trim`, to which the last octet of some letters is white space.
    const found = key.match(/[^ ]+/);
    const name = found ? found[0] : "";
    const value = rest.substring(equals + 1).trim();
    const quote = value.charAt(0);
    const end = quote === "'" || quote === '"' ? value.indexOf(quote, 1) : -1;
    const said = end < 0 ? null : unescape(value.substring(1, end));
    if (equals < 0 || said === null || key.charAt(0) !== " " || !NAME.test(name) ||
      key.replace(name, "").trim() !== "") return null;
    if (lookup(packed, name) !== null) return null;
    packed += name + "\x02" + said + "\x01";
    rest = value.substring(end + 1);
  }
  return packed;
}
