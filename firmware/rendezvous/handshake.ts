/**
 * A joiner's side of one connection, from the first frame to the offer (RENDEZVOUS 5.1).
 *
 *   talk        | hears                     | then
 *   ------------+---------------------------+------------------------------------------------
 *   Identifying | IdentifyRequest           | not for us: Over. Else our description; Sharing
 *   Sharing     | -                         | share made: Pase1; Waiting
 *   Waiting     | Pase2                     | counted as failed; Proving
 *   Proving     | ConfirmB                  | wrong: Over. Right: not failed, ConfirmA; Secured
 *   Secured     | Secure: see delivery.ts   | Commit: Over, with an offer
 *   any         | Status, anything else     | Over
 */
import {
  ECHO_MS, IDENTIFY_MS, PASE_MS, PROOF_MS, SECURE_IDLE_MS, SHARE_MS,
} from "../config.js";
import type { Cipher, Clock, Crypto } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import type { Attempts } from "./attempt.js";
import type { Channel } from "./channel.js";
import { Delivery, Step } from "./delivery.js";
import type { Memory } from "./delivery.js";
import { decodeCriteria, encodeDescription, matches, suiteOf } from "./description.js";
import type { Description } from "./description.js";
import { FrameType, Status } from "./framing.js";
import { MessageType } from "./message.js";
import type { Offer } from "./message.js";
import { confirmation, isSame, sessionKey, transcript } from "./pake.js";
import type { Half } from "./pake.js";
import { SHARE_BYTES, slice } from "./proof.js";
import type { Proof } from "./proof.js";
import type { Session } from "./session.js";

export const enum Talk {
  Identifying,
  Sharing,
  Waiting,
  Proving,
  Secured,
  Over,
}

/** How the board may prove itself. */
export interface Proofs {
  /** Suites as bits. */
  suites(): number;
  /** Modes but for UserSelected, which the joiner knows. */
  flags(): number;
  /** For one attempt; null where none can be had now. */
  create(suite: number): Proof | null;
}

export interface HandshakeParts {
  clock: Clock;
  crypto: Crypto;
  cipher: Cipher;
  proofs: Proofs;
  attempts: Attempts;
}

export class Handshake {
  talk: Talk;
  /** Over: why. Ok where there is an offer. */
  why: Status;
  /** Over: what is to be tried; null where nothing is. */
  offer: Offer | null;
  session: Session | null;
  private proof: Proof | null;
  private readonly ours: Half;
  private readonly theirs: Half;
  /** ConfirmB, which may be here before we can check it. */
  private tag: string;
  private delivery: Delivery | null;
  /** When the patience with this talk ends, and with the whole authentication. */
  private untilMs: number;
  private paseMs: number;
  private echoMs: number;

  constructor(
    private readonly parts: HandshakeParts,
    /** The secured one: with the serial number. */
    private readonly description: Description,
    private readonly memory: Memory,
    private readonly channel: Channel,
    nowMs: number,
  ) {
    this.talk = Talk.Identifying;
    this.why = Status.Ok;
    this.offer = this.session = this.proof = this.delivery = null;
    this.ours = { share: "", data: "" };
    this.theirs = { share: "", data: "" };
    this.tag = "";
    this.untilMs = nowMs + IDENTIFY_MS;
    this.paseMs = this.untilMs + PASE_MS;
    this.echoMs = 0;
  }

  tick(nowMs: number): void {
    const channel = this.channel;
    while (this.talk !== Talk.Over) {
      const type = channel.next();
      if (type === FrameType.None) break;
      this.hear(type, nowMs);
    }
    if (this.talk === Talk.Over) return;
    if (channel.closed) this.end(Status.Error);
    else if (nowMs >= this.untilMs || (this.talk < Talk.Secured && nowMs >= this.paseMs)) {
      this.drop(Status.Timeout);
    } else if (this.talk === Talk.Secured) this.echo(nowMs);
    else if (this.proof) this.work(this.proof, nowMs);
  }

  private hear(type: FrameType, nowMs: number): void {
    const body = this.channel.body;
    if (type === FrameType.Status) {
      const status = body.charCodeAt(0);
      this.channel.close();
      this.end(body.length === 1 && status !== Status.Ok ? status : Status.Error);
    } else if (this.talk === Talk.Identifying && type === FrameType.IdentifyRequest) {
      this.identify(body, nowMs);
    } else if (this.talk === Talk.Waiting && type === FrameType.Pase2) {
      this.meet(body, nowMs);
    } else if (this.talk === Talk.Proving && type === FrameType.ConfirmB && this.tag === "") {
      this.tag = body;
    } else if (this.talk === Talk.Secured && this.delivery) {
      this.serve(this.delivery, body, nowMs);
    } else {
      this.drop(Status.Error);
    }
  }

