/**
 * The work of `npm run commission`: opens the door, and leads one board through it.
 *
 *   wait → who is it? → does it know the code? → is it the one? → account → offer → is it online,
 *   and can it prove that it is the one that was here?
 *
 * A board that does not fit, or does not know the code, is turned away, and the waiting goes on.
 */
import { hostname } from "node:os";
import { ANY, isLabel, Suite } from "../firmware/rendezvous/description.js";
import type { Description } from "../firmware/rendezvous/description.js";
import { Ending, Visit } from "../firmware/rendezvous/existing.js";
import type { ExistingListener } from "../firmware/rendezvous/existing.js";
import { Status } from "../firmware/rendezvous/framing.js";
import { HOME_MS, LOGIN_MS } from "../firmware/config.js";
import type { Proof } from "../firmware/rendezvous/proof.js";
import { CodeProof } from "../firmware/rendezvous/secret.js";
import { generatorOf } from "../flash/generator.js";
import { printId } from "../flash/label.js";
import { Air } from "../hal/host/air.js";
import type { Account } from "./account.js";
import { Door, PARTS } from "./door.js";
import { KeyProof, type Keys } from "./key.js";
import type { Options, Wanted } from "./option.js";
import type { Asker } from "./question.js";
import { sayBoard, sayEnding, sayForger, sayStatus, sayTried, sayUnproved, sayWaiting, VISITS }
  from "./word.js";

/** What a board may take to come online, and a little for its server. */
const TRYING_MS = HOME_MS + LOGIN_MS + 15000;
/** From somebody's coming online to the board's proof; it is said before anything else. */
const PROOF_MS = 30000;

const SEVERAL = "of several new boards name yours, and the others stay away: --network, as its "
  + "label has it";
/** DESIGN, "Trust belongs to the account". */
const BY_KEY = "with another account or password it asks at its button whom to trust: press it "
  + "while its LED blinks";

const AWAY = "the board went away before it had everything: press its button, and start again";
const STRANGERS = "no board came that knows this secret: check the code on its label, and start "
  + "again";
/** Said once when the end is near. */
const LAST_MS = 60000;

enum Progress { Nobody, Here, Asked, Trying }

/** It did not come to a board that works; why, and what to do, in one line. */
export class Failure extends Error {}

/** A person has had enough. */
export class Interrupted extends Error {}

export interface Commissioned {
  joiner: Description;
  /** Normalised; "" where a key took its place. */
  code: string;
  /** The board's full JID; "" where nobody looked. */
  jid: string;
}

export class Commissioner implements ExistingListener {
  private readonly door: Door;
  private code: string;
  /** No other board than the one whose code this is has been asked for. */
  private readonly isNamed: boolean;
  /** Of the board that is here; null where it proves itself by the code. */
  private byKey: KeyProof | null = null;
  private progress = Progress.Nobody;
  /** The time is over: whoever is here may finish, nobody else comes. */
  private isLate = false;
  /** Somebody was here who did not know the secret. */
  private isRefused = false;
  private trying: NodeJS.Timeout | undefined;
  private settle: { done(one: Commissioned): void; failed(error: Error): void } | null = null;

  constructor(
    private readonly options: Options, secret: { code: string; wanted: Wanted },
    private readonly keys: Keys, private readonly account: Account,
    private readonly asker: Asker, private readonly report: (line: string) => void,
    private readonly proofMs = PROOF_MS,
  ) {
    const { vendor, product, deviceId, network, isPressed } = secret.wanted;
    this.isNamed = network !== ANY || deviceId !== "";
    const name = hostname();
    this.code = secret.code;
    this.door = new Door({
      criteria: { vendor, product, modes: isPressed ? 1 : 0,
        suites: (this.code === "" ? 0 : Suite.Code) | (keys.count === 0 ? 0 : Suite.Access) },
      deviceId, network, name: isLabel(name) ? name : "commission",
      listen: options.listen,
      air: options.air === "" ? new Air() : new Air(options.air),
    }, this);
  }

  /** Resolves with the board that works; rejects with a Failure, or the error of a port. */
  async run(): Promise<Commissioned> {
    await this.door.open();
    const { waitMs } = this.options;
    this.report(sayWaiting(this.door.ssid, this.door.port, waitMs));
    const timers = [setTimeout(() => this.close(), waitMs)];
    if (waitMs > LAST_MS) {
      timers.push(setTimeout(() => this.report(`still waiting, for ${LAST_MS / 1000} s more`),
        waitMs - LAST_MS));
    }
    try {
      return await new Promise<Commissioned>((resolve, reject) => {
        this.settle = { done: resolve, failed: reject };
      });
    } catch (error) {
      // Where the board may have it, it stays.
      if (this.progress !== Progress.Trying) await this.account.undo(this.report);
      throw error;
    } finally {
      this.settle = null;
      timers.push(this.trying!);
      timers.forEach((timer) => clearTimeout(timer));
      await Promise.all([this.door.close(), this.account.close()]);
    }
  }

