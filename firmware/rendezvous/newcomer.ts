/**
 * The composition root of the rendezvous: everything that a board without an account has beside
 * its device, and that is let go of when it has one. Also the way back for a board whose network
 * is gone and which still has the key of its owner (Suite.Access; never by its code).
 *
 * Work goes in this order: first a look whether the arithmetic of this machine is exact, then what
 * the joiner does, and while it has nothing to do, one-time pairs for the next attempt.
 */
import type { Cipher, Hal, Ticker, Wireless } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { Button } from "../pairing/button.js";
import type { ButtonListener } from "../pairing/button.js";
import { Sign } from "../pairing/light.js";
import { premisesOf } from "../stream/premises.js";
import { Attempts } from "./attempt.js";
import { Ladder, POINT_BYTES } from "./curve.js";
import { Mode, Suite } from "./description.js";
import type { Identity } from "./description.js";
import { Dweller } from "./dweller.js";
import type { Residence } from "./dweller.js";
import { createField } from "./field.js";
import type { Field } from "./field.js";
import type { Status } from "./framing.js";
import type { Proofs } from "./handshake.js";
import { Joiner } from "./joiner.js";
import { Pool } from "./pool.js";
import { AccessProof, slice } from "./proof.js";
import type { Proof } from "./proof.js";
import { CodeProof } from "./secret.js";
import { Stage } from "./stage.js";
import type { JoinerListener } from "./stage.js";
import { Trial } from "./trial.js";

/** Steps of a ladder that use every function of the field in every form, and what they give. */
const CHECK_STEPS = 6;
const CHECK_SCALAR = "numbers here are exact or no one";
const CHECK_POINT = "\xff\xff\xff\xff\xff\xff\xff\xffand as large as they can";
/** How the hash of what they give begins (newcomer.test.ts computes it in another way). */
const CHECKED = "\xa9\xa7\x58\x18\xed\x80\x6d\x09";

export class Newcomer implements Ticker, ButtonListener, Proofs, JoinerListener {
  readonly joiner: Joiner;
  private readonly field: Field;
  private readonly pool: Pool;
  private readonly dweller: Dweller;
  private readonly button: Button;
  /** The multiplication that is looked at; null when it has been right. */
  private check: Ladder | null;
  private steps: number;
  private begun: boolean;
  /** Somebody was quicker than the look at the arithmetic. */
  private early: boolean;

  constructor(
    private readonly hal: Hal,
    cipher: Cipher,
    private readonly wireless: Wireless,
    private readonly residence: Residence,
    private readonly identity: Identity,
    /** Told of each stage, too; null for nobody. */
    private readonly listener: JoinerListener | null,
  ) {
    const crypto = hal.crypto;
    const journal = residence.journal;
    const field = this.field = createField(cipher.convolve);
    this.pool = new Pool(journal, hal.random, field, identity.generator, crypto);
    const home = this.dweller = new Dweller(residence, crypto);
    this.button = new Button(hal.button, this);
    this.joiner = new Joiner({
      clock: hal.clock, crypto, cipher, proofs: this, attempts: new Attempts(journal),
      network: hal.network, wireless, home, trial: new Trial(wireless, home),
    }, identity, this);
    this.check = new Ladder(field, CHECK_SCALAR, CHECK_POINT);
    this.steps = 0;
    this.begun = this.early = false;
  }

  tick(nowMs: number): void {
    const joiner = this.joiner;
    this.button.tick(nowMs);
    if (this.check) {
      this.examine(this.check);
      return;
    }
    if (!this.begun) this.begin(nowMs);
    joiner.tick(nowMs);
    const isIdle = joiner.stage < Stage.Associating;
    if (isIdle && this.isByCode()) slice(this.pool, this.hal.clock);
  }

  press(nowMs: number): void {
    // Who is at home looks for no other; the press means something else then.
    if (this.dweller.isOnline()) return;
    if (this.begun) this.joiner.press(nowMs);
    else this.early = true;
  }

  /** Held down for long it is a factory reset, which is the device's. */
  release(): void {
    // Only the press counts here.
  }

  /** Nothing more is to be done here: the device goes on alone. */
  isDone(): boolean {
    return this.joiner.stage === Stage.Done;
  }

  /** The code is for boards that have no account, the key for those that have had one. */
  suites(): number {
    return (this.isByCode() ? Suite.Code : Suite.None) |
      (this.key() === "" ? Suite.None : Suite.Access);
  }

  flags(): number {
    return this.residence.account.bare === "" ? Mode.Unprovisioned : 0;
  }

  create(suite: Suite): Proof | null {
    const random = this.hal.random;
    if (suite === Suite.Access) return new AccessProof(this.key(), random, this.hal.crypto);
    if (suite !== Suite.Code) return null;
    return new CodeProof(this.field, this.identity.generator, this.pool.take(), random);
  }

  onStage(stage: Stage, ssid: string, why: Status): void {
    const isIdle = stage === Stage.Closed || stage === Stage.Done;
    this.residence.show(isIdle ? Sign.Off
      : stage < Stage.Proving ? Sign.Searching : Sign.Claimed);
    if (this.listener) this.listener.onStage(stage, ssid, why);
    if (stage === Stage.Done) this.pool.drop();
    if (stage !== Stage.Closed) return;
    // Home, where there is one; it may have come back.
    const premises = premisesOf(this.residence.journal, this.residence.account.bare);
    if (premises.ssid !== "") this.wireless.join(premises.ssid, premises.passphrase);
  }

  private isByCode(): boolean {
    return this.residence.account.bare === "" && this.identity.generator.length === POINT_BYTES;
  }

  /** Of an earlier pairing; read each time, since a factory reset takes it away. */
  private key(): string {
    const premises = premisesOf(this.residence.journal, this.residence.account.bare);
    return this.hal.crypto.unbase64(premises.key);
  }

  /** A machine whose arithmetic rounds otherwise never begins. A step a tick. */
  private examine(check: Ladder): void {
    this.steps++;
    if (this.steps < CHECK_STEPS) check.step();
    if (this.steps !== CHECK_STEPS) return;
    check.step();
    const found = this.hal.crypto.hash(Hash.Sha256, check.state());
    if (found.substring(0, CHECKED.length) === CHECKED) this.check = null;
  }

  /** Who has an account waits for a person, who has none only for power. */
  private begin(nowMs: number): void {
    this.begun = true;
    this.dweller.clean();
    if (this.early) this.joiner.press(nowMs);
    else if (this.residence.account.bare === "") this.joiner.open(nowMs);
  }
}
