/**
 * The joiner: a board without a network finds the one that waits for it (RENDEZVOUS 5).
 */
import type { Clock, Cipher, Crypto, Network, Random, SocketListener, Ticker, Wireless }
  from "../../hal/hal.js";
import type { Identity } from "./description.js";
import type { Status } from "./framing.js";
import type { Offer } from "./message.js";
import type { Proof } from "./proof.js";

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

/** What is tried with an offer, and kept when it works. Implemented by device.ts. */
export interface Home {
  /** Logs in with the offer's account; nothing is kept yet. False: it cannot. */
  attempt(offer: Offer): boolean;
  isOnline(): boolean;
  /** The commit: network and account are kept. False: the flash did not take them. */
  keep(offer: Offer, accessKey: string): boolean;
  /** Forgets the attempt. */
  retreat(): void;
  /** A message to the owner: what `ExistingListener.onTrying` was told. */
  tell(owner: string, proof: string): void;
}

/** How the board may prove itself: what it has for one attempt. */
export interface Proofs {
  /** Suites as bits. */
  suites(): number;
  /** For one attempt; null where none can be had now. */
  create(suite: number): Proof | null;
}

/** Told for the LED, a page, a log. */
export interface JoinerListener {
  onStage(stage: Stage, ssid: string, why: Status): void;
}

export interface JoinerParts {
  clock: Clock;
  crypto: Crypto;
  cipher: Cipher;
  random: Random;
  network: Network;
  wireless: Wireless;
}

export declare class Joiner implements Ticker, SocketListener {
  stage: Stage;
  constructor(
    parts: JoinerParts, identity: Identity, proofs: Proofs, home: Home, listener: JoinerListener,
  );
  /** Opens the window (or opens it again): a press, or the start of a board without an account. */
  press(nowMs: number): void;
  tick(nowMs: number): void;
  onOpen(): void;
  onBytes(bytes: string): void;
  onDrain(): void;
  onClosed(why: string): void;
}
