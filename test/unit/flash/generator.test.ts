import { expect, test } from "vitest";
import { calculateGenerator, generatorOf } from "../../../flash/generator.js";

/** draft-irtf-cfrg-cpace, "Test vector for CPace using group X25519 and hash SHA-512". */
const VECTOR = {
  PRS: "50617373776F7264",
  CI: "0B415F696E69746961746F720B425F726573706F6E646572",
  sid: "7E4B4791D6A8EF019B936C79FB7F2C57",
  g: "D04BF6D41F6A289632A2E929FA29BEBD51092512A7829FDDE7D314B62F05A73F",
};

const octets = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
const hex = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex").toUpperCase();

test("the generator is that of the draft's vector", () => {
  const { PRS, CI, sid, g } = VECTOR;
  expect(hex(calculateGenerator(octets(PRS), octets(CI), octets(sid)))).toBe(g);
});

test("it is another one for another code, another board, or another side", () => {
  const one = generatorOf("1XNDP3WW3", "18B4300400001234");
  expect(one).toHaveLength(32);
  expect(generatorOf("1XNDP3WW3", "18B4300400001234")).toBe(one);
  const others = [generatorOf("1XNDP3WW4", "18B4300400001234"),
    generatorOf("1XNDP3WW3", "18B4300400001235")];
  expect(new Set([one, ...others]).size).toBe(3);
});

test("a secret as long as the block, and one longer, are mapped as well", () => {
  const points = [117, 118, 119, 120, 200].map((count) =>
    calculateGenerator("x".repeat(count), "", ""));
  expect(new Set(points).size).toBe(5);
  for (const point of points) expect(point).toHaveLength(32);
});
