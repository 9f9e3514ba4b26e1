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
/** Lost for so long: is it there at all? A scan holds up to 300 JsVars, so it is a rare thing. */
const LOST_MS = 1200000;
const SCAN_MS = 600000;
const SCAN_JSVARS = 600;
/** Seen by so many scans and not joined: it is not the network that is at fault. */
const SIGHTS = 2;

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
  /** When it was last up; -1 before it ever was, with a password that may be wrong. */
  private upMs = -1;
  private scanMs = 0;
  private sights = 0;

  constructor(private ssid: string, private password: string) {}

  /** To another network, or with "" to none. */
  move(ssid: string, password: string): void {
    this.ssid = ssid;
    this.password = password;
    this.isUp = false;
    this.upMs = -1;
    this.waitMs = JOIN_MIN_MS;
    this.lookMs = this.joinMs = 0;
    if (this.links) this.links.drop("another Wi-Fi");
    require("Wifi").disconnect();
  }

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    const isUp = this.look();
    if (isUp !== this.isUp) this.changed(isUp, nowMs);
    if (isUp) this.upMs = nowMs;
    if (isUp || this.ssid === "" || nowMs < this.joinMs) return;
    this.join(nowMs);
  }

  resolve(name: string, found: (address: string | null) => void): void {
    require("Wifi").getHostByName(name, found);
  }

  /** It says that it is up, and nothing comes through: as if it had been lost. */
  rejoin(nowMs: number): void {
    this.changed(false, nowMs);
    require("Wifi").disconnect();
    this.joinMs = nowMs + LOOK_MS;
  }

  /** True when it was up, has long been lost, and is in sight all the same. */
  isStuck(nowMs: number): boolean {
    if (this.isUp || this.upMs < 0 || nowMs - this.upMs < LOST_MS) {
      this.sights = 0;
      return false;
    }
    if (nowMs >= this.scanMs && process.memory(false).free > SCAN_JSVARS) {
      this.scanMs = nowMs + SCAN_MS;
      require("Wifi").scan((found) => this.saw(found || []));
    }
    return this.sights >= SIGHTS;
  }

  private saw(found: { ssid: string }[]): void {
    for (const one of found) {
      if (one.ssid === this.ssid) {
        this.sights++;
        return;
      }
    }
    this.sights = 0;
  }

  private join(nowMs: number): void {
    this.joinMs = nowMs + this.waitMs;
    this.waitMs = Math.min(this.waitMs * 2, JOIN_MAX_MS);
    const wifi = require("Wifi");
    // The interpreter opens an access point of its own where it finds no saved network.
    wifi.stopAP();
    // Associated, but without an address for so long: DHCP begins anew with a new association.
    if (wifi.getDetails().status === "connected") wifi.disconnect();
    wifi.connect(this.ssid, { password: this.password });
  }

  private changed(isUp: boolean, nowMs: number): void {
    this.isUp = isUp;
    this.waitMs = JOIN_MIN_MS;
    this.joinMs = nowMs;
    if (!isUp && this.links) this.links.drop("no Wi-Fi");
  }

  private look(): boolean {
    const wifi = require("Wifi");
    const details = wifi.getDetails();
    return details.status === "connected" && details.ssid === this.ssid &&
      wifi.getIP().ip !== "0.0.0.0";
  }
}
