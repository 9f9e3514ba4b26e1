/**
 * The existing device: waits passively for a joiner, checks what it is, proves first that it
 * knows its code, and hands over a network and an account (RENDEZVOUS 5). For Node's
 * `npm run commission` and for a provisioned board alike; pure: sockets come in by `accept`, time
 * by `tick`.
 */
import type { Acceptor, Cipher, Clock, Crypto, Random, Socket, SocketListener, Ticker }
  from "../../hal/hal.js";
import type { Criteria, Description } from "./description.js";
import type { Suite } from "./description.js";
import type { Status } from "./framing.js";
import type { Offer } from "./message.js";
import type { Proof } from "./proof.js";

/** Where the one joiner that is served has got to. */
export const enum Visit {
  /** Nobody is here. */
  None,
  /** It has connected; its description is awaited. */
  Identifying,
  /** It fits; shares and proofs are exchanged. */
  Proving,
  /** It knows the code; its secured description is awaited. */
  Secured,
  /** Its description is the same: `provision` or `reject` is awaited (Echo keeps it waiting). */
  Described,
  /** The offer is on its way. */
  Provisioning,
}

export const enum Ending {
  /** `close` was called. */
  Closed,
  /** INVITATION_MS are over. */
  Timeout,
  /** REFUSALS_MAX joiners had our share and did not prove themselves. */
  Refusals,
}

/** Told what happens; everything here is called from `tick`. */
export interface ExistingListener {
  /**
   * Somebody fits the criteria. How it must prove itself: a CodeProof with the generator of its
   * device id and its code, or an AccessProof; null rejects it.
   */
  admit(joiner: Description, suite: Suite): Proof | null;
  /** The visit got further. `joiner` is null while Identifying. */
  onVisit(visit: Visit, joiner: Description | null): void;
  /**
   * It is who it says. Sooner or later `provision` or `reject` must follow. `last` is what became
   * of the offer that it was given before: Status.Ok where there was none.
   */
  onDescribed(joiner: Description, last: Status): void;
  /**
   * It has the offer and is off to try it. Where it works, the owner's JID is sent `proof` (64
   * hexadecimal digits); where it does not, the joiner comes back. `accessKey` (32 octets) opens
   * the next rendezvous with this device by Suite.Access; keep it secret.
   */
  onTrying(joiner: Description, proof: string, accessKey: string): void;
  /** It went away or was dropped before that: why, and whether the proofs were to blame. */
  onGone(joiner: Description | null, why: Status): void;
  /** The rendezvous is over; the port may be closed. */
  onEnd(ending: Ending): void;
}

/** The parts of a board, or of Node, that it works with. */
export interface ExistingParts {
  clock: Clock;
  crypto: Crypto;
  cipher: Cipher;
  random: Random;
}

export declare class Existing implements Ticker, Acceptor {
  /** None while nobody is here or all is over. */
  visit: Visit;
  /** Nobody is let in any more. */
  ended: boolean;

  /** `name` (0 to LABEL_BYTES_MAX octets) is what a joiner is told of us. */
  constructor(
    parts: ExistingParts, criteria: Criteria, name: string, listener: ExistingListener,
  );

  /** The window of INVITATION_MS begins with the first tick. */
  tick(nowMs: number): void;

  /** For a Server: while somebody is here, others are told Busy and dropped. */
  accept(socket: Socket): SocketListener;

  /** While Described: hands over, and lets it try. False: no joiner would take such an offer. */
  provision(offer: Offer): boolean;

  /** Drops the one that is here, and goes on listening. */
  reject(): void;

  /** Drops everybody; `onEnd` follows. */
  close(): void;
}
