/**
 * One minified script for each board: tsc → rollup → terser (ARCHITECTURE E14). The output is a
 * function of the sources alone, and ASCII, because Espruino reads bytes.
 *
 *   npm run build            compiles and writes dist/<board>.js and dist/names.json
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { rollup } from "rollup";
import { minify } from "terser";
import type { CompressOptions, MinifyOptions } from "terser";
import { METHODS } from "./absent.js";
import { aliasThis } from "./alias.js";
import { declared, known, reserved, shorten, sources, unknown } from "./names.js";
import { prepare } from "./prepare.js";
import { boards, isMain, readJson, ROOT } from "./project.js";
import { foreignNames } from "./usage.js";

/** A board's code after rollup: one scope, long names, nothing unused. */
export interface Chunk {
  board: string;
  code: string;
  /** Source path relative to the root → its part of `code`. */
  modules: Record<string, string>;
}

export interface Built {
  board: string;
  code: string;
}

/** Types are checked on the way: a build of wrong code is no build. */
export function compile(root = ROOT, out = join(root, "out")): void {
  const tsc = join(ROOT, "node_modules/typescript/lib/tsc.js");
  const options = ["-p", join(root, "tsconfig.espruino.json"), "--outDir", out];
  execFileSync(execPath, [tsc, ...options], { stdio: ["ignore", "inherit", "inherit"] });
}

/** A circular import is only a warning to rollup, and death at load on Espruino (E2). */
export async function chunk(
  board: string, root = ROOT, out = join(root, "out"),
): Promise<Chunk> {
  const input = join(out, "boards", `${board}.js`);
  const bundle = await rollup({
    input,
    treeshake: { moduleSideEffects: true, propertyReadSideEffects: false },
    onwarn(warning) {
      throw new Error(`${board}: ${warning.message}`);
    },
  });
  const generated = await bundle.generate({ format: "iife", strict: false, indent: false });
  await bundle.close();
  const { code, modules } = generated.output[0];
  const parts: Record<string, string> = {};
  for (const [id, module] of Object.entries(modules)) {
    const path = id.slice(out.length + 1).replace(/\\/g, "/").replace(/\.js$/, ".ts");
    parts[path] = module.code ?? "";
  }
  return { board, code, modules: parts };
}

/** Names for the properties of these chunks; a name that nobody declares stops the build. */
export function naming(chunks: Chunk[], root = ROOT): Map<string, string> {
  const own = new Set<string>();
  for (const file of sources(root)) {
    for (const name of declared(readFileSync(file, "utf8"))) own.add(name);
  }
  const kept = new Set([...reserved(), ...foreignNames(root)]);
  const libraries = known(root);
  const codes = chunks.map((each) => each.code);
  const strangers = unknown(codes, own, new Set([...kept, ...libraries]));
  if (strangers.length > 0) {
    throw new Error(`properties that are neither declared in our sources nor known to be foreign: ${
      strangers.join(", ")}. Declare them in an interface, or add them to build/reserved.json.`);
  }
  return shorten(codes, own, kept, new Set([...libraries, ...METHODS]));
}

/**
 * Compression that Espruino survives (ENGINE 1.9). Functions and classes stay where they are
 * declared: an inlined one would be made anew, from text, each time its user runs.
 */
export function options(names: Map<string, string>, preamble?: string): MinifyOptions {
  const props: Record<string, string> = {};
  for (const [long, short] of names) props[`$${long}`] = short;
  return {
    ecma: 5,
    nameCache: { props: { props } },
    compress: {
      passes: 3,
      hoist_funs: true,
      hoist_vars: false,
      // Beyond 1 terser puts `var x` behind the first use of x, where Espruino finds another x.
      inline: 1,
      reduce_funcs: false,
      keep_fargs: false,
      toplevel: true,
    },
    mangle: {
      toplevel: true,
      reserved: ["of", "as", "is", "do", "ssl", "on"],
      // Just the names given above. `builtins` only means that terser's own list of names, made
      // for browsers, is not asked; `only_cache` is missing in its types.
      properties: { keep_quoted: "strict", only_cache: true, builtins: true } as object,
    },
    format: { ascii_only: true, comments: false, preamble },
  };
}

/** A part of a bundle is not `whole`: what it does not use itself, another part does. */
export async function shrink(
  code: string, names: Map<string, string>, preamble?: string, whole = true,
): Promise<string> {
  const how = options(names, preamble);
  if (!whole) how.compress = { ...how.compress as CompressOptions, toplevel: false };
  const { code: small } = await minify(prepare(code), how);
  return `${aliasThis(small ?? "")}\n`;
}

/** Everything that is built, in memory. */
export async function build(
  root = ROOT, out = join(root, "out"),
): Promise<{ built: Built[]; names: Map<string, string> }> {
  const { version } = readJson<{ version: string }>(join(root, "package.json"));
  compile(root, out);
  const chunks: Chunk[] = [];
  for (const board of boards(root)) chunks.push(await chunk(board, root, out));
  const names = naming(chunks, root);
  const built: Built[] = [];
  for (const { board, code } of chunks) {
    built.push({ board, code: await shrink(code, names, `//thingward ${version} ${board}`) });
  }
  return { built, names };
}

async function main(): Promise<void> {
  const { built, names } = await build();
  const dist = join(ROOT, "dist");
  mkdirSync(dist, { recursive: true });
  for (const { board, code } of built) writeFileSync(join(dist, `${board}.js`), code);
  // Whoever reads a stack trace from a chip needs the way back.
  writeFileSync(join(dist, "names.json"), `${
    JSON.stringify(Object.fromEntries(names), null, 1)}\n`);
  console.log(`build: ${built.length} bundles, ${names.size} property names shortened`);
}

if (isMain(import.meta.url)) await main();
