/**
 * What was handed over is tried, and kept when it works (RENDEZVOUS 5.6; one radio, so the
 * rendezvous network is left for it).
 *
 *   state    | waits for                 | then                    | otherwise
 *   ---------+---------------------------+-------------------------+----------------------------
 *   Idle     | begin                     | Joining                 | -
 *   Joining  | an address on the network | the login is attempted  | HOME_MS: Failed, NoNetwork
 *   LoggingIn| the XMPP server's yes     | kept: Kept              | LOGIN_MS: Failed, NoLogin
 *            |                           | flash refuses: Failed   |
 *
 * Before Kept nothing of it is on flash.
 */
import { HOME_MS, LOGIN_MS } from "../config.js";
import type { Wireless } from "../../hal/hal.js";
import { Status } from "./framing.js";
import type { Offer } from "./message.js";

export const enum TrialState {
  Idle,
  Joining,
  LoggingIn,
  Kept,
  Failed,
}

/** What the board does with an offer. Implemented by device.ts. */
export interface Home {
  /** Logs in with the offer's account; nothing is kept yet. False: it cannot. */
  attempt(offer: Offer): boolean;
  isOnline(): boolean;
  /** The commit: network and account are kept. False: the flash did not take them. */
  keep(offer: Offer, accessKey: string): boolean;
  /** Forgets the attempt: as before. */
  retreat(): void;
  /** A message to the owner, who knows what the proof must be. */
  tell(owner: string, proof: string): void;
}

export class Trial {
  state: TrialState;
  /** Failed: what was wrong. */
  why: Status;
  private offer: Offer | null;
  private accessKey: string;
  private untilMs: number;

  constructor(private readonly wireless: Wireless, private readonly home: Home) {
    this.state = TrialState.Idle;
    this.why = Status.Ok;
    this.offer = null;
    this.accessKey = "";
    this.untilMs = 0;
  }

  begin(offer: Offer, accessKey: string, nowMs: number): void {
    this.offer = offer;
    this.accessKey = accessKey;
    this.state = TrialState.Joining;
    this.untilMs = nowMs + HOME_MS;
    // Without a name it stays where it is: a board on a wire, or a test.
    if (offer.ssid !== "") this.wireless.join(offer.ssid, offer.passphrase);
  }

  tick(nowMs: number): void {
    const offer = this.offer;
    if (!offer) return;
    if (this.state === TrialState.Joining && this.wireless.isJoined()) {
      this.state = TrialState.LoggingIn;
      this.untilMs = nowMs + LOGIN_MS;
      if (!this.home.attempt(offer)) this.fail(Status.NoLogin);
    } else if (this.state === TrialState.LoggingIn && this.home.isOnline()) {
      if (!this.home.keep(offer, this.accessKey)) this.fail(Status.NoFlash);
      else this.forget(TrialState.Kept);
    } else if (nowMs >= this.untilMs) {
      this.fail(this.state === TrialState.Joining ? Status.NoNetwork : Status.NoLogin);
    }
  }

  private fail(why: Status): void {
    this.why = why;
    this.home.retreat();
    this.forget(TrialState.Failed);
  }

  private forget(state: TrialState): void {
    this.state = state;
    this.offer = null;
    this.accessKey = "";
  }
}
