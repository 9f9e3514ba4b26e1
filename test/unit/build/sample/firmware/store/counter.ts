/** How often each word came; the words are data, so they are never shortened. */
export interface Tally {
  occurrences: number;
  firstPlace: number;
}

export class WordCounter {
  private tallies: { [word: string]: Tally } = {};
  private placeCount = 0;

  countWord(word: string): void {
    const tally = this.tallies["$" + word];
    if (tally) tally.occurrences++;
    else this.tallies["$" + word] = { occurrences: 1, firstPlace: this.placeCount };
    this.placeCount++;
  }

  occurrencesOf(word: string): number {
    const tally = this.tallies["$" + word];
    return tally ? tally.occurrences : 0;
  }
}
