/**
 * Arithmetic modulo 2^255 - 19 for an interpreter whose only native loop over numbers is a dot
 * product of doubles (RENDEZVOUS 2.3). Exact by construction:
 *
 *   - An element is 12 limbs. Limb k is a double, a multiple of 2^POSITIONS[k], held at its true
 *     magnitude, so that the product of limbs i and j lies where it belongs. Carried limbs have
 *     at most 22 bits; a sum or a difference of two elements, 23.
 *   - `row`: the limbs, the last first. `ring`: 19·2^-255 times limbs 1 to 11, then limbs 0 to 11.
 *     Coefficient k of a product is dot(row, ring, k): what goes beyond 2^255 folds in by itself.
 *   - Every term is a multiple of 2^POSITIONS[k], and even for operands of 23 bits all 12 together
 *     stay below 2^53 of that unit: no sum of doubles is ever rounded (the tests check each).
 *   - A carry is t + m - m with m = 1.5·2^(52 + position): rounding to nearest at that bit. It
 *     needs IEEE doubles, which `curve.ts` looks for before it believes anything.
 *
 * The long lines are unrolled because a turn of a loop costs more here than the work in it, and
 * limbs are parameters because those are the cheapest names there are.
 */
import type { Convolve } from "../../hal/hal.js";

/** Where each limb begins: 21.25 bits apart, rounded up; and the end. */
const POSITIONS = [0, 22, 43, 64, 85, 107, 128, 149, 170, 192, 213, 234, 255];
const LIMBS = 12;
/** (486662 - 2) / 4: the curve's constant in the ladder (RFC 7748). */
const A24 = 121665;

/** One element in both forms. */
export interface Register {
  row: Float64Array;
  ring: Float64Array;
}

/** Twelve limbs, and the carry beyond the last: what a product is. */
export type Limbs = number[];

export interface Field {
  product(row: Float64Array, ring: Float64Array): Limbs;
  /** Where the next `both`, `single`, `sums`, `rows` write. */
  into(first: Register, second: Register): void;
  /** Of one product: row and ring into the first. */
  both(...limbs: number[]): void;
  /** Of one product: its row into the first. */
  single(...limbs: number[]): void;
  /** Of two products, one behind the other: their sum into the first, difference the second. */
  sums(...limbs: number[]): void;
  /** The same, the rows alone. */
  rows(...limbs: number[]): void;
  /** Where the next `doubling` writes. */
  scratch(first: Register, second: Register, third: Register): void;
  /**
   * Of two products aa and bb: the ring of aa into the first, the row of bb into the second, the
   * ring of e = aa - bb into the third. Returns aa + A24·e.
   */
  doubling(...limbs: number[]): Limbs;
}

export function createRegister(): Register {
  return { row: new Float64Array(LIMBS), ring: new Float64Array(2 * LIMBS - 1) };
}

/** 2^exponent, exactly, which the interpreter's own power function is not. */
function power(exponent: number): number {
  let value = 1;
  for (let i = 0; i < exponent; i++) value *= 2;
  for (let i = 0; i > exponent; i--) value /= 2;
  return value;
}

export function createField(dot: Convolve): Field {
  const f = 19 * power(-255);
  const marks = [];
  for (let k = 1; k <= LIMBS; k++) marks.push(1.5 * power(52 + POSITIONS[k]));
  const multiplier = createMultiplier.apply(null, [dot, f].concat(marks as never) as never);
  const writer = createWriter(f, marks[0]);
  return {
    product: multiplier.product, scratch: multiplier.scratch, doubling: multiplier.doubling,
    into: writer.into, both: writer.both, single: writer.single, sums: writer.sums,
    rows: writer.rows,
  };
}

type Multiplier = Pick<Field, "product" | "scratch" | "doubling">;
type Writer = Pick<Field, "into" | "both" | "single" | "sums" | "rows">;

