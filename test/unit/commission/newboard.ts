/**
 * A board without a network, in this process, on real sockets and the air of virtual boards: the
 * firmware's own joiner, and a home that says what a test wants, or really logs in.
 */
import xml from "@xmpp/xml";
import { Link } from "../../../authority/link.js";
import { PARTS } from "../../../commission/door.js";
import { NS_RENDEZVOUS } from "../../../firmware/rendezvous/dweller.js";
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
import type { Socket } from "../../../hal/hal.js";
import { Air } from "../../../hal/host/air.js";
import { createFlash } from "../../../hal/host/flash.js";
import { HostNetwork } from "../../../hal/host/network.js";
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
  /** What it says in place of its proof, one message each; none: as it is. */
  proofs?: (proof: string) => string[];
}

/** Knows its latest connection. */
class Lines extends HostNetwork {
  last: Socket | null = null;

  override connect(...args: Parameters<HostNetwork["connect"]>): Socket {
    return this.last = super.connect(...args);
  }
}

export class NewBoard implements Home, Proofs {
  readonly identity: Identity;
  readonly stages: Stage[] = [];
  readonly reasons: Status[] = [];
  kept: Offer | null = null;
  accessKey = "";
  readonly joiner: Joiner;
  private link: Link | null = null;
  /** The proofs that it has made. */
  readonly proofs: string[] = [];
  /** Whom it was to tell. */
  owner = "";
  private isIn = false;
  private readonly timer: NodeJS.Timeout;
  private readonly network = new Lines();

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
      ...PARTS, proofs: this, attempts: new Attempts(journal), network: this.network,
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

  /** Goes away without a word. */
  hangUp(): void {
    clearInterval(this.timer);
    this.network.last?.close();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.link?.stop();
  }

  suites(): number {
    return this.options.accessKey ? Suite.Access | Suite.Code : Suite.Code;
  }

  flags(): number {
    return Mode.Unprovisioned;
  }

  create(suite: number) {
    if (suite === Suite.Access) {
      return new AccessProof(this.options.accessKey!, PARTS.random, PARTS.crypto);
    }
    return new CodeProof(PARTS.field, this.identity.generator, "", PARTS.random);
  }

  attempt(offer: Offer): boolean {
    if (this.options.login === false) return true;
    const { jid, password, host, port } = offer;
    const link = this.link = new Link({ jid, password, host, port }, {
      onOnline: () => link.send(xml("presence")), onOffline: () => undefined,
      onRequest: () => null, onPresence: () => undefined, onMessage: () => undefined,
      onFault: () => undefined,
    });
    link.start().then(() => { this.isIn = true; }, () => undefined);
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
    void this.link?.stop();
  }

  tell(owner: string, proof: string): void {
    this.proofs.push(proof);
    this.owner = owner;
    for (const said of this.options.proofs?.(proof) ?? [proof]) {
      const committed = xml("committed", { xmlns: NS_RENDEZVOUS }, said);
      this.link!.send(xml("message", { to: owner }, committed));
    }
  }
}
