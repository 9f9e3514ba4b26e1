/**
 * The joiner: a board without a network finds the one that waits for it (RENDEZVOUS 5).
 *
 *   stage       | what must come                   | then        | otherwise
 *   ------------+----------------------------------+-------------+---------------------------
 *   Closed      | a press                          | Scanning    | -
 *   Scanning    | a network that was not tried     | Associating | scans again; window: Closed
 *   Associating | an address                       | Dialling    | ASSOCIATE_MS: Scanning
 *   Dialling    | the connection                   | Identifying | DIALS_MAX times: Scanning
 *   Identifying | criteria that we meet            | Proving     | Over: Scanning
 *   Proving     | a right proof (handshake.ts)     | Secured     | Over: Scanning
 *   Secured     | Commit (delivery.ts)             | Homing      | Over: Scanning
 *   Homing      | network, login, flash (trial.ts) | Done        | Associating, the same again
 *
 * What is made of our code is never sent, and our proof only after the other side's was right, so
 * a network that does not know the code learns nothing but that; how often that may happen is
 * counted on flash (attempt.ts). Nothing of what is handed over is on flash before it has worked:
 * a reboot at any time leaves a board that is unprovisioned and ready.
 */
import { ASSOCIATE_MS, DIALS_MAX, DIAL_MS, FAREWELL_MS, JOIN_WINDOW_MS, NETWORKS_MAX, REDIAL_MS,
  RESCAN_MS, SCAN_MS, VERSION } from "../config.js";
import type { Network, Ticker, Wireless } from "../../hal/hal.js";
import { items } from "../xml/list.js";
import { Channel } from "./channel.js";
import type { Memory } from "./delivery.js";
import { Mode, type Description, type Identity } from "./description.js";
import { Status } from "./framing.js";
import { Handshake, Talk, commitProof, type HandshakeParts } from "./handshake.js";
import { choose, printDiscriminator } from "./network.js";
import { Stage, type JoinerListener } from "./stage.js";
import { TrialState, type Home, type Trial } from "./trial.js";

export interface JoinerParts extends HandshakeParts {
  network: Network;
  wireless: Wireless;
  home: Home;
  trial: Trial;
}

export class Joiner implements Ticker {
  stage: Stage;
  /** The network that is tried, and all that were tried in this window (xml/list.ts). */
  private ssid: string;
  private tried: string;
  /** The one that was busy, with the list's mark behind it: left out of the next look alone. */
  private later: string;
  /** When the window closes, and when the stage is over or goes on. */
  private windowMs: number;
  private untilMs: number;
  /** Scanning: a scan is under way. Dialling: a connection is. */
  private busy: boolean;
  private dials: number;
  private pressed: boolean;
  private channel: Channel | null;
  private handshake: Handshake | null;
  private readonly memory: Memory;
  /** How networks that wait for us alone are called. */
  private readonly name: string;
  /** "" while there is nobody to tell. */
  private owner: string;
  private proof: string;

  constructor(
    private readonly parts: JoinerParts,
    private readonly identity: Identity,
    private readonly listener: JoinerListener,
  ) {
    this.stage = Stage.Closed;
    this.ssid = this.tried = this.later = this.owner = this.proof = "";
    this.windowMs = this.untilMs = this.dials = 0;
    this.busy = this.pressed = false;
    this.channel = this.handshake = null;
    this.memory = { token: "", last: Status.Ok };
    this.name = printDiscriminator(identity.deviceId, parts.crypto);
  }

  /** A person is here: the window opens, or stays open for longer, and all is tried again. */
  press(nowMs: number): void {
    this.pressed = true;
    this.open(nowMs);
  }

  /** The same without a person: a board without an account has been switched on. */
  open(nowMs: number): void {
    if (this.stage === Stage.Done) return;
    this.windowMs = nowMs + JOIN_WINDOW_MS;
    this.tried = "\x01";
    if (this.stage === Stage.Closed) this.scan(Status.Ok, nowMs);
  }

  tick(nowMs: number): void {
    const stage = this.stage;
    if (stage < Stage.Proving && stage > Stage.Closed && nowMs >= this.windowMs) this.shut();
    else if (stage === Stage.Scanning) this.look(nowMs);
    else if (stage === Stage.Associating) this.associate(nowMs);
    else if (stage === Stage.Dialling) this.dial(nowMs);
    else if (stage === Stage.Homing) this.settle(nowMs);
    else if (this.handshake) this.talk(this.handshake, nowMs);
  }

  /** Between two networks; the first scan at once, the next when the air may have changed. */
  private scan(why: Status, nowMs: number): void {
    this.hangUp();
    this.busy = false;
    this.untilMs = nowMs;
    this.enter(Stage.Scanning, why);
  }

