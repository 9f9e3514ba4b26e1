/** Where things are, for every command in this folder. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The board that runs on Node is not bundled, JerryScript's has a build of its own (jerry.ts). */
const OTHER_BOARDS = ["desktop", "jerry/board"];

/** True when the module is the program, not imported by another. */
export function isMain(url: string): boolean {
  return argv[1] !== undefined && resolve(argv[1]) === fileURLToPath(url);
}

/** Names of the boards that a bundle is made for, sorted. */
export function boards(root = ROOT): string[] {
  return list(join(root, "boards"), ".ts")
    .map((file) => relative(join(root, "boards"), file).replace(/\.ts$/, ""))
    .filter((name) => !OTHER_BOARDS.includes(name));
}

/** The bundles as they stand in `dist/`. */
export function bundles(root = ROOT): string[] {
  return boards(root).map((name) => join(root, "dist", `${name}.js`)).filter(existsSync);
}

/** What a board loads beside its bundle when it needs it. */
export function parts(root = ROOT): string[] {
  return ["rendezvous", "invitation"].map((name) => join(root, "dist", `${name}.js`))
    .filter(existsSync);
}

/** The rare functions of a bundle: what Storage holds beside it. */
export function coldOf(bundle: string): string {
  return bundle.replace(/\.js$/, ".cold.js");
}

/** Every file below a folder with this ending, sorted, so that nothing depends on the disk. */
export function list(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  const found: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...list(path, ending));
    else if (name.endsWith(ending)) found.push(path);
  }
  return found;
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
