/**
 * The board of the tests: virtual time, a seed for randomness, faults on demand.
 */
import { TICK_MS } from "../../firmware/config.js";
import type { Hal, Identity, Ticker } from "../hal.js";
import { HostCrypto } from "../host/crypto.js";
import { MockClock } from "./clock.js";
import { MockFlash } from "./flash.js";
import { MockButton, MockOutput } from "./gpio.js";
import { MockNetwork } from "./pipe.js";
import { MockRandom } from "./random.js";

/** To boot again from the same flash, hand over `flash`, `random` (which goes on) and `clock`. */
export interface MockOptions {
  seed?: string | number;
  flash?: MockFlash;
  clock?: MockClock;
  random?: MockRandom;
  network?: MockNetwork;
  identity?: Identity;
}

export interface MockHal {
  hal: Hal;
  clock: MockClock;
  random: MockRandom;
  flash: MockFlash;
  network: MockNetwork;
  led: MockOutput;
  button: MockButton;
  /** The reasons for which the firmware asked for a restart. */
  restarts: string[];
  /** Delivers what is due now, and ticks until nothing more comes of it. */
  flush(ticker: Ticker): void;
  /** Lets time pass as a board does: a tick every TICK_MS, and one after each socket event. */
  run(ticker: Ticker, ms: number): void;
}

export function createMockHal(options: MockOptions = {}): MockHal {
  const clock = options.clock ?? new MockClock();
  const random = options.random ?? new MockRandom(options.seed);
  const flash = options.flash ?? new MockFlash();
  const network = options.network ?? new MockNetwork(clock);
  const led = new MockOutput(clock);
  const button = new MockButton();
  const restarts: string[] = [];
  const restart = (why: string): void => void restarts.push(why);
  const crypto = new HostCrypto();
  const identity = options.identity ?? null;
  const hal: Hal = { clock, random, flash, network, crypto, identity, led, button, restart };
  const flush = (ticker: Ticker): void => settle(clock, ticker);
  const run = (ticker: Ticker, ms: number): void => pass(clock, ticker, ms);
  return { hal, clock, random, flash, network, led, button, restarts, flush, run };
}

function settle(clock: MockClock, ticker: Ticker): void {
  do ticker.tick(clock.nowMs());
  while (clock.flush() > 0);
}

function pass(clock: MockClock, ticker: Ticker, ms: number): void {
  settle(clock, ticker);
  for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
    clock.advance(Math.min(TICK_MS, leftMs));
    settle(clock, ticker);
  }
}
