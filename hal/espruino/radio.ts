/**
 * The radio of a board without a network: the chip's, by way of the station that keeps it on
 * whatever network it is given; and for Espruino on Linux the loopback, with the networks that
 * `thing.json` lists.
 */
import type { Cell, Endpoint, Wireless } from "../hal.js";
import type { Station } from "./wifi.js";

const RENDEZVOUS_PORT = 11096;
const LOOPBACK = "127.0.0.1";

export class ChipWireless implements Wireless {
  private found: Cell[] | null = null;

  constructor(private readonly station: Station) {}

  scan(): void {
    this.found = null;
    require("Wifi").scan((found) => this.saw(found || []));
  }

  cells(): Cell[] | null {
    return this.found;
  }

  join(ssid: string, passphrase: string): void {
    this.station.move(ssid, passphrase);
  }

  isJoined(): boolean {
    return this.station.isUp;
  }

  host(): Endpoint {
    const host = require("Wifi").getIP().gw;
    return { host, port: RENDEZVOUS_PORT, secure: false, name: host };
  }

  leave(): void {
    this.station.move("", "");
  }

  private saw(found: RawCell[]): void {
    const cells: Cell[] = [];
    for (const one of found) {
      cells.push({ ssid: one.ssid, isOpen: one.authMode === "open", rssi: one.rssi });
    }
    this.found = cells;
  }
}

/** As `thing.json` lists them: without a port it is a home, which needs its passphrase. */
export interface LoopbackNetwork {
  ssid: string;
  port: number;
  passphrase: string;
}

export class LoopbackWireless implements Wireless {
  private ssid = "";
  private passphrase = "";

  constructor(private readonly networks: LoopbackNetwork[]) {}

  scan(): void {
    // What there is does not change.
  }

  cells(): Cell[] {
    return this.networks.map((one) => (
      { ssid: one.ssid, isOpen: one.passphrase === "", rssi: 0 }));
  }

  join(ssid: string, passphrase: string): void {
    this.ssid = ssid;
    this.passphrase = passphrase;
  }

  isJoined(): boolean {
    const found = this.current();
    return found !== null && found.passphrase === this.passphrase;
  }

  host(): Endpoint {
    const found = this.current();
    return { host: LOOPBACK, port: found ? found.port : 0, secure: false, name: LOOPBACK };
  }

  leave(): void {
    this.ssid = "";
  }

  private current(): LoopbackNetwork | null {
    for (const one of this.networks) if (one.ssid === this.ssid) return one;
    return null;
  }
}
