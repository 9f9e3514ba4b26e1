/**
 * The station: keeps the board on its Wi-Fi. Nobody else does: after a few tries the interpreter
 * stops Wi-Fi for good, and not every loss makes an event, so the state is looked at instead. No
 * listeners either: Wi-Fi events are made in another task and may corrupt the heap (ENGINE 2.6).
 *
 * Never `setSNTP`: it moves the clock under the timers.
 */
import type { Ticker } from "../hal.js";

const LOOK_MS = 1000;
/** Association and DHCP take up to 10 s; joining again earlier would only break them off. */
const JOIN_MIN_MS = 15000;
const JOIN_MAX_MS = 120000;

/** Told when the link is gone. */
export interface Links {
  drop(why: string): void;
}

export class Station implements Ticker {
  isUp = false;
  /** Set once, because the network that is told needs the station itself. */
  links: Links | null = null;
  private lookMs = 0;
  private joinMs = 0;
  private waitMs = JOIN_MIN_MS;

  constructor(private readonly ssid: string, private readonly password: string) {}

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    const isUp = this.look();
    if (isUp !== this.isUp) this.changed(isUp, nowMs);
    if (isUp || this.ssid === "" || nowMs < this.joinMs) return;
    this.joinMs = nowMs + this.waitMs;
    this.waitMs = Math.min(this.waitMs * 2, JOIN_MAX_MS);
    // The interpreter opens an access point of its own where it finds no saved network.
    require("Wifi").stopAP();
    require("Wifi").connect(this.ssid, { password: this.password });
  }

  resolve(name: string, found: (address: string | null) => void): void {
    require("Wifi").getHostByName(name, found);
  }

  private changed(isUp: boolean, nowMs: number): void {
    this.isUp = isUp;
    this.waitMs = JOIN_MIN_MS;
    this.joinMs = nowMs;
    if (!isUp && this.links) this.links.drop("no Wi-Fi");
  }

  private look(): boolean {
    const wifi = require("Wifi");
    return wifi.getDetails().status === "connected" && wifi.getIP().ip !== "0.0.0.0";
  }
}
