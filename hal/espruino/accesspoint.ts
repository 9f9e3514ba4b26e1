/**
 * The network of a board that lets another one in: the chip's, by way of the station, which must
 * know of it; and on Linux a line on the console, for whoever makes the air there.
 */
import type { AccessPoint } from "../hal.js";
import type { EngineServer } from "./server.js";
import type { Station } from "./wifi.js";

export class ChipAccessPoint implements AccessPoint {
  constructor(private readonly station: Station, private readonly server: EngineServer) {}

  open(ssid: string): void {
    this.station.host(ssid);
  }

  close(): void {
    this.station.host("");
  }

  isLost(): boolean {
    return this.station.guests === "" || this.server.isDeaf;
  }
}

export class ConsoleAccessPoint implements AccessPoint {
  constructor(private readonly server: EngineServer) {}

  open(ssid: string): void {
    print("access point open " + ssid);
  }

  close(): void {
    print("access point closed");
  }

  isLost(): boolean {
    return this.server.isDeaf;
  }
}
