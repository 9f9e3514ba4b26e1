/** The one tree type. A JsVar is dear: attributes are one packed list, searched natively. */
import { lookup } from "./list.js";

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
