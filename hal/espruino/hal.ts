/**
 * Everything an ESP32 board has beside its pins.
 */
import type { DigitalIn, DigitalOut, Hal, Ticker } from "../hal.js";
import { EngineClock } from "./clock.js";
import { EngineCrypto } from "./crypto.js";
import { Driver } from "./driver.js";
import { ChipFlash } from "./flash.js";
import { HashRandom, chipEntropy } from "./random.js";
import type { Given } from "./settings.js";
import { EngineNetwork } from "./socket.js";
import { Supervisor } from "./supervisor.js";
import { Station } from "./wifi.js";

/** Longer than the longest blocking `connect` (18 s) with a PBKDF2 of 20,000 rounds behind it. */
const WATCHDOG_SECONDS = 60;

export class ChipHal implements Hal {
  readonly clock = new EngineClock();
  readonly crypto = new EngineCrypto();
  /** A minute of sums for one block (REQUIREMENTS D5): no RSA here. */
  readonly identity = null;
  readonly flash = new ChipFlash();
  readonly random: HashRandom;
  readonly network: EngineNetwork;
  private readonly driver: Driver;
  readonly station: Station;

  constructor(readonly led: DigitalOut, readonly button: DigitalIn, given: Given) {
    this.random = new HashRandom(this.crypto, chipEntropy);
    this.driver = new Driver(this.clock);
    this.station = new Station(given.ssid, given.passphrase);
    this.network = new EngineNetwork(this.driver, this.random, this.station);
    this.station.links = this.network;
  }

  restart(why: string): void {
    print("restart: " + why);
    E.reboot();
  }

  /** Telnet listens from the start, without a password, unless `.boot0` was there before us. */
  start(tickers: Ticker[]): void {
    require("TelnetServer").setOptions({ mode: "off" });
    // Not kicked by the idle loop, which goes on when our heart has stopped.
    E.enableWatchdog(WATCHDOG_SECONDS, false);
    const supervisor = new Supervisor(this.driver, this.network, this.station,
      (why) => this.restart(why));
    this.driver.start([supervisor as Ticker, this.station].concat(tickers));
  }
}
