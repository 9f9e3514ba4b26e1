import { hmac as authenticate } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { pbkdf2 as derive } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";

// What the HAL's contract wants of hashes and encodings, in plain JavaScript: JerryScript has
// none of it. Octet strings in and out.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SHA1_BYTES = 20;
const POLYNOMIAL = 0xedb88320;

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  table[byte] = crc;
}

function octets(text) {
  const found = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) found[i] = text.charCodeAt(i);
  return found;
}

function text(bytes) {
  let found = "";
  for (let i = 0; i < bytes.length; i++) found += String.fromCharCode(bytes[i]);
  return found;
}

/** An algorithm is the length of its hash (hal.ts). */
function algorithmOf(length) {
  return length === SHA1_BYTES ? sha1 : sha256;
}

export function hash(algorithm, bytes) {
  return text(algorithmOf(algorithm)(octets(bytes)));
}

export function hmac(algorithm, key, bytes) {
  return text(authenticate(algorithmOf(algorithm), octets(key), octets(bytes)));
}

export function pbkdf2(algorithm, password, salt, iterations) {
  const how = { c: iterations, dkLen: algorithm };
  return text(derive(algorithmOf(algorithm), octets(password), octets(salt), how));
}

export function base64(bytes) {
  let found = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = bytes.charCodeAt(i) << 16
      | (left > 1 ? bytes.charCodeAt(i + 1) << 8 : 0) | (left > 2 ? bytes.charCodeAt(i + 2) : 0);
    found += DIGITS[word >> 18] + DIGITS[word >> 12 & 63]
      + (left > 1 ? DIGITS[word >> 6 & 63] : "=") + (left > 2 ? DIGITS[word & 63] : "=");
  }
  return found;
}

/** What does not come out of `base64` again was not base64. */
export function unbase64(text) {
  let bytes = "";
  let word = 0;
  let bits = 0;
  for (let i = 0; i < text.length && text[i] !== "="; i++) {
    word = (word << 6 | DIGITS.indexOf(text[i]) & 63) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode(word >> bits & 255);
  }
  return base64(bytes) === text ? bytes : "";
}

export function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = table[(crc ^ bytes.charCodeAt(i)) & 255] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
