/** A program for the classic ESP32 in one segment, as Espruino's are: for DIO at 40 MHz. */
const HEADER_BYTES = 24;

export function image(segment: Buffer): Buffer {
  const length = HEADER_BYTES + 8 + segment.length;
  const whole = Buffer.alloc(Math.ceil((length + 1) / 16) * 16);
  whole.set([0xe9, 1, 2, 0x20]);
  whole.writeUInt32LE(0x40080000, HEADER_BYTES);
  whole.writeUInt32LE(segment.length, HEADER_BYTES + 4);
  segment.copy(whole, HEADER_BYTES + 8);
  whole[whole.length - 1] = segment.reduce((sum, octet) => sum ^ octet, 0xef);
  return whole;
}
