/** The host's RSA: what node:crypto encrypts to a certificate, the board solves. */
import { X509Certificate, constants, publicEncrypt } from "node:crypto";
import { generate } from "selfsigned";
import { beforeAll, expect, test } from "vitest";
import { HostIdentity } from "../../../../hal/host/identity.js";

const BITS = 1024;

let pems: { cert: string; private: string };
let other: { cert: string; private: string };

beforeAll(async () => {
  [pems, other] = await Promise.all([1, 2].map(() =>
    generate([{ name: "commonName", value: "board" }], { keySize: BITS })));
});

function encrypt(certificate: string, text: string, oaepHash = "sha1"): string {
  const key = new X509Certificate(certificate).publicKey;
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, padding, oaepHash }, Buffer.from(text, "latin1")).toString("latin1");
}

test("what is encrypted with the certificate comes back", () => {
  const identity = new HostIdentity(pems.cert, pems.private);
  const der = Buffer.from(identity.certificate(), "latin1");
  expect(new X509Certificate(der).fingerprint256)
    .toBe(new X509Certificate(pems.cert).fingerprint256);
  const gem = "\x00\xff gem";
  expect(identity.decrypt(encrypt(pems.cert, gem))).toBe(gem);
});

test("whatever is no block of it is nothing, without a word why", () => {
  const identity = new HostIdentity(pems.cert, pems.private);
  const sound = encrypt(pems.cert, "gem");
  const blocks = ["", "x", sound.slice(1), `${sound}x`, encrypt(other.cert, "gem"),
    encrypt(pems.cert, "gem", "sha256"), "\xff".repeat(BITS / 8), "\x00".repeat(BITS / 8)];
  for (const block of blocks) expect(identity.decrypt(block)).toBe("");
});

test("a key that is not the certificate's is refused", () => {
  expect(() => new HostIdentity(pems.cert, other.private)).toThrow("not the certificate's");
});
