/**
 * The files of the page: nothing comes from elsewhere, so it works without a network. Its
 * TypeScript becomes one script when the demo starts.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** By path. */
export type Page = Record<string, { type: string; content: string }>;

const FOLDER = new URL("page/", import.meta.url);
/** In their order: what a width changes comes last. */
const SHEETS = ["page", "story", "board", "party", "newcomer", "dialogue", "width"];

export async function loadPage(): Promise<Page> {
  const [html, style, icon, script] = await Promise.all([
    readPart("page.html"), readStyle(), readPart("icon.svg"), bundleScript(),
  ]);
  return {
    "/": { type: "text/html; charset=utf-8", content: html },
    "/style.css": { type: "text/css; charset=utf-8", content: style },
    "/icon.svg": { type: "image/svg+xml", content: icon },
    "/script.js": { type: "text/javascript; charset=utf-8", content: script },
  };
}

function readPart(name: string): Promise<string> {
  return readFile(new URL(name, FOLDER), "utf8");
}

async function readStyle(): Promise<string> {
  const sheets = await Promise.all(SHEETS.map((name) => readPart(`style/${name}.css`)));
  return sheets.join("\n");
}

async function bundleScript(): Promise<string> {
  const input = fileURLToPath(new URL("script.ts", FOLDER));
  const bundle = await rolldown({ input, platform: "browser", logLevel: "silent" });
  try {
    const { output } = await bundle.generate({ format: "iife" });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
