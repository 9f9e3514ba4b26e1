/** Replacements in a text by offsets. */
export interface Edit {
  start: number;
  end: number;
  text: string;
  /** Whatever else was to be changed in there goes with it. */
  isWhole?: boolean;
}

export function apply(code: string, edits: Edit[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    result += code.slice(at, start) + text;
    at = end;
  }
  return result + code.slice(at);
}
