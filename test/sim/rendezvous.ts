/**
 * A joiner and a provisioner in virtual time, on one air: what both are told is noted, and each
 * side can be replaced by something that misbehaves.
 */
import { Attempts } from "../../firmware/rendezvous/attempt.js";
import { ANY, Mode, Suite } from "../../firmware/rendezvous/description.js";
import type { Criteria, Description, Identity } from "../../firmware/rendezvous/description.js";
import { Existing } from "../../firmware/rendezvous/existing.js";
import type { Ending, ExistingListener, Visit } from "../../firmware/rendezvous/existing.js";
import { createField } from "../../firmware/rendezvous/field.js";
import type { Status } from "../../firmware/rendezvous/framing.js";
import type { Proofs } from "../../firmware/rendezvous/handshake.js";
import { Joiner } from "../../firmware/rendezvous/joiner.js";
import type { Offer } from "../../firmware/rendezvous/message.js";
import { Pool } from "../../firmware/rendezvous/pool.js";
import { AccessProof } from "../../firmware/rendezvous/proof.js";
import type { Proof } from "../../firmware/rendezvous/proof.js";
import { CodeProof } from "../../firmware/rendezvous/secret.js";
import type { JoinerListener, Stage } from "../../firmware/rendezvous/stage.js";
import { Trial } from "../../firmware/rendezvous/trial.js";
import type { Home } from "../../firmware/rendezvous/trial.js";
import { Journal } from "../../firmware/store/journal.js";
import { Log } from "../../firmware/store/log.js";
import { Pages } from "../../firmware/store/page.js";
import { generatorOf } from "../../flash/generator.js";
import { HostCipher } from "../../hal/host/cipher.js";
import { HostCrypto } from "../../hal/host/crypto.js";
import { MockClock } from "../../hal/mock/clock.js";
import { MockFlash } from "../../hal/mock/flash.js";
import { MockNetwork } from "../../hal/mock/pipe.js";
import { MockRandom } from "../../hal/mock/random.js";
import { MockAir } from "../../hal/mock/wireless.js";

export const CODE = "1XNDP3WW3";
export const DEVICE_ID = "18B4300400001234";
export const HOME_NETWORK = "Home";
export const PASSPHRASE = "long enough";

export const IDENTITY: Identity = {
  vendor: 0x235a, product: 7, revision: 2, deviceId: DEVICE_ID, serial: "SN-0001",
  generator: generatorOf(CODE, DEVICE_ID),
};

export const CRITERIA: Criteria = {
  vendor: 0x235a, product: ANY, modes: 0, hash: ANY, suites: Suite.Code,
};

export const OFFER: Offer = {
  ssid: HOME_NETWORK, passphrase: PASSPHRASE, jid: "dev@ex.org", password: "correct horse",
  host: "", port: 5223, secure: true, provisioning: "provisioning.ex.org", owner: "owner@ex.org",
};

const crypto = new HostCrypto();
const cipher = new HostCipher();
/** Making the powers of two once is enough for all tests. */
const field = createField(cipher.convolve);

/** Everything outside of the two. */
export class Scenery {
  readonly clock: MockClock;
  readonly network: MockNetwork;
  readonly air: MockAir;
  readonly random: MockRandom;
  readonly tickers: { tick(nowMs: number): void }[] = [];

  /** With another's clock it is the radio of another board at the same place. */
  constructor(seed: string | number = "rendezvous", clock = new MockClock()) {
    this.clock = clock;
    this.network = new MockNetwork(clock);
    this.air = new MockAir(clock, this.network);
    this.random = new MockRandom(seed);
    this.air.add(HOME_NETWORK, null, PASSPHRASE);
  }

  get parts() {
    return { clock: this.clock, crypto, cipher, random: this.random };
  }

  pass(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= 40) {
      this.settle();
      this.clock.advance(Math.min(40, leftMs));
    }
    this.settle();
  }

  /** Until it is so, or the time is over. */
  until(isSo: () => boolean, ms = 600000): boolean {
    for (let leftMs = ms; leftMs > 0 && !isSo(); leftMs -= 40) this.pass(40);
    return isSo();
  }

  private settle(): void {
    do {
      for (const ticker of this.tickers) ticker.tick(this.clock.nowMs());
    } while (this.clock.flush() > 0);
  }
}

