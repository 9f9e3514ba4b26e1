/**
 * What the device keeps, and what it draws its secrets from.
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ESPRUINO, Interpreter } from "./interpreter.js";

const FLASH_BYTES = 65536;

describe.skipIf(!ESPRUINO)("Espruino for Linux", () => {
  let engine: Interpreter;
  beforeAll(() => void (engine = new Interpreter()));
  afterAll(() => engine.remove());

  test("random octets differ from draw to draw and from run to run", async () => {
    const runs = [1, 2, 3].map(() => engine.results("storage.js", { run: "random" }));
    const seen = new Set<unknown>();
    for (const [lengths, first, second, number] of await Promise.all(runs)) {
      expect(lengths).toEqual([1, 31, 32, 33, 100, 0]);
      seen.add(first).add(second).add(number);
    }
    expect(seen.size).toBe(9);
  });

  test("the generator is the one that its comment describes", async () => {
    const sha256 = (...parts: (string | Buffer)[]): Buffer => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
    let state = sha256("\x03", "seed");
    const draw = (): string => {
      const octets = Buffer.concat([sha256("\x01", state, "0"), sha256("\x01", state, "1")]);
      state = sha256("\x02", state);
      return octets.subarray(0, 40).toString("base64");
    };
    const expected = [draw(), draw()];
    state = sha256("\x03", state, "more");
    expected.push(draw());
    expect(await engine.results("storage.js", { run: "seeded" })).toEqual(expected);
  });

  test("the flash file behaves as NOR and is still there in the next run", async () => {
    const file = join(engine.folder, "thing.flash");
    rmSync(file, { force: true });
    const written = Buffer.from("ffffffff00000ff06162636480010203ffffffff", "hex");
    const made = await engine.results("storage.js", { run: "make" });
    expect(made).toEqual([
      [4096, 16, true], true, true, true, written.toString("base64"), ["last", ""],
      [true, true, true, true, true, true],
    ]);
    const image = readFileSync(file);
    expect(image.length).toBe(FLASH_BYTES);
    expect(image.subarray(2 * 4096 + 4, 2 * 4096 + 24)).toEqual(written);
    expect(await engine.results("storage.js", { run: "keep" }))
      .toEqual([written.toString("base64"), true, "last"]);
    const erased = Buffer.alloc(FLASH_BYTES, 0xff);
    erased.write("last", 3 * 4096 + 4092);
    expect(readFileSync(file).equals(erased)).toBe(true);
  });

  test("settings are octets, and what is not given has its default", async () => {
    const given = { run: "settings", jid: "thing@ex.org", password: "p\u00e4\u20ac", port: "5222" };
    expect((await engine.results("storage.js", given))[0]).toEqual({
      jid: "thing@ex.org", password: Buffer.from("p\u00e4\u20ac").toString("base64"), host: "",
      port: 5223, secure: true, provisioning: "", windowMs: 0, ssid: "", passphrase: "",
    });
  });

  test("a flash file that was never finished is made again", async () => {
    const file = join(engine.folder, "thing.flash");
    writeFileSync(file, Buffer.alloc(FLASH_BYTES));
    truncateSync(file, FLASH_BYTES - 1);
    const [, erases, kept] = await engine.results("storage.js", { run: "keep" });
    expect([erases, kept]).toEqual([true, "\xff\xff\xff\xff"]);
  });
});
