import type { Output } from "../hal.js";

/** Speaks to foreign objects, whose names must survive. */
export class Console implements Output {
  private lineNumber = 0;

  writeOctets(octets: string): void {
    this.lineNumber++;
    const codes: number[] = [];
    for (let at = 0; at < octets.length; at++) codes.push(octets.charCodeAt(at));
    print(this.lineNumber + " " + JSON.stringify({ "octets": codes.join(",") }));
  }
}
