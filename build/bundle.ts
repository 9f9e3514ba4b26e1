/**
 * Two files for each board: tsc → rollup → terser (ARCHITECTURE E14) → the passes in pass/. The
 * output is a function of the sources alone, and ASCII, because Espruino reads bytes.
 *
 *   npm run build      compiles and writes dist/<board>.js, which is evaluated at the start,
 *                      dist/<board>.cold.js, its rare functions, and dist/names.json
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execPath } from "node:process";
import { rollup } from "rollup";
import { minify } from "terser";
import type { CompressOptions, MinifyOptions } from "terser";
import { METHODS } from "./absent.js";
import { aliasThis } from "./alias.js";
import { apart, rename } from "./member.js";
import type { Renamings } from "./member.js";
import { declared, known, reserved, shorten, sources, unknown } from "./names.js";
import { prepare } from "./prepare.js";
import { SHARED, settle, share } from "./pass/constant.js";
import { split } from "./pass/cold.js";
import { COLD, link, TAKEN } from "./pass/link.js";
import { mark, unmark } from "./pass/mark.js";
import { order } from "./pass/order.js";
import type { Profile } from "./pass/order.js";
import { divide } from "./pass/part.js";
import { farewell } from "./pass/retire.js";
import { boards, isMain, parts, readJson, ROOT } from "./project.js";
import { forbid, PART_FOLDER, partsOf, without } from "./rendezvous.js";
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
  /** All of it as one script, for engines without Storage. */
  code: string;
  /** The same for a chip: what is evaluated at the start, and what is read when it is called. */
  app: string;
  cold: string;
  /** Before the passes, its functions marked with their names in the sources. */
  marked: string;
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
      reserved: ["of", "as", "is", "do", "ssl", "on", ...TAKEN, ...Object.keys(SHARED),
        ...pins()],
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

function finish(marked: string): string {
  return aliasThis(unmark(marked));
}

/** What a chip gets. `change` is what a measuring copy does to each text. */
export function forChip(
  marked: string, names: Map<string, string>, profile: Profile,
  change: (text: string) => string = (text) => text,
): { app: string; cold: string } {
  const ordered = order(share(settle(marked, profile), profile), profile);
  const { app, pieces } = split(ordered, profile, new Set(names.values()));
  const kept = new Set(divide(app).parts.map((part) => part.name));
  const last = farewell(ordered, kept);
  const done = (text: string): string => finish(change(text));
  return link({ app: done(app) + last, pieces: pieces.map(done) });
}

/** What is called while a board rests or is read, and how often (profile.ts). */
export function hot(): Profile {
  return readJson<Profile>(join(ROOT, "build/hot.json"));
}

/** Name in Storage → content, for a board: what `npm run build` left in dist/. */
export function storageFiles(board: string, root = ROOT): Record<string, string> {
  const read = (name: string): string => readFileSync(join(root, "dist", name), "latin1");
  const [app, cold] = [read(`${board}.js`), read(`${board}.cold.js`)];
  const beside = parts(root).map((file) => [basename(file, ".js"), read(basename(file))]);
  return { [COLD]: cold, ...Object.fromEntries(beside), app };
}

/** In memory: for each board, for all properties, and the parts by their names in Storage. */
interface Everything { built: Built[]; names: Map<string, string>; parts: Record<string, string> }

export async function build(root = ROOT, out = join(root, "out")): Promise<Everything> {
  const { version } = readJson<{ version: string }>(join(root, "package.json"));
  compile(root, out);
  const chunks: Chunk[] = [];
  const profile = hot();
  const renamings = apart(root, (name) => !profile[name]);
  for (const board of boards(root)) chunks.push(await chunk(board, root, out, renamings));
  const beside = await Promise.all(partsOf(out)
    .map((name) => chunk(name, root, out, renamings, PART_FOLDER)));
  const names = naming([...chunks, ...beside], root, renamings);
  const parts: Record<string, string> = {};
  for (const { board, code } of beside) parts[board] = await reduce(code, names);
  // What they call of a board must stay where it is found.
  const own = without(names, Object.values(parts).join(""));
  for (const name in parts) parts[name] = `${finish(parts[name])}\n`;
  const built: Built[] = [];
  for (const { board, code } of chunks) {
    const title = `//thingward ${version} ${board}\n`;
    const marked = await reduce(code, names);
    const { app, cold } = forChip(marked, own, profile);
    const [whole, first] = [finish(marked), app].map((each) => `${title}${each}\n`);
    built.push({ board, marked, cold, app: first!, code: whole! });
  }
  return { built, names, parts };
}

async function main(): Promise<void> {
  const { built, names, parts: beside } = await build();
  const dist = mkdirSync(join(ROOT, "dist"), { recursive: true }) ?? join(ROOT, "dist");
  for (const { board, app, cold } of built) {
    writeFileSync(join(dist, `${board}.js`), app);
    writeFileSync(join(dist, `${board}.cold.js`), cold);
  }
  for (const [name, code] of Object.entries(beside)) writeFileSync(join(dist, `${name}.js`), code);
  // Whoever reads a stack trace from a chip needs the way back.
  writeFileSync(join(dist, "names.json"), `${
    JSON.stringify(Object.fromEntries(names), null, 1)}\n`);
  console.log(`build: ${built.length} bundles, ${names.size} property names shortened`);
}

if (isMain(import.meta.url)) await main();
