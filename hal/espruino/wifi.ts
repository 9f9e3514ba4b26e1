/**
 * The station: keeps the board on its Wi-Fi. Nobody else does: after a few tries the interpreter
 * stops Wi-Fi for good, and not every loss makes an event, so the state is looked at instead. No
 * listeners either: Wi-Fi events are made in another task and may corrupt the heap (ENGINE 2.6).
 *
 * Beside it there may be an access point, for a while (inviter.ts). The interpreter tells nothing
 * of what became of it, so that is looked at, too. Three things end it before its time:
 *   - our own network is lost: with an access point `connect` does not connect any more, because
 *     what it waits for is the start of Wi-Fi (jswrap_esp32_network.c);
 *   - JsVars: the interpreter keeps four of them for ever for each guest that comes or goes;
 *   - the chip's own heap, which TLS needs.
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

/** Below this the access point goes: the supervisor would restart the board soon after. */
const GUESTS_JSVARS_MIN = 250;
const GUESTS_HEAP_BYTES_MIN = 12288;

/** Told when the link is gone. */
export interface Links {
  drop(why: string): void;
}

export class Station implements Ticker {
  isUp = false;
  /** Set once, because the network that is told needs the station itself. */
  links: Links | null = null;
  /** The open network of our own that there is to be; "" for none. */
  guests = "";
  /** There may be one: the interpreter opens one by itself where it finds no saved network. */
  private isHost = true;
  private lookMs = 0;
  private joinMs = 0;
  private waitMs = JOIN_MIN_MS;
  /** When it was last up; -1 before it ever was, with a password that may be wrong. */
  private upMs = -1;
  private scanMs = 0;
  private sights = 0;

  constructor(public ssid: string, public password: string) {}

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

  /** Opens a network of our own beside, without a passphrase; "" closes it. */
  host(ssid: string): void {
    this.guests = ssid;
    this.isHost = true;
    if (ssid === "") this.tend();
    else this.invite();
  }

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    const isUp = this.look();
    if (!isUp) this.guests = "";
    if (this.isHost) this.tend();
    if (isUp !== this.isUp) this.changed(isUp, nowMs);
    if (isUp) this.upMs = nowMs;
    if (isUp || this.ssid === "" || nowMs < this.joinMs) return;
    // When an access point has ended, the interpreter stops all of Wi-Fi, also what has just begun.
    if (!this.isHost || nowMs >= this.joinMs + JOIN_MIN_MS) this.join(nowMs);
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
    // Associated, but without an address for so long: DHCP begins anew with a new association.
    if (wifi.getDetails().status === "connected") wifi.disconnect();
    wifi.connect(this.ssid, { password: this.password });
  }

  /** One radio has one channel, and it is the station's. */
  private invite(): void {
    const wifi = require("Wifi");
    wifi.startAP(this.guests, { authMode: "open", channel: wifi.getStatus().channel || 1 });
  }

  /** Looks whether it is as it is to be, until it is known to be closed. */
  private tend(): void {
    const wifi = require("Wifi");
    const mode = wifi.getStatus().mode;
    const isOpen = mode === "AP" || mode === "APSTA";
    if (this.guests !== "" && isShort()) this.guests = "";
    if (this.guests !== "" && !isOpen) this.invite();
    else if (this.guests === "" && isOpen) wifi.stopAP();
    else this.isHost = isOpen;
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

function isShort(): boolean {
  return process.memory(false).free < GUESTS_JSVARS_MIN ||
    ESP32.getState().freeHeap < GUESTS_HEAP_BYTES_MIN;
}
