import { describe, expect, test } from "vitest";
import { challenge, decoyKeys, deriveKeys, parseFirst, verify, type Hash }
  from "../../../demo/server/scram.js";

interface Vector {
  hash: Hash; salt: string; first: string; nonce: string; challenge: string; final: string;
  signature: string;
}

const RFC_5802: Vector = {
  hash: "sha1", salt: "QSXCR+Q6sek8bf92", first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
  nonce: "3rfcNHYJY1ZVvWVs7j",
  challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
  final: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
  signature: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
};
const RFC_7677: Vector = {
  hash: "sha256", salt: "W22ZaJ0SNY7soEsUEjb6gQ==", first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
  nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  final: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  signature: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

describe.each([["RFC 5802", RFC_5802], ["RFC 7677", RFC_7677]])("the vector of %s", (_, vector) => {
  const keys = deriveKeys(vector.hash, "pencil", Buffer.from(vector.salt, "base64"));
  const sent = challenge(parseFirst(vector.first)!, keys, vector.nonce);

  test("gives its challenge and its signature", () => {
    expect(sent.message).toBe(vector.challenge);
    expect(verify(vector.hash, keys, sent, vector.final)).toBe(vector.signature);
  });

  test("a wrong password, nonce, or channel binding is no proof", () => {
    const other = deriveKeys(vector.hash, "pen", Buffer.from(vector.salt, "base64"));
    expect(verify(vector.hash, other, sent, vector.final)).toBeNull();
    expect(verify(vector.hash, keys, sent, vector.final.replace("r=", "r=x"))).toBeNull();
    expect(verify(vector.hash, keys, sent, vector.final.replace("biws", "eSws"))).toBeNull();
    expect(verify(vector.hash, keys, sent, vector.final.replace(/p=.*/, "p=AAAA"))).toBeNull();
  });
});

test("names are unescaped, and what is no first message is refused", () => {
  expect(parseFirst("n,,n=a=2Cb=3Dc,r=x")?.user).toBe("a,b=c");
  expect(parseFirst("y,a=me,n=me,r=x")).toMatchObject({ gs2: "y,a=me,", authorization: "me" });
  for (const text of ["", "n,,n=a", "p=tls-exporter,,n=a,r=x", "n,,m=z,n=a,r=x", "n,,n=a=2,r=x"]) {
    expect(parseFirst(text)).toBeNull();
  }
});

test("a stranger's salt is always the same, so it does not tell that he is one", () => {
  const secret = Buffer.alloc(32, 7);
  const [one, two] = [decoyKeys("sha256", secret, "a@b"), decoyKeys("sha256", secret, "a@b")];
  expect(one.salt).toEqual(two.salt);
  expect(decoyKeys("sha256", secret, "c@b").salt).not.toEqual(one.salt);
});
