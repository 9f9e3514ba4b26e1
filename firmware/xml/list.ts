/**
 * Packed lists: many names, or names with values, in one string, as a JsVar is dear and native
 * search is quick. Neither separator can occur in XML.
 *
 *   names   \x01a\x01b\x01                  values   \x01a\x02value\x01b\x02value\x01
 *
 * COMPAT: `indexOf` of Espruino (2v29) also finds what only begins at the end of the text:
 * "xxy".indexOf("yb") is 2. Whoever looks for more than one octet uses `find`; a gate sees to it.
 */

/** The place of `part` at or after `from`; -1 where it is not whole. */
export function find(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at + part.length > text.length ? -1 : at;
}

export function has(names: string, name: string): boolean {
  return find(names, "\x01" + name + "\x01", 0) >= 0;
}

/** The names, or the entries with their values. */
export function items(packed: string): string[] {
  return packed.length < 2 ? [] : packed.substring(1, packed.length - 1).split("\x01");
}

/** The value of `name`; null where there is none. */
export function lookup(packed: string, name: string): string | null {
  const at = find(packed, "\x01" + name + "\x02", 0);
  if (at < 0) return null;
  const from = at + name.length + 2;
  return packed.substring(from, packed.indexOf("\x01", from));
}

/** Without the entry of `name`. */
export function without(packed: string, name: string): string {
  const at = find(packed, "\x01" + name + "\x02", 0);
  return at < 0 ? packed
    : packed.substring(0, at) + packed.substring(packed.indexOf("\x01", at + 1));
}
