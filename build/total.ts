/**
 * The closing line of a test run, for machines: `N passed, N failed`, from what vitest wrote
 * into out/test.json. A gate that failed before any test ran is one failure, and so is a test
 * file that could not be loaded.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { isMain, readJson, ROOT } from "./project.js";

interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** `status` is the exit code of the whole run. */
export function total(report: Report | null, status: number): string {
  const passed = report?.numPassedTests ?? 0;
  const unloaded = (report?.testResults ?? []).filter((file) => file.status === "failed"
    && !file.assertionResults.some((each) => each.status === "failed")).length;
  let failed = (report?.numFailedTests ?? 0) + unloaded;
  if (status !== 0 && failed === 0) failed = 1;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function main(): void {
  const file = join(ROOT, "out/test.json");
  const report = existsSync(file) ? readJson<Report>(file) : null;
  console.log(total(report, Number(argv[2] ?? 0)));
}

if (isMain(import.meta.url)) main();
