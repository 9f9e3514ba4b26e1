/**
 * Which regular expressions Espruino runs as JavaScript does. Its engine knows literals, classes
 * with `*` and `+`, anchors, flat groups and a top-level `|`; the rest fails without a word, so
 * what is not known to work is refused (ENGINE 1.4).
 */

const ESCAPES = "dwsDWSnrtfvx";
const GROUPS_MAX = 9;

/** Why a pattern must not be used, or "" when it may. */
export function objection(pattern: string, flags: string): string {
  const flag = flags.split("").find((each) => each !== "g" && each !== "i");
  if (flag) return `flag ${flag}`;
  let depth = 0;
  let groups = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") {
      const why = escapeObjection(pattern, at);
      if (why) return why;
      at++;
    } else if (character === "[") {
      const end = classEnd(pattern, at);
      const why = classObjection(pattern.slice(at + 1, end));
      if (why) return why;
      at = end;
    } else if (character === "(") {
      if (pattern[at + 1] === "?") return "a group that is not plain";
      if (depth > 0) return "a group in a group";
      if (++groups > GROUPS_MAX) return "more than nine groups";
      depth++;
    } else if (character === ")") {
      depth--;
      if ("*+?{".includes(pattern[at + 1] ?? " ")) return "a quantified group";
    } else if (character === "|" && depth > 0) {
      return "| in a group";
    } else if (character === "?") {
      return "?";
    } else if (character === "{" || character === "}") {
      return "{n}";
    }
  }
  return "";
}

/** True when the pattern captures: `split` ignores that. */
export function captures(pattern: string): boolean {
  return pattern.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "").includes("(");
}

function escapeObjection(pattern: string, at: number): string {
  const escaped = pattern[at + 1];
  if (/[a-zA-Z0-9]/.test(escaped) && !ESCAPES.includes(escaped)) return `\\${escaped}`;
  return "";
}

function classEnd(pattern: string, open: number): number {
  let at = open + 1;
  while (pattern[at] !== "]" && at < pattern.length) at += pattern[at] === "\\" ? 2 : 1;
  return at;
}

function classObjection(inside: string): string {
  for (let at = 0; at < inside.length; at++) {
    if (inside[at] === "/") return "/ in a class";
    if (inside[at] === "\\") {
      const why = escapeObjection(inside, at);
      if (why) return why;
      at++;
    }
  }
  return "";
}
