/**
 * The parsers on an engine that has nothing but `print`: JerryScript. One line of JSON for each
 * that runs, or says why it does not.
 */
import { once, rateOf } from "./median.js";
import { parsers } from "./parser.js";
import { STANZAS } from "./stanza.js";

declare function print(text: string): void;
declare const RUNS: number;
declare const RUN_MS: number;

for (const name of Object.keys(parsers)) {
  try {
    const work = parsers[name]!();
    const rates: number[] = [];
    work();
    for (let run = 0; run < RUNS; run++) rates.push(once(work, STANZAS.length, RUN_MS));
    print(JSON.stringify({ name, rate: rateOf(rates) }));
  } catch (error) {
    print(JSON.stringify({ name, why: String(error) }));
  }
}
