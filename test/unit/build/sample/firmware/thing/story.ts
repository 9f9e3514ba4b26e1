import { Level } from "../../hal/hal.js";
import type { Output } from "../../hal/hal.js";
import type { WordCounter } from "../store/counter.js";

interface Route {
  answer(counter: WordCounter): string;
}

const BLANKS = /[ \t]+/g;
const ALL_OCTETS = "\x00\x01\x07\x08\t\n\x0B\f\r\x1B \"'\\`${}\x7F\x80\xA0\xC2\xE9\xFF";

function answerBytes(): string {
  return ALL_OCTETS;
}

function answerCount(counter: WordCounter): string {
  return "relay=" + counter.occurrencesOf("relay") + " level=" + Level.High;
}

const ROUTES: { [key: string]: Route } = {
  "get bytes": { answer: answerBytes },
  "get count": { answer: answerCount },
};

/** Feeds words to the counter and answers each route. */
export class Story {
  constructor(private readonly counter: WordCounter, private readonly output: Output) {}

  tell(text: string): void {
    const words = text.replace(BLANKS, " ").split(" ");
    for (const word of words) this.counter.countWord(word);
    for (const key in ROUTES) this.output.writeOctets(key + ":" + ROUTES[key].answer(this.counter));
  }
}
