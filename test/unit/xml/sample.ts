/** Streams that fast-check makes up: legal, within the limits, and written in many ways. */
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { HEADER, NS_STREAM, octets } from "../../vectors/xml/stream.js";

/** Prefixes that every stanza declares, so that names may use them. */
const PREFIXES = ["p", "q"];
const aName = fc.constantFrom("a", "iq", "message", "x-y", "b_1", "c.d", "\u00e4", "\u00e0");
const aPrefix = fc.constantFrom("", "", "", ...PREFIXES.map((prefix) => `${prefix}:`));
const aCharacter = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(..."abc 12='\">/]x;-") },
  { weight: 2, arbitrary: fc.constantFrom("\t", "\n", "\r", "\r\n") },
  { weight: 1, arbitrary: fc.constantFrom("\u00e4", "\u00a0", "\u20ac", "\u{1f321}", "\ufffd") },
  { weight: 2, arbitrary: fc.constantFrom("&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;",
    "&#x20ac;", "&#10;", "&#13;", "&#x1F321;") });
const aBlank = fc.constantFrom(" ", " ", " ", "  ", "\n", "\t", "\r\n");
const maybeBlank = fc.constantFrom("", "", "", " ", "\n");

const aText = fc.array(aCharacter, { maxLength: 12 })
  .map((characters) => characters.join("").replace(/]]>/g, "]]&gt;"));
const aCdata = aText.map((text) => `<![CDATA[${text.replace(/]]>/g, "")}]]>`);

const aValue = fc.tuple(fc.constantFrom("'", '"'), aText)
  .map(([quote, text]) => quote + text.split(quote).join("&#34;") + quote);

const anAttribute = fc.record({
  blank: aBlank, name: fc.tuple(aPrefix, aName).map((parts) => parts.join("")),
  before: maybeBlank, after: maybeBlank, value: aValue,
});

const aDeclaration = fc.constantFrom("", "", " xmlns='u'", " xmlns=''", " xmlns:p='v'",
  ` xmlns:q = "w &amp; w"`, ` xmlns:p='v' xmlns:q='${NS_STREAM}'`, " xmlns='jabber:iq:roster'");

/** p and q are never bound to the same namespace, so different names stay different. */
const attributes = fc.tuple(
  fc.uniqueArray(anAttribute, { maxLength: 4, selector: (one) => one.name }), aDeclaration)
  .map(([all, declaration]) => declaration + all.map(
    (one) => one.blank + one.name + one.before + "=" + one.after + one.value).join(""));

const anElement: Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc.record({
    name: fc.tuple(aPrefix, aName).map((parts) => parts.join("")), attributes,
    blank: maybeBlank, end: maybeBlank,
    children: fc.oneof({ maxDepth: 4 }, fc.constant(null),
      fc.array(fc.oneof(aText, aText, aCdata, tie("element")), { maxLength: 4 })),
  }).map(({ name, attributes: own, blank, end, children }) => children === null
    ? `<${name}${own}${blank}/>`
    : `<${name}${own}${blank}>${children.join("")}</${name}${end}>`),
})).element;

/** A stanza declares both prefixes around whatever is inside. */
const aStanza = anElement.map((inner) => `<m xmlns:p='p0' xmlns:q='q0'>${inner}</m>`);

export function aStream(): Arbitrary<string> {
  return fc.tuple(fc.array(fc.tuple(aStanza, aBlank), { maxLength: 3 }), fc.boolean())
    .map(([stanzas, ended]) => octets(HEADER + stanzas.map((one) => one.join("")).join("")
      + (ended ? "</stream:stream>" : "")));
}
