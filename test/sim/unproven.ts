/**
 * The variant without credentials: whoever comes is let in. It exists for tests alone; the build
 * refuses a bundle with a file of this name in it (build/rendezvous.ts).
 */
import { Suite } from "../../firmware/rendezvous/description.js";
import type { Proof } from "../../firmware/rendezvous/proof.js";

export class UnprovenProof implements Proof {
  readonly suite = Suite.Unproven;
  readonly share = "u".repeat(32);
  secret = "";
  broken = false;

  meet(): void {
    this.secret = "nobody knows nothing";
  }

  work(): boolean {
    return true;
  }
}
