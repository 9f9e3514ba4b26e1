/**
 * A scene is a text file: one sentence a line, `#` for a remark; a line that begins with blanks
 * goes on with the one before (for XML). What the sentences are is in language.ts.
 */
import { readFileSync } from "node:fs";
import { Stage } from "./stage.js";
import { SENTENCES } from "./language.js";

interface Line {
  number: number;
  text: string;
}

export function readScene(text: string): Line[] {
  const lines: Line[] = [];
  text.split("\n").forEach((raw, i) => {
    const said = raw.trim();
    if (said === "" || said.startsWith("#")) return;
    const last = lines.at(-1);
    if (/^\s/.test(raw) && last) last.text += " " + said;
    else lines.push({ number: i + 1, text: said });
  });
  return lines;
}

/** Throws with file and line where a sentence is unknown or untrue. */
export function playScene(file: string, text = readFileSync(file, "utf8")): void {
  const stage = new Stage();
  const name = file.split("/").at(-1)!;
  let at = 0;
  try {
    for (const line of readScene(text)) {
      at = line.number;
      play(stage, line.text);
    }
    at++;
    stage.close();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}:${at}: ${why}`, { cause: error });
  }
}

function play(stage: Stage, text: string): void {
  for (const [shape, act] of SENTENCES) {
    const match = shape.exec(text);
    if (match) return act(stage, ...match.slice(1));
  }
  throw new Error(`unknown line: ${text}`);
}
