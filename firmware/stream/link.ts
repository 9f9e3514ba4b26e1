/**
 * One socket and what waits on either side of it. Espruino's socket takes everything and never
 * says stop, and cannot be told to stop reading: so both directions are counted here, and more
 * than fits ends the link.
 */
import { INBOUND_BYTES_MAX, OUTBOUND_BYTES_MAX } from "../config.js";
import { Fault } from "../fault.js";
import type { Endpoint, Network, Socket, SocketListener } from "../../hal/hal.js";
import type { Outlet } from "./requests.js";

export class Link implements SocketListener, Outlet {
  /** The socket is open, and its owner has not yet been told. */
  opened: boolean;
  /** None while all is well; the first reason counts. */
  fault: Fault;
  /** Full JID of the stream that is up; "" while there is none. Set by connection.ts. */
  jid: string;
  /** Something came, opened or ended since the connection's last look. */
  isStirred: boolean;
  /** What the other side said of it, where it said anything. */
  why: string;
  private socket: Socket | null;
  private inbound: string;
  outbound: string;

  constructor(private readonly network: Network) {
    this.opened = this.isStirred = false;
    this.fault = Fault.None;
    this.jid = this.why = this.inbound = this.outbound = "";
    this.socket = null;
  }

  open(endpoint: Endpoint): void {
    this.opened = false;
    this.fault = Fault.None;
    this.why = this.inbound = this.outbound = "";
    this.socket = this.network.connect(endpoint, this);
  }

  /** Takes what arrived since the last time. */
  take(): string {
    const bytes = this.inbound;
    this.inbound = "";
    return bytes;
  }

  /** Octets that may be said before the peer counts as too slow. */
  room(): number {
    return OUTBOUND_BYTES_MAX - this.outbound.length;
  }

  send(bytes: string): void {
    if (!this.socket || this.fault !== Fault.None) return;
    // The first text is shared, not copied: it may be the largest that we hold.
    this.outbound = this.outbound === "" ? bytes : this.outbound + bytes;
    // It leaves at the end of the tick: in one piece, and from a shallow stack.
    if (this.outbound.length > OUTBOUND_BYTES_MAX) this.fault = Fault.Overflow;
  }

  fail(fault: Fault, why: string): void {
    if (this.fault !== Fault.None) return;
    this.isStirred = true;
    this.fault = fault;
    this.why = why;
  }

  /** `last` goes out when it fits at once behind what waits. */
  close(last: string): void {
    this.jid = "";
    this.onDrain();
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    const rest = this.outbound + last;
    if (rest.length <= socket.writable()) socket.write(rest);
    socket.close();
  }

  onOpen(): void {
    this.opened = this.isStirred = true;
  }

  onBytes(bytes: string): void {
    if (this.fault !== Fault.None) return;
    this.isStirred = true;
    this.inbound = this.inbound === "" ? bytes : this.inbound + bytes;
    if (this.inbound.length > INBOUND_BYTES_MAX) {
      this.inbound = "";
      this.fail(Fault.Overflow, "");
    }
  }

  onDrain(): void {
    const socket = this.socket;
    if (!socket || this.outbound === "") return;
    const room = socket.writable();
    let bytes = this.outbound;
    if (bytes.length > room) bytes = bytes.substring(0, room);
    if (bytes === "") return;
    this.outbound = this.outbound.substring(bytes.length);
    socket.write(bytes);
  }

  onClosed(why: string): void {
    this.socket = null;
    this.fail(Fault.Link, why);
  }
}
