/**
 * The existing device: waits passively for a joiner, checks what it is, proves first that it
 * knows its code, and hands over a network and an account (RENDEZVOUS 5). For Node's
 * `npm run commission` and for a provisioned board alike; pure: sockets come in by `accept`, time
 * by `tick`.
 */
import { INVITATION_MS, REFUSALS_MAX } from "../config.js";
import type { Acceptor, Socket, SocketListener, Ticker } from "../../hal/hal.js";
import { Channel } from "./channel.js";
import { encodeCriteria } from "./description.js";
import type { Criteria, Description, Suite } from "./description.js";
import { Visit } from "./desk.js";
import type { Desk, ExistingParts } from "./desk.js";
import { Status } from "./framing.js";
import { commitProof } from "./handshake.js";
import type { Offer } from "./message.js";
import type { Proof } from "./proof.js";
import type { Session } from "./session.js";
import { Visitor } from "./visitor.js";

export { Visit } from "./desk.js";
export type { ExistingParts } from "./desk.js";

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

export class Existing implements Ticker, Acceptor, Desk {
  /** How far the one that is here has got, as the listener was told it. */
  visit: Visit;
  /** Nobody is let in any more. */
  ended: boolean;
  /** Whoever comes now is told to come later: there is nothing to prove ourselves with yet. */
  busy: boolean;
  private visitor: Visitor | null;
  private channel: Channel | null;
  /** When the window closes; 0 before the first tick. */
  private untilMs: number;
  private nowMs: number;
  private refusals: number;
  /** The last one that went to try an offer, and its fail-safe. */
  private tried: string;
  private token: string;

  /** `name` (0 to LABEL_BYTES_MAX octets) is what a joiner is told of us. */
  constructor(
    private readonly parts: ExistingParts,
    private readonly criteria: Criteria,
    private readonly name: string,
    private readonly listener: ExistingListener,
  ) {
    this.ended = this.busy = false;
    this.visitor = this.channel = null;
    this.visit = Visit.None;
    this.untilMs = this.nowMs = this.refusals = 0;
    this.tried = this.token = "";
  }

  /** The window of INVITATION_MS begins with the first tick. Whoever is here then may finish. */
  tick(nowMs: number): void {
    if (this.untilMs === 0) this.untilMs = nowMs + INVITATION_MS;
    this.nowMs = nowMs;
    if (this.ended) return;
    if (this.channel && !this.visitor) this.welcome(this.channel, nowMs);
    if (this.visitor) this.serve(this.visitor, nowMs);
    else if (nowMs >= this.untilMs) this.end(Ending.Timeout);
  }

  /** For a Server: while somebody is here, others are told Busy and dropped. */
  accept(socket: Socket): SocketListener {
    const channel = new Channel();
    channel.socket = socket;
    channel.opened = true;
    if (this.channel || this.ended || this.busy) channel.drop(Status.Busy);
    else this.channel = channel;
    return channel;
  }

  /** While Described: hands over, and lets it try. False: no joiner would take such an offer. */
  provision(offer: Offer): boolean {
    return this.visitor !== null && this.visitor.provision(offer);
  }

  /** Drops the one that is here, and goes on listening. */
  reject(): void {
    if (this.visitor) this.visitor.drop(Status.Reject);
  }

  /** Drops everybody; `onEnd` follows at once. */
  close(): void {
    if (this.ended) return;
    if (this.visitor) this.visitor.drop(Status.Timeout);
    else if (this.channel) this.channel.close();
    this.end(Ending.Closed);
  }

  admit(joiner: Description, suite: Suite): Proof | null {
    return this.listener.admit(joiner, suite);
  }

  described(joiner: Description, last: Status): void {
    this.tell();
    this.listener.onDescribed(joiner, last);
  }

  /** Counted before it is known to have failed: whoever goes away now has had a guess. */
  shown(): void {
    this.refusals++;
  }

  proved(): void {
    this.refusals--;
  }

  tokenOf(deviceId: string): string {
    return deviceId === this.tried ? this.token : "";
  }

  trying(joiner: Description, session: Session, token: string): void {
    this.tried = joiner.deviceId;
    this.token = token;
    // Whoever went to try may come back.
    this.untilMs = this.nowMs + INVITATION_MS;
    const proof = commitProof(session, token, this.parts.crypto);
    this.listener.onTrying(joiner, proof, session.accessKey());
  }

  private welcome(channel: Channel, nowMs: number): void {
    const request = encodeCriteria(this.criteria);
    this.visitor = new Visitor(this.parts, this.criteria, request, this.name, channel, this,
      nowMs);
  }

  private serve(visitor: Visitor, nowMs: number): void {
    visitor.tick(nowMs);
    this.tell();
    if (visitor.visit !== Visit.None) return;
    this.visitor = this.channel = null;
    if (visitor.why !== Status.Ok) this.listener.onGone(visitor.joiner, visitor.why);
    if (this.refusals >= REFUSALS_MAX) this.end(Ending.Refusals);
  }

  private tell(): void {
    const visitor = this.visitor;
    const visit = visitor ? visitor.visit : Visit.None;
    if (visit === this.visit) return;
    this.visit = visit;
    this.listener.onVisit(visit, visitor ? visitor.joiner : null);
  }

  private end(ending: Ending): void {
    this.ended = true;
    this.visitor = this.channel = null;
    this.tell();
    this.listener.onEnd(ending);
  }
}
