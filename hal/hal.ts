/**
 * The hardware as the firmware sees it: types only. Three implementations: `espruino` (the chip),
 * `host` (Node, real sockets, a file for flash), `mock` (virtual time, faults on demand).
 *
 * Byte strings: every `bytes` is a string with one octet per character (codes 0 to 255).
 */

/** Time. `nowMs` is monotonic from the start of the process and never jumps. */
export interface Clock {
  nowMs(): number;
  /** Milliseconds since 1970 as the hardware believes, 0 when it does not know. May jump. */
  utcMs(): number;
}

/** Cryptographically strong; unlike Espruino's own generators it never repeats after a boot. */
export interface Random {
  bytes(count: number): string;
}

/**
 * NOR flash. `write` can only clear bits; offset and length are multiples of 4, within one page.
 * `erase` sets a whole page to 0xFF. Both return false when the hardware reports a failure;
 * whoever wants to be sure reads back.
 */
export interface Flash {
  readonly pageBytes: number;
  readonly pages: number;
  read(page: number, offset: number, count: number): string;
  write(page: number, offset: number, bytes: string): boolean;
  erase(page: number): boolean;
}

/** What a socket tells its owner. Never called from inside `connect`, `write` or `close`. */
export interface SocketListener {
  onOpen(): void;
  onBytes(bytes: string): void;
  /** The last written octet has left; `writable()` is at its largest again. */
  onDrain(): void;
  /** Once, whatever happened, and not after `close()`. `why` is for people. */
  onClosed(why: string): void;
}

/** A byte pipe. */
export interface Socket {
  /** Octets that may be written now; 0 before `onOpen` and after `close`. */
  writable(): number;
  /** More than `writable()` is a programmer error. */
  write(bytes: string): void;
  close(): void;
}

/** Where to connect: `name` is what the certificate (and SNI) must say, the JID's domain. */
export interface Endpoint {
  host: string;
  port: number;
  /** Direct TLS (XEP-0368) or plain TCP. */
  secure: boolean;
  name: string;
}

export interface Network {
  /** False while there is no link (Wi-Fi down, no address): connecting would only block. */
  isUp(): boolean;
  /** True where TLS verifies the server's certificate; stock Espruino cannot. */
  readonly verifies: boolean;
  /** Never throws: a failure arrives as `onClosed`. */
  connect(endpoint: Endpoint, listener: SocketListener): Socket;
}

export interface DigitalIn {
  /** True while pressed / active, whatever the polarity of the wire. */
  read(): boolean;
}

export interface DigitalOut {
  write(on: boolean): void;
}

export interface AnalogIn {
  /** The quantity in the unit that the board's definition names. NaN when the sensor fails. */
  read(): number;
}

export const enum Hash {
  Sha1 = 20,
  Sha256 = 32,
}

/** What each engine does natively. The value of a Hash is its length in octets. */
export interface Crypto {
  hash(algorithm: Hash, bytes: string): string;
  hmac(algorithm: Hash, key: string, bytes: string): string;
  /** One block of PBKDF2-HMAC; may block for a second on the chip. */
  pbkdf2(algorithm: Hash, password: string, salt: string, iterations: number): string;
  base64(bytes: string): string;
  /** The decoded octets; "" for anything that is not base64. */
  unbase64(text: string): string;
  /** CRC-32 (IEEE 802.3) as an unsigned integer. */
  crc32(bytes: string): number;
}

/** Everything a device gets from its board. */
export interface Hal {
  clock: Clock;
  random: Random;
  flash: Flash;
  network: Network;
  crypto: Crypto;
  led: DigitalOut;
  button: DigitalIn;
  /** The last resort of the supervisor; on the host the process ends. */
  restart(why: string): void;
}

/** Driven by the HAL: at least every TICK_MS, and soon after each socket event. */
export interface Ticker {
  tick(nowMs: number): void;
}
