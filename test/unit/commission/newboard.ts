/**
 * A board without a network, in this process, on real sockets and the air of virtual boards: the
 * firmware's own joiner, and a home that says what a test wants, or really logs in.
 */
import { Watch } from "../../../commission/watch.js";
import { PARTS } from "../../../commission/door.js";
import { Attempts } from "../../../firmware/rendezvous/attempt.js";
import { Mode, Suite } from "../../../firmware/rendezvous/description.js";
import type { Identity } from "../../../firmware/rendezvous/description.js";
import type { Status } from "../../../firmware/rendezvous/framing.js";
import type { Proofs } from "../../../firmware/rendezvous/handshake.js";
import { Joiner } from "../../../firmware/rendezvous/joiner.js";
import type { Offer } from "../../../firmware/rendezvous/message.js";
import { AccessProof } from "../../../firmware/rendezvous/proof.js";
import { CodeProof } from "../../../firmware/rendezvous/secret.js";
import { Stage } from "../../../firmware/rendezvous/stage.js";
import { type Home, Trial } from "../../../firmware/rendezvous/trial.js";
import { Journal } from "../../../firmware/store/journal.js";
import { Log } from "../../../firmware/store/log.js";
import { Pages } from "../../../firmware/store/page.js";
import { generatorOf } from "../../../flash/generator.js";
import { Air } from "../../../hal/host/air.js";
import { createFlash } from "../../../hal/host/flash.js";
import { HostNetwork } from "../../../hal/host/socket.js";
import { HostWireless } from "../../../hal/host/wireless.js";

const TICK_MS = 20;

export interface NewBoardOptions {
  air: Air;
  code: string;
  deviceId?: string;
  /** From an earlier pairing; it is proved by that, then. */
  accessKey?: string;
  homes?: Map<string, string> | null;
  /** False: it never gets online, whatever it is given. */
  login?: boolean;
}

export class NewBoard implements Home, Proofs {
  readonly identity: Identity;
  readonly stages: Stage[] = [];
  readonly reasons: Status[] = [];
  kept: Offer | null = null;
  accessKey = "";
  readonly joiner: Joiner;
  private watch: Watch | null = null;
  private isIn = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: NewBoardOptions) {
    const deviceId = options.deviceId ?? "18B4300400001234";
    this.identity = { vendor: 0xfff1, product: 0x8001, revision: 1, deviceId, serial: "A-1",
      generator: generatorOf(options.code, deviceId) };
    const { crypto } = PARTS;
    const flash = createFlash();
    const journal = new Journal(new Log(new Pages(flash, crypto), crypto),
      { replay: () => {}, isAlive: () => true, moved: () => {} });
    journal.load();
    const wireless = new HostWireless({ air: options.air, homes: options.homes ?? null,
      scanMs: 20, joinMs: 20 });
    this.joiner = new Joiner({
      ...PARTS, proofs: this, attempts: new Attempts(journal), network: new HostNetwork(),
      wireless, home: this, trial: new Trial(wireless, this),
    }, this.identity, { onStage: (stage, _ssid, why) => {
      this.stages.push(stage);
      this.reasons.push(why);
    } });
    this.timer = setInterval(() => this.joiner.tick(PARTS.clock.nowMs()), TICK_MS);
  }

  press(): void {
    this.joiner.press(PARTS.clock.nowMs());
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.watch?.stop();
  }

  suites(): number {
    return this.options.accessKey ? Suite.Access | Suite.Code : Suite.Code;
  }

  flags(): number {
    return Mode.Unprovisioned;
  }

  create(suite: number) {
    if (suite === Suite.Access) return new AccessProof(this.options.accessKey!, PARTS.random);
    return new CodeProof(PARTS.field, this.identity.generator, "", PARTS.random);
  }

  attempt(offer: Offer): boolean {
    if (this.options.login === false) return true;
    const { jid, password, host, port, secure } = offer;
    this.watch = new Watch({ jid, password, host, port, secure, ca: undefined });
    this.watch.start().then(() => { this.isIn = true; }, () => undefined);
    return true;
  }

  isOnline(): boolean {
    return this.isIn;
  }

  keep(offer: Offer, accessKey: string): boolean {
    this.kept = offer;
    this.accessKey = accessKey;
    return true;
  }

  retreat(): void {
    void this.watch?.stop();
  }

  tell(): void {}
}
