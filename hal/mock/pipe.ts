/**
 * A network whose other end is held by the test. Every event travels through the clock, so
 * nothing is ever delivered from inside `connect`, `write` or `close`.
 */
import type { Endpoint, Network, Socket, SocketListener } from "../hal.js";
import type { MockClock } from "./clock.js";

/** What an Espruino adapter dares to have under way. */
const WINDOW_BYTES = 2048;

/** Shared by all pipes of a network, so that a test can change it under way. */
export interface Conditions {
  /** Largest number of octets under way from the device. */
  windowBytes: number;
  /** One way, for each delivery. */
  delayMs: number;
  /** Sizes, used in turn, in which every delivery arrives, both ways; [] is whole. */
  fragments: number[];
}

/** The server's end of one connection. */
export class Peer {
  /** Everything that the device has sent here. */
  received = "";
  /** The device closed (""), or this side did (why). */
  closed: string | null = null;
  isOpen = false;
  onOpen: () => void = () => {};
  onBytes: (bytes: string) => void = () => {};
  /** Only for a close by the device. */
  onClosed: () => void = () => {};
  private readonly pipe: Pipe;

  constructor(readonly endpoint: Endpoint, pipe: Pipe) {
    this.pipe = pipe;
  }

  send(bytes: string): void {
    this.pipe.toDevice(bytes);
  }

  /** Ends the connection from this side. What was sent before still arrives before it. */
  close(why = "closed by the server"): void {
    if (this.closed !== null) return;
    this.closed = why;
    this.pipe.endFromPeer(why);
  }

  /** Stops taking octets: the device's window fills and stays full until `resume`. */
  pause(): void {
    this.pipe.setPaused(true);
  }

  resume(): void {
    this.pipe.setPaused(false);
  }
}

export class Pipe implements Socket {
  readonly peer: Peer;
  private isOpen = false;
  private isOver = false;
  /** The link was lost: no octet and no event gets through any more, and nobody is told. */
  private isSilent = false;
  private isPaused = false;
  private waiting = "";
  private underWay = 0;
  private turn = 0;

  constructor(
    private readonly clock: MockClock,
    private readonly conditions: Conditions,
    private readonly listener: SocketListener,
    endpoint: Endpoint,
  ) {
    this.peer = new Peer(endpoint, this);
  }

  writable(): number {
    return this.isOpen ? this.conditions.windowBytes - this.underWay : 0;
  }

  write(bytes: string): void {
    if (bytes.length > this.writable()) {
      throw new Error(`write of ${bytes.length} octets, ${this.writable()} are writable`);
    }
    for (let i = 0; i < bytes.length; i++) {
      if (bytes.charCodeAt(i) > 0xff) throw new Error("a character above 255 is not an octet");
    }
    this.underWay += bytes.length;
    for (const part of this.split(bytes)) this.later(() => this.arriveAtPeer(part));
  }

  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isOpen = false;
    this.later(() => {
      if (this.peer.closed !== null) return;
      this.peer.closed = "";
      this.peer.isOpen = false;
      this.peer.onClosed();
    });
  }

  open(): void {
    this.later(() => {
      if (this.isOver) return;
      this.isOpen = true;
      this.peer.isOpen = true;
      this.listener.onOpen();
      this.peer.onOpen();
    });
  }

  toDevice(bytes: string): void {
    for (const part of this.split(bytes)) {
      this.later(() => {
        if (this.isOpen) this.listener.onBytes(part);
      });
    }
  }

  endFromPeer(why: string): void {
    this.later(() => {
      if (this.isOver) return;
      this.isOver = true;
      this.isOpen = false;
      this.peer.isOpen = false;
      this.listener.onClosed(why);
    });
  }

  setPaused(paused: boolean): void {
    this.isPaused = paused;
    if (!paused) this.later(() => this.arriveAtPeer(""));
  }

  silence(): void {
    this.isSilent = true;
  }

  private arriveAtPeer(part: string): void {
    this.waiting += part;
    if (this.isPaused || this.waiting === "") return;
    const bytes = this.waiting;
    this.waiting = "";
    this.underWay -= bytes.length;
    this.peer.received += bytes;
    if (this.underWay === 0 && this.isOpen) this.later(() => this.drained());
    if (this.peer.closed === null) this.peer.onBytes(bytes);
  }

  private drained(): void {
    if (this.isOpen && this.underWay === 0) this.listener.onDrain();
  }

  private later(run: () => void): void {
    this.clock.schedule(this.conditions.delayMs, () => {
      if (!this.isSilent) run();
    });
  }

  private split(bytes: string): string[] {
    const sizes = this.conditions.fragments;
    if (sizes.length === 0) return bytes === "" ? [] : [bytes];
    const parts: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = Math.max(1, sizes[this.turn++ % sizes.length]!);
      parts.push(bytes.slice(at, at + size));
      at += size;
    }
    return parts;
  }
}

export class MockNetwork implements Network {
  verifies = true;
  readonly conditions: Conditions = { windowBytes: WINDOW_BYTES, delayMs: 0, fragments: [] };
  /** All connections so far, the latest last. */
  readonly peers: Peer[] = [];
  /** Why every connection fails; "" accepts. */
  refusal = "";
  /** A connection attempt hangs as if the host were dead. */
  hangs = false;
  /** The server: called when a connection has been accepted, before the device knows. */
  onPeer: (peer: Peer) => void = () => {};
  private up = true;
  private pipes: Pipe[] = [];

  constructor(private readonly clock: MockClock) {}

  isUp(): boolean {
    return this.up;
  }

  /** Losing the link tells no socket (as on the chip): its connections fall silent for good. */
  setUp(up: boolean): void {
    this.up = up;
    if (up) return;
    for (const pipe of this.pipes) pipe.silence();
    this.pipes = [];
  }

  connect(endpoint: Endpoint, listener: SocketListener): Socket {
    const pipe = new Pipe(this.clock, this.conditions, listener, { ...endpoint });
    if (!this.up) {
      pipe.endFromPeer("no link");
      return pipe;
    }
    if (this.refusal !== "") {
      pipe.endFromPeer(this.refusal);
      return pipe;
    }
    this.pipes.push(pipe);
    this.peers.push(pipe.peer);
    if (this.hangs) return pipe;
    this.clock.schedule(0, () => this.onPeer(pipe.peer));
    pipe.open();
    return pipe;
  }
}