  /** Takes leave of whoever is here. */
  interrupt(): void {
    this.settle?.failed(new Interrupted());
  }

  admit(joiner: Description, suite: Suite): Proof | null {
    const who = printId(joiner.deviceId);
    const { field, random, crypto } = PARTS;
    this.byKey = null;
    if (suite === Suite.Access) {
      const known = this.keys.find(joiner.deviceId);
      if (known.length > 0) return this.byKey = new KeyProof(known, random, crypto);
      this.report(`${who} was paired before, and its key is not in this file: turned away; find `
        + "the file with its key, or reset the board, and its pairing code will do");
      return null;
    }
    if (suite !== Suite.Code || this.code === "") return null;
    return new CodeProof(field, generatorOf(this.code, joiner.deviceId), "", random);
  }

  onVisit(visit: Visit, joiner: Description | null): void {
    if (joiner !== null && visit === Visit.Proving) this.report(sayBoard(joiner));
    if (visit === Visit.Identifying) this.progress = Progress.Here;
    const words = VISITS[visit];
    if (words !== "") this.report(words);
  }

  onDescribed(joiner: Description, last: Status): void {
    clearTimeout(this.trying);
    this.progress = Progress.Asked;
    this.described(joiner, last).catch((error: Error) => {
      this.door.reject();
      this.settle?.failed(error);
    });
  }

  onTrying(joiner: Description, proof: string, accessKey: string): void {
    this.report("it has gone to try them");
    this.progress = Progress.Trying;
    const { deviceId } = joiner;
    const kept = this.guard(this.keys.add(deviceId, accessKey, this.byKey?.secret ?? ""));
    const done = (jid: string): void => this.settle?.done(
      { joiner, code: this.byKey === null ? this.code : "", jid });
    if (!this.options.isChecked) return void kept.then(() => done(""));
    this.trying = setTimeout(() => this.fail("the board has neither come online nor come back: "
      + "see its LED, and start again"), TRYING_MS);
    this.account.online().then((jid) => this.expectProof(jid), () => undefined);
    this.account.told().then(async (word) => {
      if (word.proof !== proof) return this.fail(sayForger(word.jid));
      await kept;
      await this.guard(this.keys.settle(deviceId, accessKey));
      this.account.tellOwner(`${printId(deviceId)} is online as ${word.jid}`);
      done(word.jid);
    }, () => undefined);
  }

  onGone(joiner: Description | null, why: Status): void {
    const who = joiner === null ? "it" : printId(joiner.deviceId);
    this.report(sayStatus(who, why));
    if (why === Status.Auth && !this.isNamed && !this.isRefused) this.report(SEVERAL);
    this.isRefused ||= why === Status.Auth;
    const wasAsked = this.progress === Progress.Asked;
    this.progress = Progress.Nobody;
    if (wasAsked) this.fail(AWAY);
    else if (this.isLate) this.close();
  }

  onEnd(ending: Ending): void {
    this.fail(sayEnding(ending));
  }

  private async described(joiner: Description, last: Status): Promise<void> {
    if (last !== Status.Ok) throw new Failure(sayTried(last));
    this.report(`it says the same over the encrypted channel; serial ${joiner.serial || "none"}`);
    const isWanted = this.options.isSure
      || await this.asker.yes(`Give ${printId(joiner.deviceId)} a network and an account?`);
    if (!isWanted) throw new Failure("turned away, as you wished");
    await this.account.prepare(this.report);
    this.report(this.account.words());
    if (!this.door.provision(this.account.offer())) {
      throw new Failure(AWAY);
    }
    if (this.byKey !== null && this.options.provisioning !== "") this.report(BY_KEY);
    this.account.expect();
  }

  /** No more waiting; whoever is here, or tries what it got, has its time. */
  private close(): void {
    this.isLate = true;
    if (this.progress !== Progress.Nobody) return;
    this.fail(this.isRefused ? STRANGERS : sayEnding(Ending.Timeout));
  }

  private expectProof(jid: string): void {
    if (this.settle === null) return;
    clearTimeout(this.trying);
    this.trying = setTimeout(() => this.fail(sayUnproved(jid)), this.proofMs);
  }

  private guard(work: Promise<void>): Promise<void> {
    return work.catch((error: Error) =>
      this.fail(`the key file cannot be written: ${error.message}`));
  }

  private fail(words: string): void {
    this.settle?.failed(new Failure(words));
  }
}
