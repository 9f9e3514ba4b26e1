/**
 * Loads the rendezvous from Storage where a board needs it, and lets go of it when it does not:
 * a board without an account, from its start; and one that was handed over once and whose network
 * has been gone for long, so that its owner can give it another with the key of then.
 */
import type { Device } from "../../firmware/device.js";
import type { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import type { Hal, Ticker } from "../hal.js";
import type { Given } from "./settings.js";
import type { Station } from "./wifi.js";

const NAME = "rendezvous";
/** Whoever moves house takes longer than a router to start. */
const AWAY_MS = 600000;

export class Threshold implements Ticker {
  private newcomer: Newcomer | null = null;
  private upMs = -1;
  /** There is nothing to load: no file, no identity. */
  private closed = false;

  constructor(
    private readonly hal: Hal, private readonly device: Device, private readonly given: Given,
    private readonly station: Station | null,
  ) {}

  tick(nowMs: number): void {
    const newcomer = this.newcomer;
    if (newcomer) {
      newcomer.tick(nowMs);
      if (newcomer.isDone()) this.forget();
      return;
    }
    if (this.upMs < 0) this.move();
    if (this.upMs < 0 || this.hal.network.isUp()) this.upMs = nowMs;
    const isVacant = this.device.account.bare === "";
    const isLost = this.device.premises.key !== "" && nowMs - this.upMs >= AWAY_MS;
    if (!this.closed && (isVacant || isLost)) this.open();
  }

  /** To the Wi-Fi that came with the account, where the account is not from the cable. */
  private move(): void {
    const premises = this.device.premises;
    if (!this.station || this.given.jid !== "" || premises.ssid === "") return;
    this.station.move(premises.ssid, premises.passphrase);
  }

  private open(): void {
    const given = this.given;
    this.closed = true;
    if (!given.identity || !require("Storage").read(NAME)) return;
    this.newcomer = require(NAME)
      .createNewcomer(this.hal, this.device, given.identity, given.networks, this.station);
  }

  private forget(): void {
    this.newcomer = null;
    this.closed = false;
    Modules.removeCached(NAME);
  }
}
