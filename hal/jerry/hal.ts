/**
 * The hardware as a C program gives it to a script on JerryScript: one flat object whose functions
 * are C's, and one flat object back whose functions C calls. Their names are quoted here, since
 * all others are shortened in the bundle. A connection is a number that we choose.
 *
 * Octet strings both ways: one character from 0 to 255 for each octet (boards/jerry/README.md).
 */
import type {
  Clock, Crypto, DigitalIn, DigitalOut, Endpoint, Flash, Hal, Hash, Network, Random, Socket,
  SocketListener,
} from "../hal.js";

/** What C gives: functions and numbers by these names. */
export interface Given {
  [name: string]: any;
}

class GivenClock implements Clock {
  constructor(private readonly given: Given) {}

  nowMs(): number {
    return this.given["nowMs"]();
  }

  utcMs(): number {
    return this.given["utcMs"]();
  }
}

class GivenRandom implements Random {
  constructor(private readonly given: Given) {}

  bytes(count: number): string {
    return this.given["random"](count);
  }
}

class GivenFlash implements Flash {
  readonly pageBytes: number;
  readonly pages: number;

  constructor(private readonly given: Given) {
    this.pageBytes = given["pageBytes"];
    this.pages = given["pages"];
  }

  read(page: number, offset: number, count: number): string {
    return this.given["flashRead"](page, offset, count);
  }

  write(page: number, offset: number, bytes: string): boolean {
    return this.given["flashWrite"](page, offset, bytes);
  }

  erase(page: number): boolean {
    return this.given["flashErase"](page);
  }
}

class GivenCrypto implements Crypto {
  constructor(private readonly given: Given) {}

  hash(algorithm: Hash, bytes: string): string {
    return this.given["hash"](algorithm, bytes);
  }

  hmac(algorithm: Hash, key: string, bytes: string): string {
    return this.given["hmac"](algorithm, key, bytes);
  }

  pbkdf2(algorithm: Hash, password: string, salt: string, iterations: number): string {
    return this.given["pbkdf2"](algorithm, password, salt, iterations);
  }

  base64(bytes: string): string {
    return this.given["base64"](bytes);
  }

  unbase64(text: string): string {
    return this.given["unbase64"](text);
  }

  crc32(bytes: string): number {
    return this.given["crc32"](bytes);
  }
}

class GivenSocket implements Socket {
  constructor(
    private readonly given: Given,
    readonly number: number,
    readonly listener: SocketListener,
  ) {}

  writable(): number {
    return this.given["writable"](this.number);
  }

  write(bytes: string): void {
    this.given["write"](this.number, bytes);
  }

  close(): void {
    this.given["close"](this.number);
  }
}

export class GivenNetwork implements Network {
  readonly verifies: boolean;
  private last: GivenSocket | null = null;
  private count = 0;

  constructor(private readonly given: Given) {
    this.verifies = given["verifies"] === true;
  }

  isUp(): boolean {
    return this.given["isUp"]();
  }

  /** One at a time: what is told of a connection before counts no more. */
  connect(endpoint: Endpoint, listener: SocketListener): Socket {
    const socket = this.last = new GivenSocket(this.given, ++this.count, listener);
    const { host, port, secure, name } = endpoint;
    this.given["connect"](socket.number, host, port, secure, name);
    return socket;
  }

  /** Who listens to that connection; null where it is over. */
  listener(number: number): SocketListener | null {
    return this.last && this.last.number === number ? this.last.listener : null;
  }
}

class GivenPin implements DigitalIn, DigitalOut {
  constructor(private readonly given: Given) {}

  read(): boolean {
    return this.given["button"]();
  }

  write(on: boolean): void {
    this.given["led"](on);
  }
}

export class GivenHal implements Hal {
  readonly clock: Clock;
  readonly random: Random;
  readonly flash: Flash;
  readonly network: GivenNetwork;
  readonly crypto: Crypto;
  /** No RSA: the board is given its tokens. */
  readonly identity = null;
  readonly led: DigitalOut;
  readonly button: DigitalIn;

  constructor(private readonly given: Given) {
    this.clock = new GivenClock(given);
    this.random = new GivenRandom(given);
    this.flash = new GivenFlash(given);
    this.network = new GivenNetwork(given);
    this.crypto = new GivenCrypto(given);
    this.led = this.button = new GivenPin(given);
  }

  restart(why: string): void {
    this.given["restart"](why);
  }
}
