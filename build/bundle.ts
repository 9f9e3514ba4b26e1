/**
 * Two files for each board: tsc → rollup → terser (ARCHITECTURE E14) → the passes in pass/. The
 * output is a function of the sources alone, and ASCII, because Espruino reads bytes.
 *
 *   npm run build      compiles and writes dist/<board>.js, which is evaluated at the start,
 *                      dist/<board>.cold.js, its rare functions, and dist/names.json
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { rollup } from "rollup";
import { minify } from "terser";
import type { CompressOptions, MinifyOptions } from "terser";
import { METHODS } from "./absent.js";
import { apart, rename } from "./member.js";
import type { Renamings } from "./member.js";
import { declared, known, reserved, shorten, sources, unknown } from "./names.js";
import { prepare } from "./prepare.js";
import { mark } from "./pass/mark.js";
import type { User } from "./pass/number.js";
import type { Profile } from "./pass/order.js";
import { divide } from "./pass/part.js";
import { TAKEN } from "./pass/word.js";
import { boards, isMain, readJson, ROOT } from "./project.js";
import { bind, forbid, PART_FOLDER, partsIn, tie } from "./rendezvous.js";
import { finish, forChip, hot, partForChip } from "./storage.js";
import type { Bond, Pair } from "./storage.js";
import { foreignNames } from "./usage.js";

/** A board's code after rollup: one scope, long names, nothing unused. */
export interface Chunk {
  board: string;
  code: string;
  /** Source path relative to the root → its part of `code`. */
  modules: Record<string, string>;
}

/** For a chip, and what it was made of. */
export interface Half extends Pair {
  /** Before the passes and unbound, functions marked with their names in the sources. */
  marked: string;
  bond: Bond;
}

export interface Built extends Half {
  board: string;
  /** All of it as one script, for engines without Storage. */
  code: string;
}

/** A name that nobody has, and how it comes out. */
const AGAIN = "thingwardUsesThemTwice";
const ONCE = new RegExp(`[,;]?${AGAIN}\\([\\w$,]*\\);?$`);

/** Of the interpreter: who types at its console counts on them. */
function pins(): string[] {
  const ports = [..."ABCDEFGH"].flatMap((port) => [..."0123456789"].map((pin) => port + pin));
  return ["E", ...ports];
}

/** Types are checked on the way: a build of wrong code is no build. */
export function compile(root = ROOT, out = join(root, "out")): void {
  const tsc = join(ROOT, "node_modules/typescript/lib/tsc.js");
  const options = ["-p", join(root, "tsconfig.espruino.json"), "--outDir", out];
  execFileSync(execPath, [tsc, ...options], { stdio: ["ignore", "inherit", "inherit"] });
}

/** A circular import is only a warning to rollup, and death at load on Espruino (E2). */
export async function chunk(
  board: string, root = ROOT, out = join(root, "out"), renamings: Renamings = new Map(),
  folder = "boards"): Promise<Chunk> {
  const input = join(out, folder, `${board}.js`);
  const bundle = await rollup({
    input,
    plugins: [{
      name: "apart",
      transform(text, id) {
        const file = source(id, out);
        const renaming = renamings.get(file);
        return renaming ? { code: rename(text, file, renaming), map: null } : null;
      },
    }],
    treeshake: { moduleSideEffects: true, propertyReadSideEffects: false },
    onwarn(warning) {
      throw new Error(`${board}: ${warning.message}`);
    },
  });
  const generated = await bundle.generate({ format: "es", strict: false, indent: false });
  await bundle.close();
  const { code, modules } = generated.output[0];
  const parts: Record<string, string> = {};
  for (const [id, module] of Object.entries(modules)) {
    parts[source(id, out)] = module.code ?? "";
  }
  return forbid({ board, code, modules: parts });
}

/** A compiled file's source, relative to the root. */
function source(id: string, out: string): string {
  return id.slice(out.length + 1).replace(/\\/g, "/").replace(/\.js$/, ".ts");
}

