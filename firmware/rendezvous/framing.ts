/**
 * Frames of the rendezvous (XPR/1) on a byte pipe: u16 BE length of the body, u8 type, body. A
 * frame that is longer than it may be, or of a type that nobody knows, ends the connection.
 */
import { FRAME_BYTES_MAX } from "../config.js";

export const enum FrameType {
  /** Not a frame: more octets are needed. */
  None = 0,
  /** P→J. `Criteria` (description.ts). */
  IdentifyRequest = 1,
  /** J→P. The public `Description`. */
  IdentifyResponse = 2,
  /** J→P. The joiner's share, 32 octets. */
  Pase1 = 3,
  /** P→J. The provisioner's share, 32 octets, then its name, 0 to LABEL_BYTES_MAX octets. */
  Pase2 = 4,
  /** P→J. The provisioner's proof, 32 octets; it always comes first. */
  ConfirmB = 5,
  /** J→P. The joiner's proof, 32 octets; only after the other was right. */
  ConfirmA = 6,
  /** Both. A record of session.ts; what is inside says message.ts. */
  Secure = 16,
  /** Both. u8 Status; then the sender drops the connection. */
  Status = 255,
}

export const enum Status {
  Ok = 0,
  /** The description is not the expected one, or the criteria are not ours. */
  Reject = 1,
  /** The other side's proof is wrong. */
  Auth = 2,
  /** Somebody else is being served. */
  Busy = 3,
  Timeout = 4,
  /** What came makes no sense here. */
  Error = 5,
  /** What was handed over did not work: the network is not there or does not let us in. */
  NoNetwork = 6,
  /** The network is fine, the XMPP server or the account is not. */
  NoLogin = 7,
  /** The flash did not take it. */
  NoFlash = 8,
  /** A fail-safe is armed already, or the one that was named is not. */
  FailSafe = 9,
}

/** One frame; `body` is at most FRAME_BYTES_MAX. */
export function frame(type: FrameType, body: string): string {
  return String.fromCharCode(body.length >> 8, body.length & 255, type) + body;
}

export function statusFrame(status: Status): string {
  return frame(FrameType.Status, String.fromCharCode(status));
}

/** Two of the largest frames. */
const WAITING_BYTES_MAX = 2 * (FRAME_BYTES_MAX + 3);

/** What has come so far, cut into frames. */
export class Frames {
  /** The body of the frame that `next` has just found. */
  body: string;
  /** A frame that must not be: nothing more is to be expected of this connection. */
  broken: boolean;
  private waiting: string;

  constructor() {
    this.body = this.waiting = "";
    this.broken = false;
  }

  push(bytes: string): void {
    if (this.broken) return;
    this.waiting += bytes;
    // Both sides wait for each other's answers: more than this is nobody who follows the order.
    if (this.waiting.length <= WAITING_BYTES_MAX) return;
    this.broken = true;
    this.waiting = "";
  }

  isWaiting(): boolean {
    return this.waiting !== "";
  }

  /** The type of the next whole frame; None where there is none, or never again. */
  next(): FrameType {
    const waiting = this.waiting;
    if (this.broken || waiting.length < 3) return FrameType.None;
    const length = waiting.charCodeAt(0) * 256 + waiting.charCodeAt(1);
    const type: FrameType = waiting.charCodeAt(2);
    if (length > FRAME_BYTES_MAX || !isKnown(type)) {
      this.broken = true;
      this.waiting = "";
      return FrameType.None;
    }
    if (waiting.length < 3 + length) return FrameType.None;
    this.body = waiting.substring(3, 3 + length);
    this.waiting = waiting.substring(3 + length);
    return type;
  }
}

function isKnown(type: FrameType): boolean {
  return (type >= FrameType.IdentifyRequest && type <= FrameType.ConfirmA) ||
    type === FrameType.Secure || type === FrameType.Status;
}
