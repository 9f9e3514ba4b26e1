import { x25519 } from "@noble/curves/ed25519.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Ladder } from "../../../firmware/rendezvous/curve.js";
import { limbsOf, load, store } from "../../../firmware/rendezvous/element.js";
import { createField, createRegister } from "../../../firmware/rendezvous/field.js";
import type { Convolve } from "../../../hal/hal.js";
import { HostCipher } from "../../../hal/host/cipher.js";
import { MockRandom } from "../../../hal/mock/random.js";

const POSITIONS = [0, 22, 43, 64, 85, 107, 128, 149, 170, 192, 213, 234];
const PRIME = (1n << 255n) - 19n;
const cipher = new HostCipher();
/** The largest sum of magnitudes that any dot product had, in units of its last bit. */
let worst = 0;
let dots = 0;

/** Looks at every dot product: no term below the unit, no sum that a double would round. */
const watched: Convolve = (a, b, offset) => {
  let sum = 0;
  const unit = 2 ** POSITIONS[offset]!;
  a.forEach((value, i) => {
    const term = value * b[i + offset]! / unit;
    if (!Number.isInteger(term)) throw new Error("a term is finer than its unit");
    sum += Math.abs(term);
  });
  worst = Math.max(worst, sum);
  dots++;
  return cipher.convolve(a, b, offset);
};

const field = createField(watched);

function hex(text: string): string {
  return Buffer.from(text, "hex").toString("latin1");
}

function multiply(scalar: string, point: string): string {
  const ladder = new Ladder(field, scalar, point);
  while (!ladder.step());
  return Buffer.from(ladder.result, "latin1").toString("hex");
}

test("the scalars and points of RFC 7748 give its results", () => {
  expect(multiply(
    hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
    hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
  )).toBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  expect(multiply(
    hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
    hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
  )).toBe("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
});

test("the iterations of RFC 7748 give its results, after one and after a hundred as noble has it",
  () => {
    const nine = hex(`09${"00".repeat(31)}`);
    expect(multiply(nine, nine))
      .toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    let [k, u] = [nine, nine];
    let [a, b] = [Buffer.from(nine, "latin1"), Buffer.from(nine, "latin1")];
    for (let i = 0; i < 100; i++) {
      [k, u] = [hex(multiply(k, u)), k];
      [a, b] = [Buffer.from(x25519.scalarMult(a, b)), a];
    }
    expect(Buffer.from(k, "latin1").toString("hex")).toBe(a.toString("hex"));
  });

test("Diffie and Hellman of RFC 7748 get their common secret", () => {
  const bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  expect(multiply(bob, alice))
    .toBe("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
});

test("the points of low order, also those that are not reduced, give zero", () => {
  const vectors = JSON.parse(readFileSync("test/vectors/cpace.json", "utf8")) as
    { X25519_points: Record<string, string> };
  const points = Object.entries(vectors.X25519_points).filter(([name]) => /Y\d/.test(name));
  expect(points.length).toBe(12);
  const scalar = new MockRandom("low").bytes(32);
  const isZero = ([, point]: string[]): boolean => multiply(scalar, hex(point!)) === "00".repeat(32);
  // RFC 7748 ignores the highest bit, with which the draft's others are of low order no more.
  expect(points.filter(isZero).map(([name]) => name.slice(-2)))
    .toEqual(["Y0", "Y1", "Y2", "Y3", "Y4", "Y5", "Y7"]);
});

test("random scalars and points give what noble gives, and no sum is ever rounded", () => {
  const random = new MockRandom("curve");
  worst = dots = 0;
  for (let i = 0; i < 60; i++) {
    const [scalar, point] = [random.bytes(32), random.bytes(32)];
    const expected = x25519.scalarMult(
      Buffer.from(scalar, "latin1"), Buffer.from(point, "latin1"));
    expect(multiply(scalar, point)).toBe(Buffer.from(expected).toString("hex"));
  }
  expect(dots).toBeGreaterThan(60 * 255 * 120);
  expect(worst).toBeLessThan(2 ** 53);
});

test("even with every limb at its limit no sum is rounded", () => {
  worst = 0;
  const [row, ring] = [new Float64Array(12), new Float64Array(23)];
  const fold = 19 * 2 ** -255;
  for (const sign of [1, -1]) {
    POSITIONS.forEach((position, k) => {
      // A sum of two carried limbs.
      const next = POSITIONS[k + 1] ?? 255;
      const limb = 2 ** next - (k === 0 ? 1 : 2 ** position);
      row[11 - k] = sign * limb;
      ring[11 + k] = limb;
      if (k > 0) ring[k - 1] = limb * fold;
    });
    const value = valueOf(field.product(row, ring));
    const limbs = limbsOf(row);
    const factor = valueOf(limbs);
    expect(value).toBe(modulo(factor * factor * BigInt(sign)));
  }
  expect(worst).toBeLessThan(2 ** 53);
});

test("elements go in and come out as they were, but for what is beyond the prime", () => {
  const random = new MockRandom("element");
  const register = createRegister();
  const values = [0n, 1n, 18n, 19n, PRIME - 1n, PRIME, PRIME + 1n, (1n << 255n) - 1n];
  for (let i = 0; i < 50; i++) values.push(toNumber(random.bytes(32)) & ((1n << 255n) - 1n));
  for (const value of values) {
    load(toBytes(value), register);
    expect(toNumber(store(limbsOf(register.row)))).toBe(value % PRIME);
    load(toBytes(value | (1n << 255n)), register);
    expect(toNumber(store(limbsOf(register.row)))).toBe(value % PRIME);
  }
});

test("a step is at most ten products, and a multiplication at most 300 steps", () => {
  const ladder = new Ladder(field, new MockRandom(1).bytes(32), new MockRandom(2).bytes(32));
  let steps = 0;
  let done = false;
  while (!done) {
    dots = 0;
    done = ladder.step();
    expect(dots).toBeLessThanOrEqual(10 * 12);
    steps++;
  }
  expect(steps).toBeLessThanOrEqual(300);
});

function modulo(value: bigint): bigint {
  return ((value % PRIME) + PRIME) % PRIME;
}

function valueOf(limbs: number[]): bigint {
  return modulo(limbs.reduce((sum, limb) => sum + BigInt(limb), 0n));
}

function toNumber(bytes: string): bigint {
  return BigInt(`0x${Buffer.from(bytes, "latin1").reverse().toString("hex")}`);
}

function toBytes(value: bigint): string {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse().toString("latin1");
}
