/**
 * `npm run build:jerry`: the firmware for a C program that embeds JerryScript, one script,
 * dist/jerry.js: tsc → rolldown → terser. Without the passes that are Espruino's business
 * (Storage, JsVars). Names of properties are shortened where they are not quoted; what C and
 * the script say to each other is quoted (hal/jerry/hal.ts).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { minify } from "terser";
import { compile } from "./bundle.js";
import { isMain, ROOT } from "./project.js";

/** The one global, and its one function. */
const GLOBAL = "thingward";
const FACTORY = "create";

export async function jerry(out = join(ROOT, "out")): Promise<string> {
  compile(ROOT, out);
  const bundle = await rolldown({ input: join(out, "boards/jerry/board.js") });
  const { output } = await bundle.generate({ format: "iife", name: GLOBAL });
  await bundle.close();
  const { code } = await minify(output[0].code, {
    ecma: 2015,
    compress: { passes: 3 },
    mangle: { properties: { keep_quoted: "strict", reserved: [FACTORY] } as object },
    format: { ascii_only: true },
  });
  return `${code}\n`;
}

async function main(): Promise<void> {
  const code = await jerry();
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  writeFileSync(join(ROOT, "dist/jerry.js"), code);
  console.log(`build: dist/jerry.js, ${code.length.toLocaleString("en")} octets`);
}

if (isMain(import.meta.url)) await main();