/** Names for the properties of these chunks; a name that nobody declares stops the build. */
export function naming(
  chunks: Chunk[], root = ROOT, renamings: Renamings = new Map(),
): Map<string, string> {
  const own = new Set([...renamings.values()].flatMap(({ methods }) => [...methods.values()]));
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
export function options(names: Map<string, string>): MinifyOptions {
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
      reserved: ["of", "as", "is", "do", "ssl", "on", ...TAKEN, ...pins()],
      // Just the names given above. `builtins` only means that terser's own list of names, made
      // for browsers, is not asked; `only_cache` is missing in its types.
      properties: { keep_quoted: "strict", only_cache: true, builtins: true } as object,
    },
    format: { ascii_only: true, comments: false },
  };
}

/** A part of a bundle is not `whole`: what it does not use itself, another part does. */
export async function shrink(
  code: string, names: Map<string, string>, preamble?: string, whole = true,
): Promise<string> {
  return `${preamble ? `${preamble}\n` : ""}${finish(await reduce(code, names, whole))}\n`;
}

/** Minified, but for what the passes need: marks, and `this` as it was. */
export async function reduce(
  code: string, names: Map<string, string>, whole = true,
): Promise<string> {
  const prepared = prepare(code);
  const how = options(names);
  if (!whole) how.compress = { ...how.compress as CompressOptions, toplevel: false };
  // In the place of its only use a function would be made anew each time, so each is used twice.
  const again = divide(prepared).parts
    .filter((part) => part.kind === "class" || part.kind === "function").map((part) => part.name);
  const bundle = `${prepared}\n${AGAIN}(${again.join()});`;
  const { code: small, map } = await minify({ bundle }, { ...how, sourceMap: true });
  return mark(small!.replace(ONCE, ";"), map as string, prepared);
}

export interface Everything {
  built: Built[];
  names: Map<string, string>;
  /** By name; none where the sources have none. */
  parts: Record<string, Half>;
}

/** Everything that is built, in memory. */
export async function build(root = ROOT, out = join(root, "out")): Promise<Everything> {
  const { version } = readJson<{ version: string }>(join(root, "package.json"));
  const titled = (name: string, { app, cold }: Pair): Pair =>
    ({ app: `//thingward ${version} ${name}\n${app}\n`, cold });
  compile(root, out);
  const profile = hot();
  const partly = hot(true);
  const renamings = apart(root, (name) => !profile[name] || !partly[name]);
  const chunks: Chunk[] = [];
  for (const board of boards(root)) chunks.push(await chunk(board, root, out, renamings));
  const beside: Chunk[] = [];
  for (const part of partsIn(out)) {
    beside.push(await chunk(part, root, out, renamings, PART_FOLDER));
  }
  const names = naming([...chunks, ...beside], root, renamings);
  const users = async (of: Chunk[], how: Profile): Promise<User[]> =>
    Promise.all(of.map(async ({ code }) => ({ code: await reduce(code, names), profile: how })));
  const [own, others] = [await users(chunks, profile), await users(beside, partly)];
  const bonds = tie(names, own, others);
  const parts: Record<string, Half> = {};
  beside.forEach(({ board: part }, i) => {
    const half = { marked: others[i]!.code, bond: bonds.parts[i]! };
    parts[part] = { ...half, ...titled(part, partForChip(part, half, partly)) };
  });
  const built = chunks.map(({ board }, i): Built => {
    const half = { marked: own[i]!.code, bond: bonds.boards[i]! };
    const code = bind(half.marked, parts);
    return { ...half, ...titled(board, forChip(code, half.bond, profile)), board,
      code: titled(board, { app: finish(code), cold: "" }).app };
  });
  return { built, names, parts };
}

async function main(): Promise<void> {
  const { built, names, parts } = await build();
  const dist = join(ROOT, "dist");
  mkdirSync(dist, { recursive: true });
  const beside = Object.entries(parts).map(([board, part]) => ({ ...part, board }));
  for (const { board, app, cold } of [...built, ...beside]) {
    writeFileSync(join(dist, `${board}.js`), app);
    writeFileSync(join(dist, `${board}.cold.js`), cold);
  }
  // Whoever reads a stack trace from a chip needs the way back.
  writeFileSync(join(dist, "names.json"), `${
    JSON.stringify(Object.fromEntries(names), null, 1)}\n`);
  console.log(`build: ${built.length} bundles, ${names.size} property names shortened`);
}

if (isMain(import.meta.url)) await main();
