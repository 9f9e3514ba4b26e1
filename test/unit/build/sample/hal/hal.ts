/** The sample's contract: enough to be mangled. */
export interface Output {
  writeOctets(octets: string): void;
}

export const enum Level {
  Low = 1,
  High = 2,
}
