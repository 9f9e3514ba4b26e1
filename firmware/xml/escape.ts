/**
 * Text as XML has it: the five entities and numeric references, both ways, and which octets
 * are characters at all (XML 1.0 "Char", RFC 3629). Everything here scans natively.
 */

/** What cannot stand in text or a value as it is. */
export const SPECIAL = /[&<>'"\x00-\x1f]/g;
const HIGH = /[\x80-\xff]/;
const TAIL = "[\x80-\xbf]";
/** How each kind of sequence begins (RFC 3629), up to its last octet; U+FFC0 to U+FFFF apart. */
const SEQUENCES = [
  "[\xc2-\xdf]", "\xe0[\xa0-\xbf]", "[\xe1-\xec\xee]" + TAIL, "\xed[\x80-\x9f]",
  "\xef[\x80-\xbe]", "\xf0[\x90-\xbf]" + TAIL, "[\xf1-\xf3]" + TAIL + TAIL,
  "\xf4[\x80-\x8f]" + TAIL,
];

/** The five entities of XML, and what they stand for. */
const ENTITIES = ["amp", "lt", "gt", "quot", "apos"];
const MEANINGS = "&<>\"'";

/**
 * For `replace`. Tab and line ends are said by number: as they are, a reader makes blanks of them
 * (XML 1.0 "attribute-value normalization"). Other control characters are dropped.
 */
export function entityOf(character: string): string {
  const at = MEANINGS.indexOf(character);
  const code = character.charCodeAt(0);
  if (code === 9 || code === 10 || code === 13) return "&#" + code + ";";
  return at < 0 ? "" : "&" + ENTITIES[at] + ";";
}

/** The UTF-8 octets of a code point. */
function utf8(code: number): string {
  const octet = String.fromCharCode;
  const last = 0x80 | (code & 63);
  const third = 0x80 | ((code >> 6) & 63);
  return code < 0x80 ? octet(code)
    : code < 0x800 ? octet(0xc0 | (code >> 6), last)
    : code < 0x10000 ? octet(0xe0 | (code >> 12), third, last)
    : octet(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), third, last);
}

/** What stands between `&` and `;`, as octets; "" where it is nothing that XML allows. */
function character(name: string): string {
  const named = ENTITIES.indexOf(name);
  if (named >= 0) return MEANINGS.charAt(named);
  if (name.charAt(0) !== "#" || name.length > 9) return "";
  const hex = name.charAt(1) === "x";
  const digits = name.substring(hex ? 2 : 1);
  const wanted = hex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/;
  if (!wanted.test(digits)) return "";
  const code = parseInt(digits, hex ? 16 : 10);
  if (code < 32 ? code !== 9 && code !== 10 && code !== 13 : code > 0x10ffff) return "";
  const octets = utf8(code);
  return isUtf8(octets) ? octets : ""; // Surrogates and U+FFFE are no characters.
}

/** Entities and references resolved; null where one is malformed or unknown. */
export function unescape(text: string): string | null {
  let at = text.indexOf("&");
  if (at < 0) return text;
  let result = "";
  let from = 0;
  while (at >= 0) {
    const end = text.indexOf(";", at);
    const said = end < 0 ? "" : character(text.substring(at + 1, end));
    if (said === "") return null;
    result += text.substring(from, at) + said;
    from = end + 1;
    at = text.indexOf("&", from);
  }
  return result + text.substring(from);
}

/**
 * True for well-formed UTF-8 without U+FFFE, U+FFFF and surrogates. Each kind of sequence is
 * replaced natively by a dot; what is left over is not a character. A loop over the octets
 * would take half a millisecond for each.
 */
export function isUtf8(bytes: string): boolean {
  let left = bytes;
  if (HIGH.test(bytes)) {
    for (const kind of SEQUENCES) left = left.replace(new RegExp(kind + TAIL, "g"), ".");
    left = left.replace(/\xef\xbf[\x80-\xbd]/g, ".");
  }
  return !HIGH.test(left);
}
