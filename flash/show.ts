/**
 * What a person sees: a word, what about it, and a bar while octets travel. Where nobody looks
 * (a log, a pipe) the bar is left out.
 */
const WORD_CHARS = 12;
const BAR_CHARS = 24;

export interface Show {
  say(word: string, text: string): void;
  /** The bar of one file; the last call has `done === total`. */
  bar(word: string, done: number, total: number): void;
}

export function createShow(stream: NodeJS.WriteStream): Show {
  const isTerminal = stream.isTTY === true;
  return {
    say: (word, text) => void stream.write(`${word.padEnd(WORD_CHARS)} ${text}\n`),
    bar: (word, done, total) => {
      if (isTerminal) stream.write(`\r${word.padEnd(WORD_CHARS)} ${bar(done, total)}`);
      if (done !== total) return;
      if (isTerminal) stream.write("\n");
      else stream.write(`${word.padEnd(WORD_CHARS)} ${total} octets\n`);
    },
  };
}

export function bar(done: number, total: number): string {
  const full = Math.floor(done / total * BAR_CHARS);
  return `${"█".repeat(full)}${"░".repeat(BAR_CHARS - full)} ${done} of ${total} octets`;
}
