/**
 * Elements of the field as 32 octets, little-endian, and back (RFC 7748). Not hot: once at either
 * end of a multiplication.
 */
import type { Limbs, Register } from "./field.js";

/** Bits of each limb; together 255. */
const WIDTHS = [22, 21, 21, 21, 22, 21, 21, 21, 22, 21, 21, 21];
const LIMBS = 12;

/** Into both forms. The highest bit is ignored, a value beyond the prime is taken as it is. */
export function load(bytes: string, register: Register): void {
  const limbs = [];
  let bits = 0;
  let count = 0;
  let at = 0;
  let unit = 1;
  for (let k = 0; k < LIMBS; k++) {
    // At most 21 + 8 bits wait.
    while (count < WIDTHS[k] && at < 32) {
      bits += (bytes.charCodeAt(at) & (at < 31 ? 255 : 127)) << count;
      count += 8;
      at++;
    }
    const size = 1 << WIDTHS[k];
    limbs.push((bits & (size - 1)) * unit);
    bits >>= WIDTHS[k];
    count -= WIDTHS[k];
    unit *= size;
  }
  // `unit` is 2^255 now.
  const fold = 19 / unit;
  for (let k = 0; k < LIMBS; k++) {
    register.row[LIMBS - 1 - k] = limbs[k];
    register.ring[LIMBS - 1 + k] = limbs[k];
    if (k > 0) register.ring[k - 1] = limbs[k] * fold;
  }
}

/** The twelve limbs of a row, as a product would give them. */
export function limbsOf(row: Float64Array): Limbs {
  const limbs = [];
  for (let k = LIMBS - 1; k >= 0; k--) limbs.push(row[k]);
  limbs.push(0);
  return limbs;
}

/** The one value from 0 to p - 1 that these limbs stand for. */
export function store(limbs: Limbs): string {
  const digits = [];
  let unit = 1;
  for (let k = 0; k < LIMBS; k++) {
    digits.push(limbs[k] / unit);
    unit *= 1 << WIDTHS[k];
  }
  digits[0] += limbs[LIMBS] / unit * 19;
  // The first two rounds leave at most one carry, the third none.
  for (let round = 0; round < 3; round++) {
    const rest = carry(digits, 0);
    digits[0] += 19 * rest;
  }
  // Adding 19 reaches 2^255 just where the value is not below p.
  if (carry(digits.slice(0), 19) > 0) {
    digits[0] += 19;
    carry(digits, 0);
  }
  return pack(digits);
}

/** Makes each digit one of its width; what is left beyond the last. */
function carry(digits: number[], first: number): number {
  let rest = first;
  for (let k = 0; k < LIMBS; k++) {
    const value = digits[k] + rest;
    const size = 1 << WIDTHS[k];
    rest = Math.floor(value / size);
    digits[k] = value - rest * size;
  }
  return rest;
}

function pack(digits: number[]): string {
  let bytes = "";
  let bits = 0;
  let count = 0;
  for (let k = 0; k < LIMBS; k++) {
    bits += digits[k] << count;
    count += WIDTHS[k];
    while (count >= 8) {
      bytes += String.fromCharCode(bits & 255);
      bits >>= 8;
      count -= 8;
    }
  }
  return bytes + String.fromCharCode(bits & 127);
}
