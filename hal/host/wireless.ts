/**
 * The radio of a virtual board: it sees what is in the air (air.ts). Joining a network changes
 * nothing about this machine's own; what it decides is whether the board may connect.
 */
import type { Cell, Endpoint, Wireless } from "../hal.js";
import type { Air } from "./air.js";

/** As on the chip, only quicker: nothing is known at once. */
const SCAN_MS = 300;
const JOIN_MS = 200;
const LOOPBACK = "127.0.0.1";

export interface WirelessOptions {
  air: Air;
  /**
   * Passphrase by SSID of the networks with a way to the XMPP server. Null: this machine's own
   * network stands for any, whatever its name and passphrase.
   */
  homes: Map<string, string> | null;
  scanMs?: number;
  joinMs?: number;
  /** What is worth a line of the log. */
  log?(line: string): void;
}

export class HostWireless implements Wireless {
  private scanMs = Infinity;
  private ssid = "";
  private passphrase = "";
  private joinMs = Infinity;

  constructor(private readonly options: WirelessOptions) {}

  scan(): void {
    this.scanMs = performance.now() + (this.options.scanMs ?? SCAN_MS);
  }

  cells(): Cell[] | null {
    if (performance.now() < this.scanMs) return null;
    return this.options.air.cells().map(({ ssid, passphrase, rssi }) =>
      ({ ssid, isOpen: passphrase === "", rssi }));
  }

  join(ssid: string, passphrase: string): void {
    this.ssid = ssid;
    this.passphrase = passphrase;
    this.joinMs = performance.now() + (this.options.joinMs ?? JOIN_MS);
    this.options.log?.(`wireless join ${ssid}`);
  }

  isJoined(): boolean {
    return performance.now() >= this.joinMs && this.isLetIn();
  }

  host(): Endpoint {
    const port = this.found()?.port ?? 0;
    return { host: LOOPBACK, port, secure: false, name: LOOPBACK };
  }

  leave(): void {
    if (this.joinMs !== Infinity) this.options.log?.(`wireless leave ${this.ssid}`);
    this.ssid = "";
    this.joinMs = Infinity;
  }

  private isLetIn(): boolean {
    const found = this.found();
    if (found) return found.passphrase === this.passphrase;
    const { homes } = this.options;
    // A joinable network that has gone is no home.
    if (homes === null) return !this.ssid.startsWith(JOINABLE);
    return homes.get(this.ssid) === this.passphrase;
  }

  private found() {
    return this.options.air.cells().find(({ ssid }) => ssid === this.ssid);
  }
}

/** RENDEZVOUS 1.10: `XPR1-<discriminator>-<tag>`. */
const JOINABLE = "XPR1-";
