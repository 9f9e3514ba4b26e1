/**
 * Stands in for vitest where its tests are to run inside a worker, one after the other: the
 * promises of the store (test/unit/store), on trial with a mutant. Knows what they use, no more.
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";

type Run = (...given: never[]) => void;

const waiting: { name: string; run: () => void }[] = [];

export function test(name: string, run: () => void): void {
  waiting.push({ name, run });
}

test.each = (rows: readonly unknown[]) => (name: string, run: Run): void => {
  for (const row of rows) test(`${name} ${String(row)}`, () => run(row as never));
};

/** The first promise that is broken; "" when all are kept. */
export function broken(): string {
  for (const { name, run } of waiting) {
    try {
      run();
    } catch (error) {
      return `${name}: ${(error as Error).message.split("\n")[0]}`;
    }
  }
  return "";
}

export function expect(value: unknown): Record<string, (than: never) => void> {
  const number = value as number;
  return {
    toBe: (than) => strictEqual(value, than),
    toEqual: (than) => deepStrictEqual(value, than),
    toBeGreaterThan: (than) => ok(number > than, `${number} > ${than}`),
    toBeGreaterThanOrEqual: (than) => ok(number >= than, `${number} >= ${than}`),
    toBeLessThan: (than) => ok(number < than, `${number} < ${than}`),
    toThrow: (than) => throws(value as () => void, than),
    toBeLessThanOrEqual: (than) => ok(number <= than, `${number} <= ${than}`),
  };
}