  private look(nowMs: number): void {
    const wireless = this.parts.wireless;
    if (!this.busy) {
      // Whoever has to wait needs not know yet what there is.
      if (nowMs < this.untilMs || !this.parts.attempts.may(nowMs)) return;
      if (items(this.tried).length >= NETWORKS_MAX) return;
      this.busy = true;
      this.untilMs = nowMs + SCAN_MS;
      wireless.scan();
      return;
    }
    const cells = wireless.cells();
    if (!cells && nowMs < this.untilMs) return;
    const ssid = cells ? choose(cells, this.tried + this.later, this.name) : "";
    this.later = "";
    if (ssid !== "") {
      this.tried += ssid + "\x01";
      this.approach(ssid, Status.Ok, nowMs);
      return;
    }
    this.busy = false;
    this.untilMs = nowMs + RESCAN_MS;
  }

  private approach(ssid: string, why: Status, nowMs: number): void {
    this.ssid = ssid;
    this.untilMs = nowMs + ASSOCIATE_MS;
    this.parts.wireless.join(ssid, "");
    this.enter(Stage.Associating, why);
  }

  private associate(nowMs: number): void {
    if (this.parts.wireless.isJoined()) {
      this.dials = 0;
      this.busy = false;
      this.untilMs = nowMs;
      this.enter(Stage.Dialling, Status.Ok);
    } else if (nowMs >= this.untilMs) {
      this.scan(Status.Timeout, nowMs);
    }
  }

  private dial(nowMs: number): void {
    const channel = this.channel;
    if (channel && channel.opened) {
      this.handshake = new Handshake(this.parts, this.describe(), this.memory, channel, nowMs);
      this.enter(Stage.Identifying, Status.Ok);
      return;
    }
    if (this.busy && !(channel && channel.closed) && nowMs < this.untilMs) return;
    if (this.busy) {
      this.hangUp();
      this.busy = false;
      this.untilMs = nowMs + REDIAL_MS;
    }
    if (nowMs < this.untilMs) return;
    if (this.dials++ >= DIALS_MAX) {
      this.scan(Status.Timeout, nowMs);
      return;
    }
    this.busy = true;
    this.untilMs = nowMs + DIAL_MS;
    const next = this.channel = new Channel();
    next.socket = this.parts.network.connect(this.parts.wireless.host(), next);
  }

  private talk(handshake: Handshake, nowMs: number): void {
    handshake.tick(nowMs);
    const talk = handshake.talk;
    if (talk === Talk.Over) this.conclude(handshake, nowMs);
    else if (talk === Talk.Secured) {
      if (this.stage !== Stage.Secured) this.enter(Stage.Secured, Status.Ok);
    } else if (talk > Talk.Identifying && this.stage === Stage.Identifying) {
      this.enter(Stage.Proving, Status.Ok);
    }
  }

  private conclude(handshake: Handshake, nowMs: number): void {
    const offer = handshake.offer;
    const session = handshake.session;
    if (!offer || !session) {
      const isBusy = handshake.why === Status.Busy;
      this.later = isBusy ? this.ssid + "\x01" : "";
      if (isBusy) this.tried = this.tried.split("\x01" + this.later).join("\x01");
      this.scan(handshake.why, nowMs);
      return;
    }
    this.owner = offer.owner;
    this.proof = commitProof(session, this.memory.token, this.parts.crypto);
    // A person who knows the code is at work: there is time to put it right.
    this.windowMs = nowMs + JOIN_WINDOW_MS;
    this.untilMs = nowMs + FAREWELL_MS;
    this.enter(Stage.Homing, Status.Ok);
  }

  /** What failed is reported where it came from. */
  private settle(nowMs: number): void {
    const trial = this.parts.trial;
    const handshake = this.handshake;
    if (handshake) {
      if (!this.channel!.closed && nowMs < this.untilMs) return;
      this.hangUp();
      trial.begin(handshake.offer!, handshake.session!.accessKey(), nowMs);
    }
    trial.tick(nowMs);
    if (trial.state === TrialState.Kept) {
      if (this.owner !== "") this.parts.home.tell(this.owner, this.proof);
      this.enter(Stage.Done, Status.Ok);
    } else if (trial.state === TrialState.Failed) {
      this.memory.last = trial.why;
      this.approach(this.ssid, trial.why, nowMs);
    }
  }

  private describe(): Description {
    const own = this.identity;
    const proofs = this.parts.proofs;
    return {
      vendor: own.vendor, product: own.product, revision: own.revision, deviceId: own.deviceId,
      software: VERSION, serial: own.serial,
      flags: proofs.flags() | (this.pressed ? Mode.UserSelected : 0),
      suites: proofs.suites(),
    };
  }

  private shut(): void {
    this.hangUp();
    this.pressed = false;
    this.parts.wireless.leave();
    this.enter(Stage.Closed, Status.Timeout);
  }

  private hangUp(): void {
    if (this.channel) this.channel.close();
    this.channel = this.handshake = null;
  }

  private enter(stage: Stage, why: Status): void {
    this.stage = stage;
    this.listener.onStage(stage, this.ssid, why);
  }
}
