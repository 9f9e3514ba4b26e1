/** A part of what `npm run test:kill` does in full. */
import { expect, test } from "vitest";
import { drill } from "./hold.js";

test("a factory reset that is killed in the middle is finished by the next start", async () => {
  const { kills, violations } = await drill(3, 1);
  expect(violations).toEqual([]);
  expect(kills).toBe(3);
}, 120_000);
