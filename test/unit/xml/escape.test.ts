import fc from "fast-check";
import { expect, test } from "vitest";
import { isUtf8, unescape } from "../../../firmware/xml/escape.js";
import { text as escape } from "../../../firmware/xml/print.js";
import { octets } from "../../vectors/xml/stream.js";

/** Without tab and line ends, which XML can say. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;
const anOctets = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));

test("what XML gives a meaning is escaped", () => {
  expect(escape(`a<b>&"c"'d'`)).toBe("a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;");
  expect(escape("]]>")).toBe("]]&gt;");
  expect(escape("plain")).toBe("plain");
  expect(escape("\x80\xff")).toBe("\x80\xff");
});

test("control characters are dropped, but for those that XML has a number for", () => {
  for (let code = 0; code < 32; code++) {
    const said = [9, 10, 13].includes(code) ? `&#${code};` : "";
    expect(escape(`a${String.fromCharCode(code)}b`)).toBe(`a${said}b`);
  }
});

test("whatever is escaped has no markup in it, and comes back as it was", () => {
  fc.assert(fc.property(anOctets, (text) => {
    const safe = escape(text) as string;
    expect(safe).not.toMatch(/[<>'"\x00-\x1f]/);
    expect(unescape(safe)).toBe(text.replace(CONTROLS, ""));
  }));
});

test.each(["&", "&;", "&amp", "& amp;", "&AMP;", "&nbsp;", "&#;", "&#x;", "&#0;", "&#1;", "&#x1f;",
  "&#xD800;", "&#xDFFF;", "&#xFFFE;", "&#xFFFF;", "&#x110000;", "&#99999999999;", "&#-1;", "&#1e1;",
  "&#x1G;", "&#6 5;", "a&b;c", "&amp;&", "&&amp;", "&constructor;", "&#X41;"])(
  "%s is no reference", (text) => {
    expect(unescape(text)).toBeNull();
  });

test("every code point that XML allows can be referred to, as the UTF-8 that it is", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0x10ffff }), fc.boolean(), (code, hex) => {
    const text = `x&#${hex ? `x${code.toString(16)}` : code};y`;
    const isControl = code < 32 && ![9, 10, 13].includes(code);
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    if (isControl || isSurrogate || code === 0xfffe || code === 0xffff) {
      expect(unescape(text)).toBeNull();
    } else expect(unescape(text)).toBe(octets(`x${String.fromCodePoint(code)}y`));
  }), { numRuns: 2000 });
});

test("UTF-8 is what the decoder of Node takes for it, without U+FFFE and U+FFFF", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const judge = (bytes: string): boolean => {
    try {
      return !/[\ufffe\uffff]/.test(decoder.decode(Buffer.from(bytes, "latin1")));
    } catch {
      return false;
    }
  };
  const aPiece = fc.oneof(
    fc.integer({ min: 0x20, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => octets(String.fromCodePoint(code))),
    fc.constantFrom("\xc0", "\xc2", "\xdf", "\xe0", "\xe1", "\xed", "\xef", "\xf0", "\xf4", "\xf5",
      "\x80", "\x8f", "\x90", "\x9f", "\xa0", "\xbf", "\xbe", "a"));
  fc.assert(fc.property(fc.array(aPiece, { maxLength: 8 }), (pieces) => {
    const bytes = pieces.join("");
    expect(isUtf8(bytes)).toBe(judge(bytes));
  }), { numRuns: 3000 });
});
