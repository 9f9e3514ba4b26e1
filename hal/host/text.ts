/**
 * The firmware holds texts as wire bytes (UTF-8, one octet per character); people and JSON do not.
 */

export function toWire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What is not UTF-8 becomes U+FFFD: a picture of the wire must never throw. */
export function fromWire(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** One line whatever a foreign server wrote: control characters would forge lines of the log. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}
