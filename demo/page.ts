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

export async function loadPage(): Promise<Page> {
  const [html, style, icon, script] = await Promise.all([
    readFile(new URL("page.html", FOLDER), "utf8"), readFile(new URL("style.css", FOLDER), "utf8"),
    readFile(new URL("icon.svg", FOLDER), "utf8"), bundleScript(),
  ]);
  return {
    "/": { type: "text/html; charset=utf-8", content: html },
    "/style.css": { type: "text/css; charset=utf-8", content: style },
    "/icon.svg": { type: "image/svg+xml", content: icon },
    "/script.js": { type: "text/javascript; charset=utf-8", content: script },
  };
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
