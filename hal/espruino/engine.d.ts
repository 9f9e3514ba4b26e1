/**
 * What this folder uses of the interpreter and @types/espruino does not say, or says for another
 * chip. Names of the interpreter, nothing of ours.
 */

interface RawSocket {
  on(event: string, listener: (value: any) => void): void;
  write(bytes: string): boolean;
  end(): void;
  /** Octets that wait to be sent. Not documented; read in libs/network/socketserver.c. */
  dSnd?: string;
  /** Set, the idle loop closes the socket at once, whatever waits. Not documented either. */
  clsNow?: boolean;
  /** It is closed, or will be when nothing waits any more. Not documented either. */
  cls?: boolean;
}

interface RawServer {
  /** Throws where the port cannot be had. */
  listen(port: number): void;
  /** Listens no more; what it has accepted goes on. */
  close(): void;
}

interface RawFile {
  read(count: number): string | undefined;
  write(bytes: string): number;
  seek(position: number): void;
  close(): void;
}

interface RawCell {
  ssid: string;
  /** "open", "wpa2", … */
  authMode: string;
  rssi: number;
}

interface RawWifi {
  connect(ssid: string, options: { password?: string }): void;
  disconnect(): void;
  /** The networks in sight; nothing at all where it fails. */
  scan(done: (found: RawCell[] | undefined) => void): void;
  /** `open`: without a passphrase. At most four guests; `hidden` is not looked at. */
  startAP(ssid: string, options: { authMode: "open"; channel: number }): void;
  stopAP(): void;
  /** "NULL", "STA", "AP" or "APSTA"; the channel where the station is connected. */
  getStatus(): { mode: string; channel: number | undefined };
  getDetails(): { status: string; ssid: string };
  getIP(): { ip: string; gw: string };
  /** `null` for a name that is not found. */
  getHostByName(name: string, found: (address: string | null) => void): void;
}

interface RawConnector {
  connect(where: { host: string; port: number }): RawSocket;
  createServer(accept: (raw: RawSocket) => void): RawServer;
}

interface RawFlash {
  read(count: number, address: number): Uint8Array | undefined;
  write(bytes: string, address: number): void;
  erasePage(address: number): void;
}

interface RawCrypto {
  SHA512(bytes: string): ArrayBuffer;
  AES: {
    encrypt(bytes: string, key: string, how: { iv: string; mode: string }): ArrayBuffer;
    decrypt(bytes: string, key: string, how: { iv: string; mode: string }): ArrayBuffer;
  };
  SHA1(bytes: string): ArrayBuffer;
  SHA256(bytes: string): ArrayBuffer;
  /** `keySize` counts words of 32 bits. */
  PBKDF2(
    password: string,
    salt: string,
    how: { keySize: number; iterations: number; hasher: string },
  ): ArrayBuffer;
}

interface RawStorage {
  /** Nothing at all where there is no such file. */
  read(name: string): string | undefined;
  readJSON(name: string, noExceptions: boolean): unknown;
}

interface RawFiles {
  readFileSync(path: string): string | undefined;
  statSync(path: string): { size: number } | undefined;
}

declare function require(name: "net" | "tls"): RawConnector;
declare function require(name: "Wifi"): RawWifi;
declare function require(name: "Flash"): RawFlash;
declare function require(name: "crypto"): RawCrypto;
declare function require(name: "Storage"): RawStorage;
declare function require(name: "fs"): RawFiles;
declare function require(name: "TelnetServer"): { setOptions(how: { mode: string }): void };

declare function setTimeout<T>(run: (value: T) => void, ms: number, value: T): number;
/** A text is evaluated then, in the outermost scope. */
declare function setTimeout(run: (() => void) | string, ms: number): number;
declare function peek32(address: number): number;
declare function pinMode(pin: Pin, mode: string): void;
/** Only in the build for Linux: ends the process. */
declare function quit(): void;

declare namespace E {
  /** The sum of a[i] * b[(i + offset) % b.length]. */
  function convolve(a: Float64Array, b: Float64Array, offset: number): number;
  function toString(bytes: ArrayBuffer | Uint8Array | string): string;
  function toUint8Array(bytes: string): Uint8Array;
  /** Absent where strings are octets only. */
  const isUTF8: ((text: string) => boolean) | undefined;
  /** The octets of a string of characters. */
  function fromUTF8(text: string): string;
  function CRC32(bytes: string): number;
  function srand(seed: number): void;
  function openFile(path: string, mode: "r" | "r+" | "w"): RawFile;
  function on(event: "errorFlag", listener: (flags: string[]) => void): void;
  function reboot(): void;
  function enableWatchdog(seconds: number, isAutomatic: boolean): void;
  function kickWatchdog(): void;
  function mapInPlace(
    from: Uint16Array | Uint8Array,
    to: Uint16Array | Uint8Array,
    map: (value: number, index: number) => number,
  ): void;
}

declare const process: {
  env: { [name: string]: string };
  on(event: "uncaughtException", listener: (what: any) => void): void;
  /** With `false` no garbage is collected first. */
  memory(collect: false): { free: number };
};

declare const ESP32: { getState(): { freeHeap: number } };

/** What `.boot0` leaves for us (flash/boot.ts); absent where it did not run. */
declare const boot: { note(entry: string): void } | undefined;

/** CRC-32 of the files that were built with the application; the build puts them there. */
declare const RENDEZVOUS_SUM: number;
declare const INVITATION_SUM: number;
/** Where what is loaded finds the board (rendezvous.ts, invitation.ts). */
declare var THRESHOLD: import("./threshold.js").Threshold;

/** Where the console finds the pins of the board for Linux. */
declare var board: any;

/** Settings that whoever starts the bundle on Linux may define before. */
declare const THING: unknown;

interface String {
  repeat(count: number): string;
}
