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

/** Told of whoever connects to a port of ours. */
export interface Acceptor {
  /** The connection is open. What comes next is told to the listener that is returned. */
  accept(socket: Socket): SocketListener;
}

/** A port that is listened on, until `close`; connections that it accepted go on. */
export interface Port {
  close(): void;
}

/** Connections the other way round: only a provisioner has this (RENDEZVOUS 5.1). */
export interface Server {
  /** Never throws; a port that cannot be had is one to which nobody comes. */
  listen(port: number, acceptor: Acceptor): Port;
}

/** An open network of our own, beside the one that we are on; it leads to us and nowhere else. */
export interface AccessPoint {
  open(ssid: string): void;
  /** For sure, be it a moment later. */
  close(): void;
  /** It could not be opened, or the board has closed it by itself: it needs what it costs. */
  isLost(): boolean;
}

/** A network in reach, as a scan sees it. */
export interface Cell {
  /** As octets, 32 at most. */
  ssid: string;
  /** No passphrase is needed. */
  isOpen: boolean;
  /** dBm: the greater the nearer; 0 where it is not known. */
  rssi: number;
}

/** The radio of a board without a network. It is asked how things are; it tells nobody. */
export interface Wireless {
  /** Begins to look around; takes seconds. */
  scan(): void;
  /** What the last scan found; null while it is under way. Empty where it failed. */
  cells(): Cell[] | null;
  /** Leaves the network it is on and goes to this one; passphrase "" for an open one. */
  join(ssid: string, passphrase: string): void;
  /** There is an address on the network last asked for. */
  isJoined(): boolean;
  /** Where whoever opened the joined network listens for joiners (port 11096 of the gateway). */
  host(): Endpoint;
  /** On no network, and looking for none. */
  leave(): void;
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

/**
 * The sum of a[i] * b[i + offset] over all of a, in double precision, in that order. On Espruino
 * it is `E.convolve`, the one native loop over numbers that there is.
 */
export type Convolve = (a: Float64Array, b: Float64Array, offset: number) => number;

/** What the rendezvous needs beside Crypto; only a board that is being commissioned has it. */
export interface Cipher {
  sha512(bytes: string): string;
  /** AES-128 in CBC mode without padding: whole blocks of 16 octets. */
  encrypt(key: string, iv: string, bytes: string): string;
  decrypt(key: string, iv: string, bytes: string): string;
  readonly convolve: Convolve;
}

/** Proves who the board is (XEP-0324 "tokens"); of a board that can do RSA. */
export interface Identity {
  /** The public X.509 certificate, as DER. */
  certificate(): string;
  /** RSAES-OAEP with SHA-1 by its private key; "" for whatever is no block of it. May block. */
  decrypt(block: string): string;
}

/** Everything a device gets from its board. */
export interface Hal {
  clock: Clock;
  random: Random;
  flash: Flash;
  network: Network;
  crypto: Crypto;
  /** Null where the board cannot do RSA: it gets no token of its own. */
  identity: Identity | null;
  led: DigitalOut;
  button: DigitalIn;
  /** The last resort of the supervisor; on the host the process ends. */
  restart(why: string): void;
}

/** Driven by the HAL: at least every TICK_MS, and soon after each socket event. */
export interface Ticker {
  tick(nowMs: number): void;
}
