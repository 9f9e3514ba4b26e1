/**
 * The entries that `.boot0` and the supervisor leave in the Storage file `starts`, for people:
 * one letter, and three digits for the hours that the board had run.
 */
const ENTRY_CHARS = 4;
const SHOWN = 12;

/** Letters of flash/boot.ts and of hal/espruino/supervisor.ts. */
export const MEANINGS: Record<string, string> = {
  a: "started",
  s: "ran well for a minute, or was flashed anew",
  c: "the power was cut, or EN pressed, within the first minute",
  x: "safe mode",
  M: "restarted: a call ran out of memory",
  L: "restarted: the memory was nearly full for long",
  H: "restarted: the chip's own heap was nearly empty",
  W: "restarted: Wi-Fi was there and could not be joined",
  E: "restarted: exceptions did not end",
  Q: "restarted: events were lost",
};

/** The last ones, the newest last; equal ones that follow each other in one line. */
export function describeStarts(text: string): string[] {
  const lines: { said: string; count: number }[] = [];
  for (let at = 0; at + ENTRY_CHARS <= text.length; at += ENTRY_CHARS) {
    const letter = text[at]!;
    const hours = Number(text.slice(at + 1, at + ENTRY_CHARS)) || 0;
    const said = (MEANINGS[letter] ?? `"${letter}"`)
      + (hours > 0 ? ` after ${hours === 1 ? "an hour" : `${hours} hours`}` : "");
    const last = lines[lines.length - 1];
    if (last?.said === said) last.count++;
    else lines.push({ said, count: 1 });
  }
  return lines.slice(-SHOWN)
    .map(({ said, count }) => (count > 1 ? `${said} (${count} times)` : said));
}
