/** Values of a request as XML Schema has them. */
const DAY_MS = 86_400_000;
const SECONDS = /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$/;
const FRACTION = /^\.[0-9]+/;
const ZONE = /^[-+][0-9][0-9]:[0-9][0-9]$/;
/** Of `2026-11-05T09:30:00`. */
const SECONDS_BYTES = 19;
const ZONE_HOURS_MAX = 14;

/** xs:int in its canonical form; "" for anything else (ERRATA N7). */
export function canonicalInt(lexical: string): string {
  const word = lexical.trim();
  const value = /^[-+0-9][0-9]*$/.test(word) ? +word : NaN;
  return value >= -2147483648 && value <= 2147483647 ? "" + value : "";
}

/**
 * xs:dateTime: milliseconds since 1970, a fraction of a second left out; NaN for what is none, or
 * has no year of four digits. Without a zone it is UTC (ERRATA N39).
 */
export function utcMsOf(lexical: string): number {
  const word = lexical.trim();
  let head = word.substring(0, SECONDS_BYTES);
  let zone = word.substring(SECONDS_BYTES);
  const fraction = FRACTION.exec(zone);
  if (fraction) zone = zone.substring(fraction[0].length);
  if (!SECONDS.test(head)) return NaN;
  let shiftMs = 0;
  if (head.substring(11) === "24:00:00") { // The end of a day is a time of that day.
    head = head.substring(0, 11) + "00:00:00";
    shiftMs = DAY_MS;
  }
  if (zone !== "" && zone !== "Z") {
    const hours = +zone.substring(1, 3);
    const minutes = +zone.substring(4);
    if (!ZONE.test(zone) || hours > ZONE_HOURS_MAX || minutes > 59) return NaN;
    const zoneMs = (hours * 60 + minutes) * 60_000;
    shiftMs += zone.charAt(0) === "-" ? zoneMs : -zoneMs;
  }
  const ms = Date.parse(head + "Z");
  // What no calendar has is either no date, or another one.
  const isDate = ms === ms && new Date(ms).toISOString().substring(0, SECONDS_BYTES) === head;
  return isDate ? ms + shiftMs : NaN;
}
