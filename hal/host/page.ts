/**
 * The page of a virtual board: one file on the wire, needing nothing else, made from three.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import type { Board } from "./board.js";
import { WORDS } from "./sign.js";
import { fromWire } from "./text.js";

const FOLDER = new URL("page/", import.meta.url);

export function sendPage(board: Board, response: ServerResponse): void {
  const script = readPart("script.js");
  // Whatever gets into a page that shows foreign stanzas, only our script runs in it.
  const hash = createHash("sha256").update(script).digest("base64");
  response.setHeader("content-security-policy",
    `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; `
    + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    + "frame-ancestors 'none'");
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  const data = JSON.stringify(describe(board)).replace(/</g, "\\u003c");
  const parts: Record<string, string> = { style: readPart("style.css"), script, data };
  response.end(readPart("board.html").replace(/\{\/\*(\w+)\*\/\}/g, (_mark, name) => parts[name]!));
}

/** What `/state` does not say: how sensors and patterns are shown, how far their sliders go. */
function describe(board: Board): object {
  const sensors = board.nodes.flatMap((node) => node.sensors).map((sensor) => ({
    name: fromWire(sensor.name), unit: fromWire(sensor.unit), decimals: sensor.decimals,
    least: sensor.input.least, most: sensor.input.most,
  }));
  return { sensors, signs: WORDS };
}

function readPart(name: string): string {
  return readFileSync(new URL(name, FOLDER), "utf8");
}
