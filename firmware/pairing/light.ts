/**
 * The language of the LED: what it says, each word a rhythm, each rhythm a function of time.
 *
 * Short blips are states that pass, counted blinks are faults for a person to mend, quick ones
 * ask for a person now. It is never lit for long (XEP-0324 "trust delegation").
 */
import {
  QUIET_MS, RESET_CANCEL_MS, RESET_HOLD_MS, RESET_WARN_MS, SIGNAL_PAUSE_MS,
} from "../config.js";
import { Fault } from "../fault.js";
import type { DigitalOut } from "../../hal/hal.js";

/** The table of docs/light.md is made of these comments: `npm run limits -- --write`. */
export const enum Sign {
  /** All is well: online, or offline for no longer than a moment. */
  Off,
  /** Power is on, and the first connection is being made. */
  Starting,
  /** No network: is the Wi-Fi there, and its password right? */
  Network,
  /** The network is there, the XMPP server does not answer. */
  Server,
  /** No account: the board waits to be commissioned. */
  Unclaimed,
  /** No account, and it looks for somebody who hands one over. */
  Searching,
  /** No account, and somebody is handing one over. */
  Claimed,
  /** The server refuses the board's account or its password. */
  Account,
  /** The server did not prove that it is ours: it is not spoken to. */
  Unproven,
  /** Another device uses the same account. */
  Conflict,
  /** The flash is damaged, full, or holds something foreign. Erase: a factory reset. */
  Flash,
  /** The button has been down for too long: it is stuck. */
  Button,
  /** Somebody's request was accepted by the press. */
  Accepted,
  /** Nobody pressed: the request was refused. */
  Refused,
  /** The factory reset is done. */
  Erased,
  /** Somebody asks to be trusted: press the button to accept. */
  Pairing,
  /** The button is held: let go now, and nothing happens. */
  Hold,
  /** Let go now to erase everything (factory reset); hold on to leave all as it is. */
  Reset,
}

/**
 * The name, then milliseconds on, off, on, off … and from the start; what is said once ends with
 * light. A function, so that its text lies in flash.
 */
export function rhythmOf(sign: Sign): string[] {
  return ("off 0 1000|starting 80 420|network 80 2920|server 80 320 80 2520|" +
    "unclaimed 80 320 80 320 80 2120|searching 80 240|claimed 80 160 80 680|" +
    "account 300 300 300 2100|unproven 300 300 300 300 300 2100|" +
    "conflict 300 300 300 300 300 300 300 2100|" +
    "flash 300 300 300 300 300 300 300 300 300 2100|" +
    "button 300 300 300 300 300 300 300 300 300 300 300 2100|" +
    "accepted 700|refused 120 120 120 120 120|erased 2000|pairing 250 250|" +
    "hold 500 500|reset 100 100").split("|")[sign].split(" ");
}

/** How long a rhythm is, until it begins again. */
export function lengthOf(rhythm: string[]): number {
  let total = 0;
  for (let i = 1; i < rhythm.length; i++) total += +rhythm[i];
  return total;
}

/** Whether the LED is on, so many milliseconds after the rhythm began. */
export function isLit(rhythm: string[], ms: number): boolean {
  let left = ms % lengthOf(rhythm);
  let i = 1;
  while (left >= +rhythm[i]) left -= +rhythm[i++];
  return (i & 1) === 1;
}

/** What a button that has been held for so long would do if it were let go. */
export function phaseOf(heldMs: number): Sign {
  if (heldMs < RESET_WARN_MS || heldMs >= RESET_CANCEL_MS) return Sign.Off;
  return heldMs < RESET_HOLD_MS ? Sign.Hold : Sign.Reset;
}

/** Why there is no stream: `fault` ended the last one, `isUp` is the network. */
export function absenceOf(fault: Fault, isUp: boolean, hasAccount: boolean, awayMs: number): Sign {
  if (fault === Fault.Unauthorised || fault === Fault.WrongAccount) return Sign.Account;
  if (fault === Fault.NoMechanism || fault === Fault.ServerUnproven) return Sign.Unproven;
  if (fault === Fault.Conflict) return Sign.Conflict;
  if (!hasAccount) return Sign.Unclaimed;
  if (awayMs < QUIET_MS) return fault === Fault.None ? Sign.Starting : Sign.Off;
  return isUp ? Sign.Server : Sign.Network;
}

export class Light {
  /** What it says now. */
  sign: Sign;
  private rhythm: string[];
  private sinceMs: number;
  /** What is said once, after a pause; Off when nothing is. */
  once: Sign;
  private onceMs: number;

  constructor(private readonly led: DigitalOut) {
    this.sign = this.once = Sign.Off;
    this.rhythm = [];
    this.sinceMs = this.onceMs = 0;
  }

  /** Says that something is done. The pause before it keeps it apart from the blinking. */
  play(sign: Sign, nowMs: number): void {
    this.once = sign;
    this.onceMs = nowMs + SIGNAL_PAUSE_MS;
  }

  /** At every tick: what there is to say. Whoever asks for a person goes before what is done. */
  show(state: Sign, nowMs: number): void {
    let sign = state;
    if (this.once !== Sign.Off) {
      if (state >= Sign.Pairing || nowMs >= this.onceMs + lengthOf(rhythmOf(this.once))) {
        this.once = Sign.Off;
      } else sign = nowMs < this.onceMs ? Sign.Off : this.once;
    }
    if (sign !== this.sign) {
      this.sign = sign;
      this.rhythm = rhythmOf(sign);
      this.sinceMs = nowMs;
    } else if (sign === Sign.Off) return;
    this.led.write(isLit(this.rhythm, nowMs - this.sinceMs));
  }
}
