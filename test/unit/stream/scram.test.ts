import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  SCRAM_ITERATIONS_MAX, SCRAM_ITERATIONS_MIN, SCRAM_SALT_BYTES_MAX,
} from "../../../firmware/config.js";
import { Scram } from "../../../firmware/stream/scram.js";
import { Hash } from "../../../hal/hal.js";
import { HostCrypto } from "../../../hal/host/crypto.js";
import { challenge as serverChallenge, deriveKeys, parseFirst, verify }
  from "../../../demo/server/scram.js";

/** Counts the costly part, which a hostile server must not be able to ask for. */
class CountingCrypto extends HostCrypto {
  derivations = 0;

  override pbkdf2(algorithm: Hash, password: string, salt: string, iterations: number): string {
    this.derivations++;
    return super.pbkdf2(algorithm, password, salt, iterations);
  }
}

const crypto = new HostCrypto();
const unsalted = (): { key: string; value: string } => ({ key: "", value: "" });

const VECTORS = [
  { name: "RFC 5802", hash: Hash.Sha1, nonce: "fyko+d2lbbFgONRv9qkxdawL",
    challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    answer: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    proof: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
  { name: "RFC 7677", hash: Hash.Sha256, nonce: "rOprNGfwEbeRWgbNEkqO",
    challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
      + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    answer: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
      + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    proof: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
];
const { nonce: NONCE, challenge: CHALLENGE, proof: PROOF } = VECTORS[1]!;

function begun(other = crypto): Scram {
  const scram = new Scram(other, Hash.Sha256, NONCE);
  scram.start("user");
  return scram;
}

describe.each(VECTORS)("the vector of $name", ({ hash, nonce, challenge, answer, proof }) => {
  test("is spoken to the letter", () => {
    const scram = new Scram(crypto, hash, nonce);
    expect(scram.start("user")).toBe(`n,,n=user,r=${nonce}`);
    expect(scram.answer(challenge, "pencil", unsalted())).toBe(answer);
    expect(scram.proves(proof)).toBe(true);
  });

  test("nothing else proves the server", () => {
    const scram = new Scram(crypto, hash, nonce);
    scram.start("user");
    scram.answer(challenge, "pencil", unsalted());
    const flipped = proof.replace(/.=$/, (end) => (end[0] === "A" ? "B=" : "A="));
    for (const final of ["", "v=", "v", proof.slice(2), proof.toUpperCase(), `${proof}=`,
      ` ${proof}`, flipped, proof.slice(0, -1), "e=other-error", "e=invalid-proof", `x,${proof}`,
      `e=x,${proof}`, `m=x,${proof}`]) expect(scram.proves(final)).toBe(false);
    expect(scram.proves(`${proof},x=extension`)).toBe(true);
  });

  test("another password proves nothing in either direction", () => {
    const scram = new Scram(crypto, hash, nonce);
    scram.start("user");
    expect(scram.answer(challenge, "pencils", unsalted())).not.toBe(answer);
    expect(scram.proves(proof)).toBe(false);
  });
});

describe("a server-first-message is refused, without any work:", () => {
  const [r, s, i] = CHALLENGE.split(",") as [string, string, string];
  const salt = (bytes: string): string => `s=${crypto.base64(bytes)}`;
  test.each<[string, string]>([
    ["nothing", ""],
    ["a nonce that is not ours", `r=x${NONCE}yyy,${s},${i}`],
    ["another nonce", `r=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy,${s},${i}`],
    ["a nonce that is cut", `r=${NONCE.slice(0, -1)},${s},${i}`],
    ["a nonce that is only ours", `r=${NONCE},${s},${i}`],
    ["our nonce in capitals", `r=${NONCE.toUpperCase()}abc,${s},${i}`],
    ["no nonce", `r=,${s},${i}`], ["no nonce at all", `${s},${i}`],
    ["no salt", `${r},s=,${i}`], ["no salt at all", `${r},${i}`],
    ["no iterations", `${r},${s},i=`], ["no iterations at all", `${r},${s}`],
    ["an extension that must be known", `m=ext,${r},${s},${i}`],
    ["an extension that must be known, behind", `${r},m=ext,${s},${i}`],
    ["an error", "e=unknown-user"], ["an error among the rest", `e=x,${r},${s},${i}`],
    ["another order", `${s},${r},${i}`], ["capitals", `R${r.slice(1)},${s},${i}`],
    ["blanks", `${r}, ${s}, ${i}`], ["a blank before", ` ${r},${s},${i}`],
    ["a salt that is not base64", `${r},s=*,${i}`], ["a salt without padding", `${r},s=YQ,${i}`],
    ["a salt with a line break", `${r},s=YW\nJj,${i}`],
    ["a salt one octet too long", `${r},${salt("x".repeat(SCRAM_SALT_BYTES_MAX + 1))},${i}`],
    ["a salt of 64 kB", `${r},${salt("x".repeat(65536))},${i}`],
    ...["0", "1", "-1", "-4096", "+4096", "04096", "4095", "20001", "99999", "100000", "999999",
      "1000000000", "99999999999999999999", "5x", "x5", "5000x", "0x2000", "1e4", "4096.0", " 4096",
      "4096 ", "4096\n", "\u0664\u0660\u0669\u0666", "NaN", "Infinity"].map(
      (count) => [`${JSON.stringify(count)} iterations`, `${r},${s},i=${count}`] as [string, string]),
  ])("%s", (_, challenge) => {
    const counting = new CountingCrypto();
    const scram = begun(counting);
    const salted = unsalted();
    expect(scram.answer(challenge, "pencil", salted)).toBe("");
    expect(counting.derivations).toBe(0);
    expect(salted).toEqual(unsalted());
    for (const final of ["", "v=", PROOF]) expect(scram.proves(final)).toBe(false);
  });

  test.each([SCRAM_ITERATIONS_MIN, SCRAM_ITERATIONS_MAX])("but not for %i iterations", (count) => {
    expect(begun().answer(`${r},${s},i=${count}`, "pencil", unsalted())).not.toBe("");
  });

  test.each([1, SCRAM_SALT_BYTES_MAX])("but not for a salt of %i octets", (count) => {
    expect(begun().answer(`${r},${salt("x".repeat(count))},${i}`, "p", unsalted())).not.toBe("");
  });

  test("but not for an extension that may be ignored, which is signed with the rest", () => {
    const plain = begun().answer(CHALLENGE, "pencil", unsalted());
    const extended = begun().answer(`${CHALLENGE},x=y`, "pencil", unsalted());
    expect(extended).not.toBe("");
    expect(extended).not.toBe(plain);
  });
});

describe("the order of things", () => {
  test("no answer before the start, no second answer, no proof before an answer", () => {
    const early = new Scram(crypto, Hash.Sha256, NONCE);
    expect(early.answer(CHALLENGE, "pencil", unsalted())).toBe("");
    expect(early.proves(PROOF)).toBe(false);
    const scram = begun();
    expect(scram.proves(PROOF)).toBe(false);
    expect(scram.proves("")).toBe(false);
    expect(scram.answer(CHALLENGE, "pencil", unsalted())).not.toBe("");
    expect(scram.answer(CHALLENGE, "pencil", unsalted())).toBe("");
    expect(scram.proves(PROOF)).toBe(true);
  });

  test("a name may have = and ,", () => {
    expect(new Scram(crypto, Hash.Sha1, "n").start("a=b,c=2C")).toBe("n,,n=a=3Db=2Cc=3D2C,r=n");
  });
});

describe("the salted password", () => {
  test("is kept for the same salt, and made anew for another", () => {
    const counting = new CountingCrypto();
    const salted = unsalted();
    const first = begun(counting).answer(CHALLENGE, "pencil", salted);
    expect(begun(counting).answer(CHALLENGE, "pencil", salted)).toBe(first);
    expect(counting.derivations).toBe(1);
    begun(counting).answer(CHALLENGE.replace("s=W2", "s=X2"), "pencil", salted);
    expect(counting.derivations).toBe(2);
    begun(counting).answer(CHALLENGE.replace("i=4096", "i=4097"), "pencil", salted);
    expect(counting.derivations).toBe(3);
    const scram = new Scram(counting, Hash.Sha1, NONCE);
    scram.start("user");
    scram.answer(CHALLENGE.replace("i=4096", "i=4097"), "pencil", salted);
    expect(counting.derivations).toBe(4);
  });
});

test("our own server of the demo and the device believe each other, whatever the names", () => {
  const word = fc.string({ minLength: 1, maxLength: 12 }); // ASCII, which nobody normalises.
  fc.assert(fc.property(word, word, fc.boolean(), (user, password, isSha1) => {
    const scram = new Scram(crypto, isSha1 ? Hash.Sha1 : Hash.Sha256, "clientnonce");
    const first = parseFirst(scram.start(user))!;
    expect(first.user).toBe(user);
    const hash = isSha1 ? "sha1" : "sha256";
    const keys = deriveKeys(hash, password, Buffer.from("0123456789abcdef"));
    const sent = serverChallenge(first, keys, "servernonce");
    const final = verify(hash, keys, sent, scram.answer(sent.message, password, unsalted()));
    expect(final).not.toBeNull();
    expect(scram.proves(final!)).toBe(true);
  }), { numRuns: 20 });
});
