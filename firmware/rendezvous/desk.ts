/** What the provisioner's parts say to each other: a visitor, and whoever receives visitors. */
import type { Cipher, Clock, Crypto, Random } from "../../hal/hal.js";
import type { Description, Suite } from "./description.js";
import type { Status } from "./framing.js";
import type { Proof } from "./proof.js";
import type { Session } from "./session.js";

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

/** The parts of a board, or of Node, that a provisioner works with. */
export interface ExistingParts {
  clock: Clock;
  crypto: Crypto;
  cipher: Cipher;
  random: Random;
}

/** Told by a Visitor what a listener of Existing is told, and what Existing itself must count. */
export interface Desk {
  admit(joiner: Description, suite: Suite): Proof | null;
  described(joiner: Description, last: Status): void;
  /** It has something now that it could test a guess on. */
  shown(): void;
  /** And it knew the code. */
  proved(): void;
  /** The fail-safe of that device: its token where it has one of before, else "". */
  tokenOf(deviceId: string): string;
  trying(joiner: Description, session: Session, token: string): void;
}