function createMultiplier(
  dot: Convolve, f: number, m0: number, m1: number, m2: number, m3: number, m4: number,
  m5: number, m6: number, m7: number, m8: number, m9: number, m10: number, m11: number,
): Multiplier {
  let aa: Float64Array, bb: Float64Array, e: Float64Array;
  function product(row: Float64Array, ring: Float64Array): Limbs {
    let t = dot(row, ring, 0);
    let c = t + m0 - m0;
    return [
      t - c, (t = dot(row, ring, 1) + c) - (c = t + m1 - m1),
      (t = dot(row, ring, 2) + c) - (c = t + m2 - m2),
      (t = dot(row, ring, 3) + c) - (c = t + m3 - m3),
      (t = dot(row, ring, 4) + c) - (c = t + m4 - m4),
      (t = dot(row, ring, 5) + c) - (c = t + m5 - m5),
      (t = dot(row, ring, 6) + c) - (c = t + m6 - m6),
      (t = dot(row, ring, 7) + c) - (c = t + m7 - m7),
      (t = dot(row, ring, 8) + c) - (c = t + m8 - m8),
      (t = dot(row, ring, 9) + c) - (c = t + m9 - m9),
      (t = dot(row, ring, 10) + c) - (c = t + m10 - m10),
      (t = dot(row, ring, 11) + c) - (c = t + m11 - m11), c,
    ];
  }
  function scratch(first: Register, second: Register, third: Register): void {
    aa = first.ring;
    bb = second.row;
    e = third.ring;
  }
  function doubling(
    a0: number, a1: number, a2: number, a3: number, a4: number, a5: number, a6: number,
    a7: number, a8: number, a9: number, a10: number, a11: number, a: number,
    b0: number, b1: number, b2: number, b3: number, b4: number, b5: number, b6: number,
    b7: number, b8: number, b9: number, b10: number, b11: number, b: number,
  ): Limbs {
    let t = a0 + f * a;
    let c = t + m0 - m0;
    a0 = t - c;
    a1 += c;
    t = b0 + f * b;
    c = t + m0 - m0;
    b0 = t - c;
    b1 += c;
    aa.set([f * a1, f * a2, f * a3, f * a4, f * a5, f * a6, f * a7, f * a8, f * a9, f * a10,
      f * a11, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11]);
    bb.set([b11, b10, b9, b8, b7, b6, b5, b4, b3, b2, b1, b0]);
    b0 = a0 - b0; b1 = a1 - b1; b2 = a2 - b2; b3 = a3 - b3; b4 = a4 - b4; b5 = a5 - b5;
    b6 = a6 - b6; b7 = a7 - b7; b8 = a8 - b8; b9 = a9 - b9; b10 = a10 - b10; b11 = a11 - b11;
    e.set([f * b1, f * b2, f * b3, f * b4, f * b5, f * b6, f * b7, f * b8, f * b9, f * b10,
      f * b11, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11]);
    return [
      (t = a0 + A24 * b0) - (c = t + m0 - m0), (t = a1 + A24 * b1 + c) - (c = t + m1 - m1),
      (t = a2 + A24 * b2 + c) - (c = t + m2 - m2), (t = a3 + A24 * b3 + c) - (c = t + m3 - m3),
      (t = a4 + A24 * b4 + c) - (c = t + m4 - m4), (t = a5 + A24 * b5 + c) - (c = t + m5 - m5),
      (t = a6 + A24 * b6 + c) - (c = t + m6 - m6), (t = a7 + A24 * b7 + c) - (c = t + m7 - m7),
      (t = a8 + A24 * b8 + c) - (c = t + m8 - m8), (t = a9 + A24 * b9 + c) - (c = t + m9 - m9),
      (t = a10 + A24 * b10 + c) - (c = t + m10 - m10),
      (t = a11 + A24 * b11 + c) - (c = t + m11 - m11), c,
    ];
  }
  return { product, scratch, doubling };
}

/** Where the writers write: `into` sets it. */
interface Target {
  one: Register;
  two: Register;
}