  /** Whom it wants is known before anything is computed. */
  private identify(body: string, nowMs: number): void {
    const crypto = this.parts.crypto;
    const open = this.description;
    const criteria = decodeCriteria(body);
    const wanted = criteria !== null && matches(criteria, open, crypto);
    const proof = wanted ? this.parts.proofs.create(suiteOf(criteria.suites, open.suites)) : null;
    if (!proof) {
      this.drop(wanted ? Status.Error : Status.Reject);
      return;
    }
    const serial = open.serial;
    open.serial = "";
    const response = encodeDescription(open);
    open.serial = serial;
    this.channel.send(FrameType.IdentifyResponse, response);
    this.ours.data = transcript(body, response, crypto);
    this.proof = proof;
    this.talk = Talk.Sharing;
    this.untilMs = this.paseMs = nowMs + PASE_MS;
  }

  private meet(body: string, nowMs: number): void {
    const theirs = this.theirs;
    theirs.share = body.substring(0, SHARE_BYTES);
    theirs.data = body.substring(SHARE_BYTES);
    if (body.length < SHARE_BYTES || !this.proof || !this.parts.attempts.begin(nowMs)) {
      this.drop(Status.Error);
      return;
    }
    this.proof.meet(theirs.share);
    this.talk = Talk.Proving;
    this.untilMs = nowMs + PROOF_MS;
  }

  private work(proof: Proof, nowMs: number): void {
    slice(proof, this.parts.clock);
    if (proof.broken) this.drop(Status.Error);
    else if (this.talk === Talk.Sharing && proof.share !== "") {
      this.ours.share = proof.share;
      this.channel.send(FrameType.Pase1, proof.share);
      this.talk = Talk.Waiting;
      this.untilMs = nowMs + SHARE_MS;
    } else if (this.talk === Talk.Proving && proof.secret !== "" && this.tag !== "") {
      this.confirm(proof, nowMs);
    }
  }

  private confirm(proof: Proof, nowMs: number): void {
    const crypto = this.parts.crypto;
    const cipher = this.parts.cipher;
    const ours = this.ours;
    const theirs = this.theirs;
    const isk = sessionKey(proof.suite, "", proof.secret, ours, theirs, cipher);
    this.proof = null;
    if (!isSame(this.tag, confirmation(isk, theirs, crypto, cipher))) {
      this.drop(Status.Auth);
      return;
    }
    this.parts.attempts.succeed();
    this.channel.send(FrameType.ConfirmA, confirmation(isk, ours, crypto, cipher));
    this.session = this.channel.secure(isk, true, crypto, cipher);
    this.delivery = new Delivery(encodeDescription(this.description), this.memory);
    this.talk = Talk.Secured;
    this.heard(nowMs);
  }

  private serve(delivery: Delivery, message: string, nowMs: number): void {
    const answer = delivery.answer(message);
    this.heard(nowMs);
    if (answer !== "") this.channel.say(answer);
    if (delivery.step < Step.Committed) return;
    // With an offer the connection stays, until our last word has left.
    this.offer = delivery.offer;
    if (!this.offer) this.channel.close();
    this.end(this.offer ? Status.Ok : Status.Error);
  }

  private heard(nowMs: number): void {
    this.untilMs = nowMs + SECURE_IDLE_MS;
    this.echoMs = nowMs + ECHO_MS;
  }

  private echo(nowMs: number): void {
    if (nowMs < this.echoMs) return;
    this.echoMs = nowMs + ECHO_MS;
    this.channel.say(String.fromCharCode(MessageType.Echo));
  }

  private drop(status: Status): void {
    this.channel.drop(status);
    this.end(status);
  }

  private end(status: Status): void {
    this.talk = Talk.Over;
    this.proof = this.delivery = null;
    this.why = status;
  }
}

/** What the owner is told, elsewhere, by a board that this session handed over to. */
export function commitProof(session: Session, token: string, crypto: Crypto): string {
  const bytes = crypto.hmac(Hash.Sha256, session.commitKey(), token);
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    text += (bytes.charCodeAt(i) + 256).toString(16).substring(1);
  }
  return text;
}
