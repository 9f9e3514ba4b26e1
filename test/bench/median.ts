/** How often something can be done in a second: the median of several runs, and their spread. */

export interface Rate {
  perSecond: number;
  /** (most - least) / median of the runs. */
  spread: number;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function rateOf(rates: number[]): Rate {
  const perSecond = median(rates);
  return { perSecond, spread: (Math.max(...rates) - Math.min(...rates)) / perSecond };
}

/** Done again and again for so long, `count` at a time. */
export function once(work: () => void, count: number, runMs: number): number {
  const begun = Date.now();
  let done = 0;
  let ms = 0;
  do {
    work();
    done += count;
    ms = Date.now() - begun;
  } while (ms < runMs);
  return done * 1000 / ms;
}

/**
 * All are measured in turn, run by run, so that a machine that slows down slows down all of them.
 * The first run warms up, and does not count.
 */
export function compare(
  works: Record<string, () => void>, count: number, runs: number, runMs: number,
): Record<string, Rate> {
  const names = Object.keys(works);
  const rates: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const name of names) {
      const rate = once(works[name]!, count, runMs);
      if (run >= 0) rates[name]!.push(rate);
    }
  }
  return Object.fromEntries(names.map((name) => [name, rateOf(rates[name]!)]));
}
