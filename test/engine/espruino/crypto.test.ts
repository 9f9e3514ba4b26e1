/**
 * Published vectors, and Node's own answers, against what the interpreter makes natively.
 */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { ESPRUINO, Interpreter } from "./interpreter.js";

// One line for all the files of this folder.
if (!ESPRUINO) console.log("ESPRUINO names no interpreter: the Espruino HAL is not run here");

const SHA1 = 20;
const SHA256 = 32;
const NAMES: { [algorithm: number]: string } = { [SHA1]: "sha1", [SHA256]: "sha256" };

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const all = (values: Buffer[]): string[] => values.map((value) => value.toString("base64"));

/** Every octet, the borders of a block, and lengths in which flat and other strings differ. */
const TEXTS = [0, 1, 9, 10, 55, 56, 63, 64, 65, 119, 128, 300, 4096]
  .map((length) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + length) & 255)));

/** RFC 4231, cases 1 to 4, 6 and 7: key, data, HMAC-SHA-256. */
const RFC4231: [Buffer, Buffer, string][] = [
  [Buffer.alloc(20, 0x0b), bytes("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [bytes("Jefe"), bytes("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [Buffer.alloc(20, 0xaa), Buffer.alloc(50, 0xdd),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1)), Buffer.alloc(50, 0xcd),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"],
  [Buffer.alloc(131, 0xaa), bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"],
  [Buffer.alloc(131, 0xaa), bytes("This is a test using a larger than block-size key and a larger "
    + "than block-size data. The key needs to be hashed before being used by the HMAC algorithm."),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"],
];

/** RFC 6070 (SHA-1) and RFC 7914 with others of its kind (SHA-256); one block each. */
const PBKDF2: [number, Buffer, Buffer, number, string][] = [
  [SHA1, bytes("password"), bytes("salt"), 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"],
  [SHA1, bytes("password"), bytes("salt"), 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"],
  [SHA1, bytes("password"), bytes("salt"), 4096, "4b007901b765489abead49d926f721d065a429c1"],
  [SHA256, bytes("passwd"), bytes("salt"), 1,
    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"],
  [SHA256, bytes("password"), bytes("salt"), 4096,
    "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"],
];
const OTHERS: [number, Buffer, Buffer, number][] = [
  [SHA1, bytes("pass\0word"), bytes("sa\0lt"), 3],
  [SHA256, bytes("p\xc3\xa4ssw\xc3\xb6rd \xff"), hex("00ff80fe7f"), 5],
  [SHA256, bytes("x".repeat(256)), Buffer.alloc(64, 0x80), 2],
  [SHA256, bytes(""), bytes("salt"), 2],
];

const BASE64 = ["", "YQ==", "YWI=", "YWJj", "AAECA//+", "YQ", "YQ=", "YR==", "YWJ=", "Y Q==",
  "YQ==\n", "*", "A*==", "====", "YWJj=", "YQ==YQ==", "Y", "YWJjZ", "-_-_", "YWJj\0"];

describe.skipIf(!ESPRUINO)("Espruino's cryptography", () => {
  let engine: Interpreter;
  beforeAll(() => void (engine = new Interpreter()));
  afterAll(() => engine.remove());

  test("hashes are those of Node", async () => {
    const cases = TEXTS.flatMap((text) => [[SHA1, text], [SHA256, text]] as [number, Buffer][]);
    const hash = cases.map(([algorithm, text]) => [algorithm, text.toString("base64")]);
    const expected = cases.map(([a, text]) => createHash(NAMES[a]!).update(text).digest());
    expect(await engine.results("crypto.js", { hash })).toEqual(all(expected));
  });

  test("HMAC fulfils RFC 4231 and agrees with Node around the block length", async () => {
    const own = TEXTS.flatMap((key) => [[SHA1, key], [SHA256, key]] as [number, Buffer][]);
    const hmac = [
      ...RFC4231.map(([key, text]) => [SHA256, key.toString("base64"), text.toString("base64")]),
      ...own.map(([a, key]) => [a, key.toString("base64"), TEXTS[7]!.toString("base64")]),
    ];
    const expected = [
      ...RFC4231.map(([, , mac]) => hex(mac)),
      ...own.map(([a, key]) => createHmac(NAMES[a]!, key).update(TEXTS[7]!).digest()),
    ];
    expect(await engine.results("crypto.js", { hmac })).toEqual(all(expected));
  });

  test("PBKDF2 fulfils RFC 6070 and RFC 7914 and agrees with Node", async () => {
    const pbkdf2 = [...PBKDF2, ...OTHERS].map(([algorithm, password, salt, rounds]) =>
      [algorithm, password.toString("base64"), salt.toString("base64"), rounds]);
    const expected = [
      ...PBKDF2.map(([algorithm, , , , key]) => hex(key).subarray(0, algorithm)),
      ...OTHERS.map(([a, word, salt, rounds]) => pbkdf2Sync(word, salt, rounds, a, NAMES[a]!)),
    ];
    expect(await engine.results("crypto.js", { pbkdf2 })).toEqual(all(expected));
  });

  test("base64 is as strict as on the host", async () => {
    const host = new HostCrypto();
    const expected = BASE64.map((text) => host.base64(host.unbase64(text)));
    expect(await engine.results("crypto.js", { unbase64: BASE64 })).toEqual(expected);
    expect(expected.filter((text) => text !== "")).toEqual(BASE64.slice(1, 5));
  });

  test("CRC-32 is the host's, and unsigned", async () => {
    const host = new HostCrypto();
    const expected = TEXTS.map((text) => host.crc32(text.toString("latin1")));
    expect(await engine.results("crypto.js", { crc32: TEXTS.map((t) => t.toString("base64")) }))
      .toEqual(expected);
  });
});
