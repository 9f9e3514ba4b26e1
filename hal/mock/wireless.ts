/**
 * The radio of a mock board, and the air around it: networks that a test puts there, some of
 * them with somebody who waits for joiners.
 */
import type { Acceptor, Cell, Endpoint, Port, Server, Socket, SocketListener, Wireless }
  from "../hal.js";
import type { MockClock } from "./clock.js";
import type { MockNetwork, Peer } from "./pipe.js";

const SCAN_MS = 2500;
const JOIN_MS = 3000;

export interface MockCell {
  ssid: string;
  /** "" for an open network. */
  passphrase: string;
  rssi: number;
  /** Whoever listens there; null: every connection is refused. */
  acceptor: Acceptor | null;
}

/** The network of the board, in which each host is the one that opened the joined network. */
export class MockAir implements Wireless {
  readonly networks: MockCell[] = [];
  /** The networks that were joined, in their order. */
  readonly joined: string[] = [];
  private scanMs = Infinity;
  private joinMs = Infinity;
  private ssid = "";
  private passphrase = "";

  constructor(private readonly clock: MockClock, private readonly network: MockNetwork) {
    const others = network.onPeer;
    network.onPeer = (peer) => {
      const found = this.networks.find(({ ssid }) => ssid === peer.endpoint.host);
      if (!found) others(peer);
      else if (!found.acceptor) peer.close("connection refused");
      else bridge(peer, found.acceptor);
    };
  }

  add(ssid: string, acceptor: Acceptor | null, passphrase = "", rssi = -60): MockCell {
    const cell = { ssid, passphrase, rssi, acceptor };
    this.networks.push(cell);
    return cell;
  }

  scan(): void {
    this.scanMs = this.clock.nowMs() + SCAN_MS;
  }

  cells(): Cell[] | null {
    if (this.clock.nowMs() < this.scanMs) return null;
    return this.networks.map(({ ssid, passphrase, rssi }) =>
      ({ ssid, isOpen: passphrase === "", rssi }));
  }

  join(ssid: string, passphrase: string): void {
    this.ssid = ssid;
    this.passphrase = passphrase;
    this.joinMs = this.clock.nowMs() + JOIN_MS;
    this.joined.push(ssid);
    // Sockets of the network that was left hear nothing more.
    this.network.setUp(false);
    this.network.setUp(true);
  }

  isJoined(): boolean {
    const found = this.networks.find(({ ssid }) => ssid === this.ssid);
    return this.clock.nowMs() >= this.joinMs && found?.passphrase === this.passphrase;
  }

  host(): Endpoint {
    return { host: this.ssid, port: 11096, secure: false, name: this.ssid };
  }

  leave(): void {
    this.ssid = "";
    this.joinMs = Infinity;
  }
}

/** A provisioner's access point: whoever listens is in the air. */
export class MockServer implements Server {
  constructor(private readonly air: MockAir, private readonly ssid: string) {}

  listen(_port: number, acceptor: Acceptor): Port {
    const cell = this.air.add(this.ssid, acceptor);
    return { close: () => void (cell.acceptor = null) };
  }
}

/** The far end of a pipe, in the shape that the firmware knows. */
export function bridge(peer: Peer, acceptor: Acceptor): void {
  let listener: SocketListener | null = null;
  let isOver = false;
  const socket: Socket = {
    writable: () => (isOver ? 0 : 4096),
    write: (bytes) => peer.send(bytes),
    close: () => {
      isOver = true;
      peer.close();
    },
  };
  peer.onOpen = () => void (listener = acceptor.accept(socket));
  peer.onBytes = (bytes) => {
    if (!isOver) listener?.onBytes(bytes);
  };
  peer.onClosed = () => {
    if (!isOver) listener?.onClosed("closed by the joiner");
    isOver = true;
  };
}
