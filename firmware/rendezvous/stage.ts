/** How far a joiner has got, for its LED, a page, a log. */
import type { Status } from "./framing.js";

export const enum Stage {
  /** The window is closed: the button opens it. */
  Closed,
  /** Looking for networks. */
  Scanning,
  /** Joining one provisionally. */
  Associating,
  /** Connecting to whoever opened it. */
  Dialling,
  /** Connected; who are we, and whom does it want? */
  Identifying,
  /** Shares are exchanged; multiplying. */
  Proving,
  /** The other side knows the code. */
  Secured,
  /** On the network that it was given. */
  Homing,
  /** Committed: it has an account. */
  Done,
}

/** Told for the LED, a page, a log. */
export interface JoinerListener {
  /** `ssid` is the network that it is about, `why` what ended the stage before (Ok: nothing). */
  onStage(stage: Stage, ssid: string, why: Status): void;
}
