/**
 * Text as XML has it: the five entities and numeric references, both ways, and which octets
 * are characters at all (XML 1.0 "Char", RFC 3629). Everything here scans natively.
 */

const SPECIAL = /[&<>'"\x00-\x1f]/;
const HIGH = /[\x80-\xff]/;

function entityOf(character: string): string {
  if (character === "&") return "&amp;";
  if (character === "<") return "&lt;";
  if (character === ">") return "&gt;";
  if (character === "'") return "&apos;";
  return character === '"' ? "&quot;" : "";
}

/** For text and attribute values. Control characters cannot be said in XML and are dropped. */
export function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>'"\x00-\x1f]/g, entityOf) : text;
}

/** The UTF-8 octets of a code point. */
function utf8(code: number): string {
  const last = String.fromCharCode(0x80 | (code & 63));
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6)) + last;
  const middle = String.fromCharCode(0x80 | ((code >> 6) & 63)) + last;
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12)) + middle;
  return String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63)) + middle;
}

/** What stands between `&` and `;`, as octets; "" where it is nothing that XML allows. */
function character(name: string): string {
  const named = ["amp", "lt", "gt", "quot", "apos"].indexOf(name);
  if (named >= 0) return "&<>\"'".charAt(named);
  if (name.charAt(0) !== "#" || name.length > 9) return "";
  const hex = name.charAt(1) === "x";
  const digits = name.substring(hex ? 2 : 1);
  const wanted = hex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/;
  if (!wanted.test(digits)) return "";
  const code = parseInt(digits, hex ? 16 : 10);
  if (code < 32 ? code !== 9 && code !== 10 && code !== 13 : code > 0x10ffff) return "";
  if ((code >= 0xd800 && code < 0xe000) || code === 0xfffe || code === 0xffff) return "";
  return utf8(code);
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
  if (!HIGH.test(bytes)) return true;
  const left = bytes
    .replace(/[\xc2-\xdf][\x80-\xbf]/g, ".")
    .replace(/\xe0[\xa0-\xbf][\x80-\xbf]/g, ".")
    .replace(/[\xe1-\xec\xee][\x80-\xbf][\x80-\xbf]/g, ".")
    .replace(/\xed[\x80-\x9f][\x80-\xbf]/g, ".")
    .replace(/\xef[\x80-\xbe][\x80-\xbf]/g, ".")
    .replace(/\xef\xbf[\x80-\xbd]/g, ".")
    .replace(/\xf0[\x90-\xbf][\x80-\xbf][\x80-\xbf]/g, ".")
    .replace(/[\xf1-\xf3][\x80-\xbf][\x80-\xbf][\x80-\xbf]/g, ".")
    .replace(/\xf4[\x80-\x8f][\x80-\xbf][\x80-\xbf]/g, ".");
  return !HIGH.test(left);
}
