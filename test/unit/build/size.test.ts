import { describe, expect, test } from "vitest";
import { compare } from "../../../build/size.js";
import { total } from "../../../build/total.js";

const now = { app: 100, cold: 20, total: 120, functions: 5, methods: 3, classes: 1, closures: 0, names: 7 };

describe("size", () => {
  test("a figure at the budget keeps it, one more does not", () => {
    expect(compare("b", now, {}, { app: 100, names: 7 }).isKept).toBe(true);
    const over = compare("b", now, {}, { app: 99 });
    expect(over.isKept).toBe(false);
    expect(over.lines[0]).toMatch(/app .*100 {2}of 99 {2}ABOVE THE BUDGET$/);
  });

  test("the committed figure stands beside the new one", () => {
    expect(compare("b", now, { app: 90 }, {}).lines[0]).toMatch(/ 90 → {4}100$/);
  });
});

describe("total", () => {
  const report = {
    success: true, numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0,
    testResults: [],
  };

  test("a good run is counted", () => {
    expect(total(report, 0)).toBe("5 passed, 0 failed");
    expect(total({ ...report, numPendingTests: 2 }, 0)).toBe("5 passed, 0 failed, 2 skipped");
  });

  test("a failed test, a file that does not load and a failed gate are failures", () => {
    expect(total({ ...report, numFailedTests: 2 }, 1)).toBe("5 passed, 2 failed");
    const unloaded = [{ status: "failed", assertionResults: [] }];
    expect(total({ ...report, testResults: unloaded }, 1)).toBe("5 passed, 1 failed");
    expect(total(null, 1)).toBe("0 passed, 1 failed");
    expect(total(report, 2)).toBe("5 passed, 1 failed");
  });
});
