/**
 * X25519 (RFC 7748) in steps: the Montgomery ladder, one bit a step, then the inversion in steps
 * of about the same cost. A step is some 7 million instructions, 60 to 110 ms on a chip, so that
 * LED, button and socket live between two (RENDEZVOUS 2.4).
 *
 * What differs between a 0 and a 1 of the scalar is which two registers are called p and q, so
 * the time hardly depends on it; a scalar is used for two points at most, and then forgotten.
 */
import { limbsOf, load, store } from "./element.js";
import { createRegister } from "./field.js";
import type { Field, Limbs, Register } from "./field.js";

export const POINT_BYTES = 32;
const BITS = 255;
/** Sum and difference (x + z, x - z) of the point that is doubled: P and Q; of the other: U, W. */
const P = 0;
const Q = 1;
const U = 2;
const W = 3;
/** Products on the way, and the x of the point that was given. */
const AA = 4;
const BB = 5;
const E = 6;
const G = 7;
const S = 8;
const D = 9;
const X = 10;
const REGISTERS = 11;
/** Squarings in one step of the inversion: ten make a step of the ladder. */
const SQUARINGS = 9;
/**
 * Fermat: z^(p-2), by way of z^(2^n - 1) for n = 5, 10, 20, 40, 50, 100, 200, 250. Each turn:
 * register `from` squared so many times, times register `by`, into register `to`.
 */
const CHAIN = [
  0, 1, -1, 1, 1, 2, 0, 2, 2, 0, 1, 3, 3, 1, 2, 0, 0, 5, 0, 1, 1, 10, 1, 0,
  0, 20, 0, 0, 0, 10, 1, 1, 1, 50, 1, 0, 0, 100, 0, 0, 0, 50, 1, 0, 0, 5, 3, 0,
];

export class Ladder {
  /** 32 octets once `step` has said so; all zeros for a point of low order. */
  result: string;
  private readonly registers: Register[];
  private readonly scalar: string;
  /** Bits of the scalar that are left, 0 during the inversion. */
  private left: number;
  private last: number;
  /** Place in CHAIN, and the squarings that are left of it; -1: not begun. */
  private turn: number;
  private squarings: number;

  /** 32 octets each; the scalar is clamped here. */
  constructor(private readonly field: Field, scalar: string, point: string) {
    const registers: Register[] = [];
    for (let i = 0; i < REGISTERS; i++) registers.push(createRegister());
    this.registers = registers;
    this.scalar = String.fromCharCode(scalar.charCodeAt(0) & 248) + scalar.substring(1, 31) +
      String.fromCharCode((scalar.charCodeAt(31) & 127) | 64);
    load(point, registers[X]);
    load(point, registers[U]);
    load(point, registers[W]);
    // The doubled point is infinity (1 : 0), the other the one that was given (x : 1).
    add(registers[P], 1);
    add(registers[Q], 1);
    add(registers[U], 1);
    add(registers[W], -1);
    this.left = BITS;
    this.last = this.turn = 0;
    this.squarings = -1;
    this.result = "";
  }

  /** True when `result` is there. */
  step(): boolean {
    if (this.result !== "") return true;
    if (this.left > 0) this.climb();
    else this.invert();
    return this.result !== "";
  }

  /** Where the ladder has got to, for a test of the arithmetic: p, then q. */
  state(): string {
    return store(limbsOf(this.registers[P].row)) + store(limbsOf(this.registers[Q].row));
  }

  /** RFC 7748's loop, on sums and differences. */
  private climb(): void {
    const field = this.field;
    const r = this.registers;
    this.left--;
    const bit = this.bit(this.left);
    if (bit !== this.last) this.swap();
    this.last = bit;
    // Only what is p and q in the next step is needed in both forms.
    const stays = this.bit(this.left - 1) === bit;
    const forms = stays ? field.sums : field.rows;
    const others = stays ? field.rows : field.sums;
    field.scratch(r[AA], r[BB], r[E]);
    const e = field.doubling.apply(null, this.two(P, P, Q, Q));
    field.into(r[G], r[G]);
    field.single.apply(null, e);
    field.into(r[S], r[D]);
    field.sums.apply(null, this.two(W, P, U, Q));
    field.into(r[P], r[Q]);
    forms.apply(null, this.two(BB, AA, G, E));
    field.into(r[G], r[G]);
    field.single.apply(null, field.product(r[D].row, r[D].ring));
    field.into(r[U], r[W]);
    others.apply(null, this.two(S, S, G, X));
    if (this.left === 0) this.finish();
  }

  /** Two products, each a row times a ring. */
  private two(row: number, ring: number, otherRow: number, otherRing: number): Limbs {
    const r = this.registers;
    return this.field.product(r[row].row, r[ring].ring)
      .concat(this.field.product(r[otherRow].row, r[otherRing].ring));
  }

  private swap(): void {
    const r = this.registers;
    const p = r[P];
    const q = r[Q];
    r[P] = r[U];
    r[Q] = r[W];
    r[U] = p;
    r[W] = q;
  }

  /** From sum and difference: 2x into X, and 2z to where the inversion begins. */
  private finish(): void {
    const field = this.field;
    if (this.last) this.swap();
    const x = limbsOf(this.registers[P].row);
    const z = x.slice(0);
    const q = limbsOf(this.registers[Q].row);
    for (let k = 0; k < q.length; k++) {
      x[k] += q[k];
      z[k] -= q[k];
    }
    field.into(this.registers[X], this.registers[X]);
    field.both.apply(null, x);
    field.into(this.registers[0], this.registers[0]);
    field.both.apply(null, z);
  }

  private invert(): void {
    const field = this.field;
    const r = this.registers;
    const work = r[AA];
    if (this.squarings < 0) {
      copy(r[CHAIN[this.turn]], work);
      this.squarings = CHAIN[this.turn + 1];
    }
    field.into(work, work);
    for (let i = 0; i < SQUARINGS && this.squarings > 0; i++) {
      field.both.apply(null, field.product(work.row, work.ring));
      this.squarings--;
    }
    if (this.squarings > 0) return;
    const by = CHAIN[this.turn + 2];
    const to = r[CHAIN[this.turn + 3]];
    field.into(to, to);
    if (by < 0) copy(work, to);
    else field.both.apply(null, field.product(work.row, r[by].ring));
    this.squarings = -1;
    this.turn += 4;
    if (this.turn === CHAIN.length) this.result = store(field.product(r[0].row, r[X].ring));
  }

  private bit(at: number): number {
    return at < 0 ? 0 : (this.scalar.charCodeAt(at >> 3) >> (at & 7)) & 1;
  }
}

/** A small number; limb 0 is the last of a row, and the twelfth of a ring. */
function add(register: Register, value: number): void {
  register.row[11] += value;
  register.ring[11] += value;
}

function copy(from: Register, to: Register): void {
  to.row.set(from.row);
  to.ring.set(from.ring);
}
