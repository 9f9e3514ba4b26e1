/**
 * One connection of the rendezvous as both sides see it: frames in, frames out, and from the
 * proofs on, records of a session in Secure frames. What arrives is only kept; `next` hands it out
 * during a tick.
 */
import type { Crypto, Cipher, Socket, SocketListener } from "../../hal/hal.js";
import { FrameType, Frames, frame, statusFrame } from "./framing.js";
import type { Status } from "./framing.js";
import { Session } from "./session.js";

export class Channel implements SocketListener {
  socket: Socket | null;
  /** The connection is there, or has ended with something that is to be heard. */
  opened: boolean;
  /** The other side, or the way to it, is gone; or we closed. */
  closed: boolean;
  /** Of the frame, or of what was inside of the Secure frame, that `next` found. */
  body: string;
  private readonly frames: Frames;
  private session: Session | null;

  constructor() {
    this.socket = this.session = null;
    this.opened = this.closed = false;
    this.body = "";
    this.frames = new Frames();
  }

  onOpen(): void {
    this.opened = true;
  }

  onBytes(bytes: string): void {
    this.frames.push(bytes);
  }

  onDrain(): void {
    // Nothing waits: every frame fits.
  }

  onClosed(_why: string): void {
    this.opened = this.frames.isWaiting();
    this.closed = true;
  }

  /** From here on both sides speak in records only. */
  secure(isk: string, isJoiner: boolean, crypto: Crypto, cipher: Cipher): Session {
    this.session = new Session(isk, isJoiner, crypto, cipher);
    return this.session;
  }

  /**
   * The next frame's type; None while there is none. What is not as it must be (also what is in
   * clear now that it should not) closes the connection.
   */
  next(): FrameType {
    const frames = this.frames;
    if (this.closed && !frames.isWaiting()) return FrameType.None;
    const type = frames.next();
    this.body = frames.body;
    if (type === FrameType.None) {
      if (frames.broken) this.close();
      return type;
    }
    if (type === FrameType.Status) return type;
    if ((type === FrameType.Secure) !== (this.session !== null)) {
      this.close();
      return FrameType.None;
    }
    if (!this.session) return type;
    this.body = this.session.open(this.body);
    if (this.body !== "") return type;
    this.close();
    return FrameType.None;
  }

  send(type: FrameType, body: string): void {
    this.write(frame(type, body));
  }

  /** One message of message.ts. */
  say(message: string): void {
    if (this.session) this.write(frame(FrameType.Secure, this.session.seal(message)));
  }

  /** Says why, and closes. */
  drop(status: Status): void {
    this.write(statusFrame(status));
    this.close();
  }

  close(): void {
    this.frames.broken = true;
    if (this.socket && !this.closed) this.socket.close();
    this.opened = false;
    this.closed = true;
  }

  /** A peer that does not take even this much has stopped reading. */
  private write(bytes: string): void {
    if (this.closed || !this.socket) return;
    if (this.socket.writable() < bytes.length) this.close();
    else this.socket.write(bytes);
  }
}
