/**
 * The access point of a virtual board: a network in the air that leads to the port which its
 * server has just been told to listen on.
 */
import type { AccessPoint } from "../hal.js";
import type { Air } from "./air.js";
import type { HostServer } from "./server.js";

const RSSI = -40;

export class HostAccessPoint implements AccessPoint {
  private vanish: (() => void) | null = null;
  private isOpen = false;
  private hasFailed = false;

  constructor(private readonly air: Air, private readonly server: HostServer) {}

  open(ssid: string): void {
    this.isOpen = true;
    this.hasFailed = false;
    this.server.opened().then((port) => {
      if (this.isOpen) this.vanish = this.air.publish({ ssid, passphrase: "", rssi: RSSI, port });
    }, () => { this.hasFailed = true; });
  }

  /** Without its port a network leads nowhere. */
  isLost(): boolean {
    return this.hasFailed;
  }

  close(): void {
    this.isOpen = false;
    this.vanish?.();
    this.vanish = null;
  }
}
