/**
 * XML compared by structure: order of attributes, quotes and blanks do not matter, and `…`
 * stands for whatever is there:
 *
 *   <presence type="subscribed" …/>          any other attributes, and any namespace
 *                                           where none is said
 *   <timestamp value="…">                    this attribute, with any value
 *   <iq type="error" …>…<forbidden/>…</iq>   any children before, between and after
 */
import { NS_CLIENT, parse } from "./markup.js";
import type { Node } from "./markup.js";

const ANY = "…";
/** What `…` becomes in a tag, as it is no attribute. */
const ANY_ATTRIBUTE = "any-other";

export function parsePattern(text: string): Node {
  let quote = "";
  let isTag = false;
  let xml = "";
  for (const one of text) {
    if (isTag && quote === "" && one === ANY) {
      xml += `${ANY_ATTRIBUTE}='${ANY}'`;
      continue;
    }
    if (quote !== "") quote = one === quote ? "" : quote;
    else if (isTag && (one === "'" || one === '"')) quote = one;
    else if (one === "<") isTag = true;
    else if (one === ">") isTag = false;
    xml += one;
  }
  return parse(xml);
}

/** How they differ, in words; "" where the pattern fits. */
export function difference(pattern: Node, actual: Node, isInAny = false): string {
  const name = `<${pattern.name}>`;
  if (pattern.name !== actual.name) return `${name} wanted, <${actual.name}> found`;
  const isOpen = ANY_ATTRIBUTE in pattern.attributes;
  const isAnyNs = (isOpen || isInAny) && pattern.ns === NS_CLIENT;
  if (!isAnyNs && pattern.ns !== actual.ns) {
    return `${name}: xmlns ${pattern.ns} wanted, ${actual.ns} found`;
  }
  for (const [key, value] of Object.entries(pattern.attributes)) {
    if (key === ANY_ATTRIBUTE) continue;
    const found = actual.attributes[key];
    if (found === undefined) return `${name}: no attribute ${key}`;
    if (value !== ANY && value !== found) return `${name}: ${key} is "${found}", not "${value}"`;
  }
  for (const key of Object.keys(actual.attributes)) {
    if (!isOpen && !(key in pattern.attributes)) return `${name}: ${key} was not expected`;
  }
  return differentChildren(name, significant(pattern), significant(actual), isAnyNs);
}

function differentChildren(
  name: string, wanted: (Node | string)[], found: (Node | string)[], isAnyNs: boolean,
): string {
  let at = 0;
  let isLoose = false;
  let last = "";
  for (const one of wanted) {
    if (one === ANY) {
      isLoose = true;
      continue;
    }
    for (last = ""; at < found.length; at++) {
      last = differentChild(one, found[at]!, isAnyNs);
      if (last === "" || !isLoose) break;
    }
    if (at === found.length) return `${name}: nothing like ${short(one)} inside; ${last}`;
    if (last !== "") return `${name}: ${last}`;
    isLoose = false;
    at++;
  }
  return at < found.length && !isLoose ? `${name}: more inside than expected, ` +
    `${short(found[at]!)}` : "";
}

function differentChild(wanted: Node | string, found: Node | string, isAnyNs: boolean): string {
  if (typeof wanted !== "string" && typeof found !== "string") {
    return difference(wanted, found, isAnyNs);
  }
  return wanted === found ? "" : `${short(wanted)} wanted, ${short(found)} found`;
}

function short(child: Node | string): string {
  return typeof child === "string" ? `"${child}"` : `<${child.name}>`;
}

/** Texts next to each other are one; blanks around them are layout; each `…` is for itself. */
function significant(node: Node): (Node | string)[] {
  const kept: (Node | string)[] = [];
  let text = "";
  for (const child of [...node.children, ""]) {
    if (typeof child === "string" && child !== "") {
      text += child;
      continue;
    }
    for (const part of text.split(/(…)/)) if (part.trim() !== "") kept.push(part.trim());
    text = "";
    if (child !== "") kept.push(child);
  }
  return kept;
}
