/**
 * A provisioner's side of one connection (RENDEZVOUS 5.1): from who it is to what it is given.
 *
 *   visit        | hears                        | then
 *   -------------+------------------------------+-----------------------------------------------
 *   Identifying  | IdentifyResponse             | not wanted: dropped. Else Proving
 *   Proving      | Pase1                        | Pase2, and when it is computed ConfirmB
 *   Proving      | ConfirmA                     | wrong: dropped. Right: ArmFailSafe; Secured
 *   Secured      | Status, then Description     | not as before: dropped. Else Described
 *   Described    | Echo                         | EchoReply; `provision` makes it Provisioning
 *   Provisioning | Status of Provision          | Ok: Commit. Else Described again
 *   Provisioning | Status of Commit             | handed over: None
 *   any          | Status frame, anything else  | dropped: None
 */
import { IDENTIFY_MS, PASE_MS, SECURE_IDLE_MS } from "../config.js";
import type { Channel } from "./channel.js";
import { decodeDescription, matches, suiteOf } from "./description.js";
import type { Criteria, Description } from "./description.js";
import { Visit } from "./desk.js";
import type { Desk, ExistingParts } from "./desk.js";
import { FrameType, Status } from "./framing.js";
import { FailSafe, MessageType, encodeOffer } from "./message.js";
import type { Offer } from "./message.js";
import { confirmation, isSame, sessionKey, transcript } from "./pake.js";
import type { Half } from "./pake.js";
import { SHARE_BYTES, slice } from "./proof.js";
import type { Proof } from "./proof.js";
import type { Session } from "./session.js";
import { optional } from "./tag.js";

export class Visitor {
  visit: Visit;
  /** None: why it is over; Ok where it was given what it came for. */
  why: Status;
  /** null while Identifying. */
  joiner: Description | null;
  private readonly request: string;
  private response: string;
  private proof: Proof | null;
  private isk: string;
  private session: Session | null;
  private readonly ours: Half;
  private readonly theirs: Half;
  private token: string;
  /** What the message that is to be answered was. */
  private asked: MessageType;
  private untilMs: number;

  constructor(
    private readonly parts: ExistingParts,
    private readonly criteria: Criteria,
    request: string,
    name: string,
    private readonly channel: Channel,
    private readonly desk: Desk,
    nowMs: number,
  ) {
    this.visit = Visit.Identifying;
    this.why = Status.Ok;
    this.joiner = this.proof = this.session = null;
    this.request = request;
    this.response = this.isk = this.token = "";
    this.ours = { share: "", data: name };
    this.theirs = { share: "", data: "" };
    this.asked = MessageType.Echo;
    this.untilMs = nowMs + IDENTIFY_MS;
    channel.send(FrameType.IdentifyRequest, request);
  }

  tick(nowMs: number): void {
    const channel = this.channel;
    while (this.visit !== Visit.None) {
      const type = channel.next();
      if (type === FrameType.None) break;
      this.hear(type, nowMs);
    }
    if (this.visit === Visit.None) return;
    if (channel.closed) this.end(Status.Error);
    else if (nowMs >= this.untilMs) this.drop(Status.Timeout);
    else if (this.proof) this.work(this.proof);
  }

  /** False: no joiner would take it. Only while Described. */
  provision(offer: Offer): boolean {
    const message = encodeOffer(offer);
    if (message === "" || this.visit !== Visit.Described) return false;
    this.visit = Visit.Provisioning;
    this.ask(message);
    return true;
  }

  drop(status: Status): void {
    this.channel.drop(status);
    this.end(status);
  }

  private hear(type: FrameType, nowMs: number): void {
    const body = this.channel.body;
    if (type === FrameType.Status) {
      const status = body.charCodeAt(0);
      this.channel.close();
      this.end(body.length === 1 && status !== Status.Ok ? status : Status.Error);
    } else if (this.visit === Visit.Identifying && type === FrameType.IdentifyResponse) {
      this.identify(body, nowMs);
    } else if (this.visit === Visit.Proving && type === FrameType.Pase1 &&
      this.theirs.share === "" && body.length === SHARE_BYTES) {
      this.theirs.share = body;
      this.theirs.data = transcript(this.request, this.response, this.parts.crypto);
    } else if (this.visit === Visit.Proving && type === FrameType.ConfirmA && this.isk !== "") {
      this.confirm(body, nowMs);
    } else if (this.session && type === FrameType.Secure) {
      this.untilMs = nowMs + SECURE_IDLE_MS;
      this.serve(body);
    } else {
      this.drop(Status.Error);
    }
  }

