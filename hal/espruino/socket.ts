/**
 * TCP and direct TLS. What the interpreter does and this hides (libs/network/socketserver.c):
 * `connect` blocks and throws, `write` always says false and keeps without a limit what does not
 * fit, a closed socket takes seconds to be known, and a failed TLS handshake is an uncaught
 * exception beside an ordinary close.
 */
import type { Acceptor, Endpoint, Network, Socket, SocketListener } from "../hal.js";
import type { Driver } from "./driver.js";
import type { HashRandom } from "./random.js";
import type { Station } from "./wifi.js";

/**
 * What may wait in one socket: two of the largest replies. Every 536 octets that leave, the
 * interpreter copies the rest, so the heap holds it twice: 820 JsVars at the most.
 */
const WINDOW_BYTES = 4096;
/** How long what was written before `close()` may take to leave. */
const LINGER_MS = 2000;
const ADDRESS = /^[0-9.]+$/;

export class EngineNetwork implements Network {
  /** The interpreter takes any certificate (MBEDTLS_SSL_VERIFY_NONE, not to be changed). */
  readonly verifies = false;
  /** Somebody tried to connect; something arrived: the supervisor takes both back. */
  isTried = false;
  isHeard = false;
  private socket: EngineSocket | null = null;

  /** Without a station (Linux) the network is the system's business. */
  constructor(
    private readonly driver: Driver,
    private readonly random: HashRandom,
    private readonly station: Station | null,
  ) {}

  isUp(): boolean {
    return !this.station || this.station.isUp;
  }

  connect(endpoint: Endpoint, listener: SocketListener): Socket {
    this.isTried = true;
    this.socket = new EngineSocket(this, this.driver, listener);
    // Later, because it blocks, may fail at once, and TLS needs all of the stack.
    setTimeout((socket) => this.open(socket, endpoint), 0, this.socket);
    return this.socket;
  }

  /** A connection that a port of ours has accepted (server.ts). */
  adopt(raw: RawSocket, acceptor: Acceptor): void {
    const socket = new EngineSocket(null, this.driver, null);
    socket.take(raw, acceptor);
    this.driver.soon();
  }

  /** The link is gone; Espruino keeps its sockets open for ever. */
  drop(why: string): void {
    if (this.socket) this.socket.abort(why);
  }

  private open(socket: EngineSocket, endpoint: Endpoint): void {
    if (!this.station || ADDRESS.test(endpoint.host)) {
      return this.dial(socket, endpoint, endpoint.host);
    }
    // The name is looked up first, for that is what `connect` would block longest with.
    this.station.resolve(endpoint.host, (address) => {
      if (address) this.dial(socket, endpoint, address);
      else socket.abort("no address for " + endpoint.host);
    });
  }

  private dial(socket: EngineSocket, endpoint: Endpoint, host: string): void {
    if (socket.isDone) return;
    this.driver.trouble = "";
    try {
      if (endpoint.secure) {
        this.random.gather();
        this.random.seed();
      }
      const engine = endpoint.secure ? require("tls") : require("net");
      socket.attach(engine.connect({ host, port: endpoint.port }));
    } catch (error) {
      socket.abort("" + error);
    }
  }
}

class EngineSocket implements Socket {
  isDone = false;
  private raw: RawSocket | null = null;
  private isOpen = false;
  private waiting = 0;
  /** The timer that ends it for sure; 0: none. */
  private timer = 0;

  /** `network` is told of what arrives. The listener may come later (`take`). */
  constructor(
    private readonly network: EngineNetwork | null,
    private readonly driver: Driver,
    private listener: SocketListener | null,
  ) {}

  /** It is open from the start. Also one that is refused is heard out, else it never ends. */
  take(raw: RawSocket, acceptor: Acceptor): void {
    this.raw = raw;
    this.isOpen = true;
    this.listener = acceptor.accept(this);
    this.attach(raw);
  }

  /** Nothing is heard of a raw socket before the idle loop, which is after this. */
  attach(raw: RawSocket): void {
    this.raw = raw;
    raw.on("connect", () => {
      if (this.isDone) return;
      this.isOpen = true;
      this.listener!.onOpen();
      this.driver.soon();
    });
    raw.on("data", (bytes: string) => {
      if (this.isDone) return;
      if (this.network) this.network.isHeard = true;
      this.listener!.onBytes(bytes);
      this.driver.soon();
    });
    raw.on("drain", () => this.drained());
    raw.on("error", (error: { message: string }) => {
      this.driver.trouble = error.message;
    });
    // The exception of a failed handshake is reported after the close that it causes.
    const lost = () => this.abort(this.driver.trouble || "closed by the server");
    raw.on("close", () => {
      // A timer would hold all of it for seconds more: whoever comes and goes fills the memory.
      if (this.timer) clearTimeout(this.timer);
      if (!this.isDone) setTimeout(lost, 0);
    });
  }

  writable(): number {
    return this.isOpen ? WINDOW_BYTES - this.waiting : 0;
  }

  write(bytes: string): void {
    if (bytes.length > this.writable()) throw new Error("overrun");
    this.waiting += bytes.length;
    try {
      this.raw!.write(bytes);
    } catch (error) {
      // It was closed a moment ago and `close` is on its way; nothing fits any more.
      this.waiting = WINDOW_BYTES;
    }
  }

  close(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.isOpen = false;
    if (!this.raw) return;
    this.raw.end();
    // COMPAT: Espruino 2v29 has no destroy(), and `end` waits for ever for a peer that is gone.
    this.timer = setTimeout(kill, LINGER_MS, this.raw);
  }

  /** Ends it from this side and says so; never called from inside `connect` or `write`. */
  abort(why: string): void {
    if (this.isDone) return;
    this.isDone = true;
    this.isOpen = false;
    if (this.raw) kill(this.raw);
    this.listener!.onClosed(why);
    this.driver.soon();
  }

  /** The event is queued, and something may have been written since: ask what really waits. */
  private drained(): void {
    if (!this.isOpen || this.waiting === 0) return;
    this.waiting = this.raw!.dSnd ? this.raw!.dSnd.length : 0;
    if (this.waiting > 0) return;
    this.listener!.onDrain();
    // Where nothing was left to be written, nobody has waited for room.
    if (this.waiting > 0) this.driver.soon();
  }
}

function kill(raw: RawSocket): void {
  raw.clsNow = true;
}
