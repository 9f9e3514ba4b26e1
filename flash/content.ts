/**
 * What belongs into the Storage of a board: code, which is the same for every board of a kind,
 * and one small file that is of this board alone.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { storageFiles } from "../build/storage.js";
import { boards, readJson, ROOT } from "../build/project.js";
import { BOOT, STARTS_BYTES, bootCode } from "./boot.js";
import { Trouble } from "./line.js";
import type { Files } from "./storage.js";

/** What a start that ended well leaves behind: none has failed. */
export const FRESH_STARTS = "s000";

/** The application, in the order in which it is written; `.boot0` is last, and knows the rest. */
export function codeFiles(board: string, root = ROOT): Files {
  if (!boards(root).includes(board)) {
    throw new Trouble(`no board "${board}"; there is ${boards(root).join(", ")}`);
  }
  if (!existsSync(join(root, "dist", `${board}.cold.js`))) {
    throw new Trouble(`dist/${board}.js is not there: npm run build`);
  }
  const code = storageFiles(board, root);
  const { version } = readJson<{ version: string }>(join(root, "package.json"));
  return { ...code, [BOOT]: bootCode(board, version, code) };
}

/** A blank page for the starts to come. */
export function startsFile(): string {
  return FRESH_STARTS.padEnd(STARTS_BYTES, "\xff");
}