  private identify(body: string, nowMs: number): void {
    const joiner = decodeDescription(body);
    const wanted = joiner !== null && joiner.serial === "" &&
      matches(this.criteria, joiner, this.parts.crypto);
    const proof = wanted
      ? this.desk.admit(joiner, suiteOf(this.criteria.suites, joiner.suites)) : null;
    this.joiner = joiner;
    if (!proof) {
      this.drop(Status.Reject);
      return;
    }
    this.response = body;
    this.proof = proof;
    this.visit = Visit.Proving;
    this.untilMs = nowMs + PASE_MS;
  }

  private work(proof: Proof): void {
    const ours = this.ours;
    slice(proof, this.parts.clock);
    if (ours.share === "" && proof.share !== "" && this.theirs.share !== "") {
      ours.share = proof.share;
      proof.meet(this.theirs.share);
      // Where no secret can come of it neither side has had a guess.
      if (!proof.broken) {
        this.channel.send(FrameType.Pase2, ours.share + ours.data);
        this.desk.shown();
      }
    }
    if (proof.broken) {
      this.drop(Status.Auth);
    } else if (proof.secret !== "") {
      const cipher = this.parts.cipher;
      this.isk = sessionKey(proof.suite, "", proof.secret, this.theirs, ours, cipher);
      this.channel.send(FrameType.ConfirmB,
        confirmation(this.isk, ours, this.parts.crypto, cipher));
      this.proof = null;
    }
  }

  private confirm(tag: string, nowMs: number): void {
    const crypto = this.parts.crypto;
    const cipher = this.parts.cipher;
    if (!isSame(tag, confirmation(this.isk, this.theirs, crypto, cipher))) {
      this.drop(Status.Auth);
      return;
    }
    this.desk.proved();
    this.session = this.channel.secure(this.isk, false, crypto, cipher);
    this.isk = "";
    this.visit = Visit.Secured;
    this.untilMs = nowMs + SECURE_IDLE_MS;
    this.arm(this.desk.tokenOf(this.joiner!.deviceId));
  }

  /** Takes up the fail-safe of before, or with "" begins a new one. */
  private arm(token: string): void {
    const mode = token === "" ? FailSafe.New : FailSafe.Resume;
    this.token = token === "" ? this.parts.random.bytes(4) : token;
    this.ask(String.fromCharCode(MessageType.ArmFailSafe, mode) + this.token);
  }

  private ask(message: string): void {
    this.asked = message.charCodeAt(0);
    this.channel.say(message);
  }

  private serve(message: string): void {
    const type: MessageType = message.charCodeAt(0);
    const asked = this.asked;
    if (type === MessageType.Echo && message.length === 1) {
      this.channel.say(String.fromCharCode(MessageType.EchoReply));
      return;
    }
    if (type === MessageType.EchoReply && message.length === 1) return;
    this.asked = MessageType.Echo; // Nothing is asked any more.
    if (type === MessageType.Description && asked === MessageType.Identify) {
      this.compare(message.substring(1));
    } else if (type === MessageType.Status && message.length === 2) {
      this.told(asked, message.charCodeAt(1));
    } else {
      this.drop(Status.Error);
    }
  }

  private told(asked: MessageType, status: Status): void {
    if (asked === MessageType.ArmFailSafe) {
      // A joiner that was switched off in between knows of no fail-safe any more.
      if (status === Status.FailSafe) this.arm("");
      else {
        this.why = status;
        this.ask(String.fromCharCode(MessageType.Identify));
      }
    } else if (asked === MessageType.Provision && status === Status.Ok) {
      this.ask(String.fromCharCode(MessageType.Commit));
    } else if (asked === MessageType.Provision) {
      this.visit = Visit.Described;
      this.desk.described(this.joiner!, status);
    } else if (asked === MessageType.Commit && status === Status.Ok) {
      this.desk.trying(this.joiner!, this.session!, this.token);
      this.channel.close();
      this.end(Status.Ok);
    } else {
      this.drop(Status.Error);
    }
  }

  /** What it said in clear must be what it says now, to the octet. */
  private compare(secured: string): void {
    const joiner = decodeDescription(secured);
    if (!joiner || secured !== this.response + optional(8, joiner.serial)) {
      this.drop(Status.Reject);
      return;
    }
    this.joiner = joiner;
    this.visit = Visit.Described;
    this.desk.described(joiner, this.why);
  }

  private end(why: Status): void {
    this.visit = Visit.None;
    this.why = why;
    this.proof = this.session = null;
    this.isk = "";
  }
}