function createWriter(f: number, m: number): Writer {
  const target = {} as Target;
  function into(first: Register, second: Register): void {
    target.one = first;
    target.two = second;
  }
  function both(
    a0: number, a1: number, a2: number, a3: number, a4: number, a5: number, a6: number,
    a7: number, a8: number, a9: number, a10: number, a11: number, a: number,
  ): void {
    const t = a0 + f * a;
    a0 = t - (a = t + m - m);
    a1 += a;
    target.one.ring.set([f * a1, f * a2, f * a3, f * a4, f * a5, f * a6, f * a7, f * a8, f * a9,
      f * a10, f * a11, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11]);
    target.one.row.set([a11, a10, a9, a8, a7, a6, a5, a4, a3, a2, a1, a0]);
  }
  function single(
    a0: number, a1: number, a2: number, a3: number, a4: number, a5: number, a6: number,
    a7: number, a8: number, a9: number, a10: number, a11: number, a: number,
  ): void {
    const t = a0 + f * a;
    a0 = t - (a = t + m - m);
    target.one.row.set([a11, a10, a9, a8, a7, a6, a5, a4, a3, a2, a1 + a, a0]);
  }
  return {
    into, both, single, rows: createRows(f, m, target), sums: createSums(f, m, target),
  };
}

function createRows(f: number, m: number, target: Target): Field["rows"] {
  function rows(
    a0: number, a1: number, a2: number, a3: number, a4: number, a5: number, a6: number,
    a7: number, a8: number, a9: number, a10: number, a11: number, a: number,
    b0: number, b1: number, b2: number, b3: number, b4: number, b5: number, b6: number,
    b7: number, b8: number, b9: number, b10: number, b11: number, b: number,
  ): void {
    let t = a0 + f * a;
    a0 = t - (a = t + m - m);
    a1 += a;
    t = b0 + f * b;
    b0 = t - (b = t + m - m);
    b1 += b;
    target.one.row.set([a11 + b11, a10 + b10, a9 + b9, a8 + b8, a7 + b7, a6 + b6, a5 + b5,
      a4 + b4, a3 + b3, a2 + b2, a1 + b1, a0 + b0]);
    target.two.row.set([a11 - b11, a10 - b10, a9 - b9, a8 - b8, a7 - b7, a6 - b6, a5 - b5,
      a4 - b4, a3 - b3, a2 - b2, a1 - b1, a0 - b0]);
  }
  return rows as Field["rows"];
}

function createSums(f: number, m: number, target: Target): Field["sums"] {
  function sums(
    a0: number, a1: number, a2: number, a3: number, a4: number, a5: number, a6: number,
    a7: number, a8: number, a9: number, a10: number, a11: number, a: number,
    b0: number, b1: number, b2: number, b3: number, b4: number, b5: number, b6: number,
    b7: number, b8: number, b9: number, b10: number, b11: number, b: number,
  ): void {
    let t = a0 + f * a;
    a0 = t - (a = t + m - m);
    a1 += a;
    t = b0 + f * b;
    b0 = t - (b = t + m - m);
    b1 += b;
    t = a0; a0 += b0; b0 = t - b0; t = a1; a1 += b1; b1 = t - b1; t = a2; a2 += b2; b2 = t - b2;
    t = a3; a3 += b3; b3 = t - b3; t = a4; a4 += b4; b4 = t - b4; t = a5; a5 += b5; b5 = t - b5;
    t = a6; a6 += b6; b6 = t - b6; t = a7; a7 += b7; b7 = t - b7; t = a8; a8 += b8; b8 = t - b8;
    t = a9; a9 += b9; b9 = t - b9; t = a10; a10 += b10; b10 = t - b10;
    t = a11; a11 += b11; b11 = t - b11;
    target.one.ring.set([f * a1, f * a2, f * a3, f * a4, f * a5, f * a6, f * a7, f * a8, f * a9,
      f * a10, f * a11, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11]);
    target.two.ring.set([f * b1, f * b2, f * b3, f * b4, f * b5, f * b6, f * b7, f * b8, f * b9,
      f * b10, f * b11, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11]);
    target.one.row.set([a11, a10, a9, a8, a7, a6, a5, a4, a3, a2, a1, a0]);
    target.two.row.set([b11, b10, b9, b8, b7, b6, b5, b4, b3, b2, b1, b0]);
  }
  return sums as Field["sums"];
}