/** A board without an account: its home notes what it is asked to do. */
export class Newcomer implements JoinerListener, Home, Proofs {
  readonly stages: Stage[] = [];
  readonly whys: Status[] = [];
  readonly attempted: Offer[] = [];
  readonly told: string[] = [];
  kept: Offer | null = null;
  accessKey = "";
  /** What the XMPP server says, and the flash. */
  lets = true;
  takes = true;
  readonly pool: Pool;
  readonly attempts: Attempts;
  readonly joiner: Joiner;
  readonly journal: Journal;
  private online = false;

  constructor(
    readonly scenery: Scenery, readonly flash = new MockFlash(),
    readonly identity = IDENTITY, readonly own: { suites: number; access: string } =
      { suites: Suite.Code, access: "" },
  ) {
    const { random, network, air } = scenery;
    const historian = { replay: () => {}, isAlive: () => true, moved: () => {} };
    this.journal = new Journal(new Log(new Pages(flash, crypto), crypto), historian);
    this.journal.load();
    this.pool = new Pool(this.journal, random, field, identity.generator, crypto);
    this.attempts = new Attempts(this.journal);
    this.joiner = new Joiner({
      ...scenery.parts, network, wireless: air, proofs: this, attempts: this.attempts,
      home: this, trial: new Trial(air, this),
    }, identity, this);
    scenery.tickers.push(this.joiner);
  }

  press(): void {
    this.joiner.press(this.scenery.clock.nowMs());
  }

  get stage(): Stage {
    return this.joiner.stage;
  }

  fillPool(): void {
    while (!this.pool.work());
  }

  onStage(stage: Stage, _ssid: string, why: Status): void {
    this.stages.push(stage);
    if (why !== 0) this.whys.push(why);
  }

  suites(): number {
    return this.own.suites;
  }

  flags(): number {
    return Mode.Unprovisioned;
  }

  create(suite: Suite): Proof | null {
    if (suite === Suite.Access) return new AccessProof(this.own.access, this.scenery.random, crypto);
    return new CodeProof(field, this.identity.generator, this.pool.take(), this.scenery.random);
  }

  attempt(offer: Offer): boolean {
    this.attempted.push(offer);
    this.online = this.lets;
    return true;
  }

  isOnline(): boolean {
    return this.online;
  }

  keep(offer: Offer, accessKey: string): boolean {
    if (this.takes) {
      this.kept = offer;
      this.accessKey = accessKey;
    }
    return this.takes;
  }

  retreat(): void {
    this.online = false;
  }

  tell(owner: string, proof: string): void {
    this.told.push(`${owner} ${proof}`);
  }
}

/** Who waits for it: hands over `offers`, one after the other, to whoever is described. */
export class Provisioner implements ExistingListener {
  readonly visits: Visit[] = [];
  readonly described: { joiner: Description; last: Status }[] = [];
  readonly gone: Status[] = [];
  readonly trying: string[] = [];
  /** How those who came were to prove themselves. */
  readonly suites: Suite[] = [];
  readonly endings: Ending[] = [];
  accessKey = "";
  code = CODE;
  /** For Suite.Access. */
  key = "";
  readonly existing: Existing;

  constructor(
    readonly scenery: Pick<Scenery, "parts" | "random" | "air" | "tickers">,
    readonly offers: Offer[] = [OFFER], ssid = "XPR1-ANY-1",
    criteria: Criteria = CRITERIA,
  ) {
    this.existing = new Existing(scenery.parts, criteria, "laptop", this);
    scenery.air.add(ssid, this.existing);
    scenery.tickers.push(this.existing);
  }

  admit(joiner: Description, suite: Suite): Proof | null {
    const { random } = this.scenery;
    this.suites.push(suite);
    if (suite === Suite.Access) return new AccessProof(this.key, random, crypto);
    return new CodeProof(field, generatorOf(this.code, joiner.deviceId), "", random);
  }

  onVisit(visit: Visit): void {
    this.visits.push(visit);
  }

  onDescribed(joiner: Description, last: Status): void {
    this.described.push({ joiner, last });
    const offer = this.offers.shift();
    if (offer) this.existing.provision(offer);
  }

  onTrying(_joiner: Description, proof: string, accessKey: string): void {
    this.trying.push(proof);
    this.accessKey = accessKey;
  }

  onGone(_joiner: Description | null, why: Status): void {
    this.gone.push(why);
  }

  onEnd(ending: Ending): void {
    this.endings.push(ending);
  }
}
