/**
 * The one tree type. A JsVar is dear, so attributes are one packed string, which is searched
 * natively:  \x01name\x02value\x01name\x02value\x01  (neither octet can occur in XML).
 */

/** The value of `name` in a packed list; null where there is none. */
export function lookup(packed: string, name: string): string | null {
  const at = packed.indexOf("\x01" + name + "\x02");
  if (at < 0) return null;
  const from = at + name.length + 2;
  return packed.substring(from, packed.indexOf("\x01", from));
}

/** The entries of a packed list. */
export function items(packed: string): string[] {
  return packed.length < 2 ? [] : packed.substring(1, packed.length - 1).split("\x01");
}

/** The children of all leaves, which are most elements: an array of its own costs a JsVar. */
export const LEAF: Element[] = [];

export class Element {
  children: Element[];
  text: string;

  constructor(
    readonly ns: string,
    readonly name: string,
    readonly attributes: string,
  ) {
    this.children = LEAF;
    this.text = "";
  }

  /** The attribute without a prefix; "" where there is none. */
  attribute(name: string): string {
    const value = lookup(this.attributes, name);
    return value === null ? "" : value;
  }

  /** The first child of that name; null where there is none. */
  child(ns: string, name: string): Element | null {
    for (const child of this.children) if (child.name === name && child.ns === ns) return child;
    return null;
  }
}
