/**
 * A hash-DRBG of our own. `Math.random`, `E.hwRand` and TLS's own entropy start from a constant
 * and repeat after every boot; this starts from what the source gives.
 *
 * The state is replaced by its hash after each use, so that a state that leaks tells nothing of
 * what was given out before. The first octet keeps the three uses of the hash apart.
 */
import { Hash } from "../hal.js";
import type { Crypto, Random } from "../hal.js";

/** The classic ESP32's RNG_DATA_REG: noise while the radio is on, so it is read again then. */
const RNG_REGISTER = 0x60035144;
const RNG_READS = 64;
const URANDOM_BYTES = 32;

export class HashRandom implements Random {
  private state = "";

  constructor(private readonly crypto: Crypto, private readonly source: () => string) {
    this.gather();
  }

  bytes(count: number): string {
    let bytes = "";
    for (let i = 0; bytes.length < count; i++) {
      bytes += this.crypto.hash(Hash.Sha256, "\x01" + this.state + i);
    }
    this.state = this.crypto.hash(Hash.Sha256, "\x02" + this.state);
    return bytes.substring(0, count);
  }

  /** What is unknown to others makes the state better, what is known does not make it worse. */
  mix(bytes: string): void {
    this.state = this.crypto.hash(Hash.Sha256, "\x03" + this.state + bytes);
  }

  gather(): void {
    this.mix(this.source());
  }

  /** 32 bits for the interpreter's generator, which TLS draws its keys from. */
  seed(): void {
    let seed = 0;
    const bytes = this.bytes(4);
    for (let i = 0; i < 4; i++) seed = (seed << 8) | bytes.charCodeAt(i);
    E.srand(seed);
  }
}

export function chipEntropy(): string {
  let text = process.env["SERIAL"] + "," + getTime();
  for (let i = 0; i < RNG_READS; i++) text += "," + peek32(RNG_REGISTER);
  return text + "," + getTime();
}

export function linuxEntropy(): string {
  const file = E.openFile("/dev/urandom", "r");
  const bytes = file.read(URANDOM_BYTES);
  file.close();
  if (!bytes || bytes.length !== URANDOM_BYTES) throw new Error("no randomness");
  return bytes;
}
