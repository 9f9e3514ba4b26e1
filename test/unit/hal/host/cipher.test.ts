import fc from "fast-check";
import { expect, test } from "vitest";
import { HostCipher } from "../../../../hal/host/cipher.js";

const cipher = new HostCipher();
const octets = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
const hex = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex");

test("AES-128-CBC is that of SP 800-38A, F.2.1 and F.2.2, without padding", () => {
  const key = octets("2b7e151628aed2a6abf7158809cf4f3c");
  const iv = octets("000102030405060708090a0b0c0d0e0f");
  const plain = octets("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  const text = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2";
  expect(hex(cipher.encrypt(key, iv, plain))).toBe(text);
  expect(cipher.decrypt(key, iv, octets(text))).toBe(plain);
});

test("SHA-512 is that of FIPS 180-4", () => {
  expect(hex(cipher.sha512("abc"))).toMatch(/^ddaf35a193617abacc417349ae204131.*a54ca49f$/);
  expect(hex(cipher.sha512("\xff"))).toHaveLength(128);
});

test("the sum of products runs around the second list, whatever the offset", () => {
  const lists = fc.array(fc.integer({ min: -999, max: 999 }), { minLength: 1, maxLength: 23 });
  fc.assert(fc.property(lists, lists, fc.integer({ min: -50, max: 50 }), (a, b, offset) => {
    let expected = 0;
    a.forEach((value, i) => {
      const at = (i + offset) % b.length;
      expected += value * b[at < 0 ? at + b.length : at]!;
    });
    expect(cipher.convolve(Float64Array.from(a), Float64Array.from(b), offset)).toBe(expected);
  }));
});
