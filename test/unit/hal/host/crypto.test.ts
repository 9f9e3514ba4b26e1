import { expect, test } from "vitest";
import { Hash } from "../../../../hal/hal.js";
import { HostCrypto } from "../../../../hal/host/crypto.js";

const crypto = new HostCrypto();

function hex(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("hex");
}

test("hashes are those of FIPS 180", () => {
  expect(hex(crypto.hash(Hash.Sha1, "abc"))).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(hex(crypto.hash(Hash.Sha256, "abc"))).toBe(sha256);
});

test("HMAC is that of RFC 2202 and RFC 4231, with keys that are not text", () => {
  const sha1 = "b617318655057264e28bc0b6fb378c8ef146be00";
  expect(hex(crypto.hmac(Hash.Sha1, "\x0b".repeat(20), "Hi There"))).toBe(sha1);
  const key = "\xaa".repeat(131);
  const sha256 = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
  const text = "Test Using Larger Than Block-Size Key - Hash Key First";
  expect(hex(crypto.hmac(Hash.Sha256, key, text))).toBe(sha256);
});

test("PBKDF2 is that of RFC 6070, with one block of the hash's length", () => {
  const key = "4b007901b765489abead49d926f721d065a429c1";
  expect(hex(crypto.pbkdf2(Hash.Sha1, "password", "salt", 4096))).toBe(key);
  expect(crypto.pbkdf2(Hash.Sha256, "p\xc3\xa4", "\xff\x00", 1).length).toBe(32);
});

test("base64 carries every octet there and back", () => {
  for (let length = 0; length < 6; length++) {
    const bytes = "\xff\x00\x80abc".slice(0, length);
    expect(crypto.unbase64(crypto.base64(bytes))).toBe(bytes);
  }
});

test.each(["a", "ab", "abc", "ab=c", "a===", "YWJj\n", " YWJj", "YW-_", "YWJjZB==", "YQ==YQ=="])(
  "%j is not base64", (text) => {
    expect(crypto.unbase64(text)).toBe("");
  });

test("CRC-32 is that of IEEE 802.3, unsigned", () => {
  expect(crypto.crc32("123456789")).toBe(0xcbf43926);
  expect(crypto.crc32("")).toBe(0);
  expect(crypto.crc32("\xff\xff\xff\xff")).toBe(0xffffffff);
});
