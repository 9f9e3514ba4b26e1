/**
 * The interpreter's `net`, as ENGINE.md has it and libs/network/socketserver.c does it: what is
 * queued in one turn of the idle loop is heard in the next; who is closed before anybody listens
 * is never heard of; what nobody listens to is kept, and more than 512 octets of it keep the
 * connection from ever ending.
 */
const KEPT_BYTES = 512;
/** LWIP_MAX_SOCKETS, with the stream and the port itself. */
const SOCKETS = 10;

type Listener = (value?: any) => void;

export class RawSocket {
  dSnd = "";
  cls: boolean | undefined;
  clsNow: boolean | undefined;
  /** The other side: what it was sent, and that it has gone. */
  sent = "";
  isGone = false;
  isEnded = false;
  private kept = "";
  private readonly listeners: [string, Listener][] = [];

  constructor(private readonly net: Net) {}

  on(event: string, listener: Listener): void {
    this.listeners.push([event, listener]);
    if (event === "data" && this.kept) this.net.queue(() => listener(this.kept));
  }

  write(bytes: string): boolean {
    if (this.cls || this.clsNow) throw new Error("This socket is closed");
    this.dSnd += bytes;
    return false;
  }

  end(): void {
    if (this.dSnd === "") this.clsNow = true;
    this.cls = true;
  }

  /** Octets of the other side. */
  push(bytes: string): void {
    if (this.listeners.some(([event]) => event === "data")) this.emit("data", bytes);
    else this.kept += bytes;
  }

  /** One turn; true when it is over. */
  idle(): boolean {
    if (!this.clsNow && !this.isGone) {
      this.sent += this.dSnd;
      this.dSnd = "";
      if (!this.cls) return false;
    }
    const isDeaf = !this.listeners.some(([event]) => event === "data");
    if (isDeaf && this.kept.length > KEPT_BYTES) return false;
    this.cls = this.isEnded = true;
    this.emit("close", false);
    return true;
  }

  /** Only who listens now hears of it. */
  private emit(event: string, value: unknown): void {
    for (const [name, listener] of this.listeners) {
      if (name === event) this.net.queue(() => listener(value));
    }
  }
}

export class Net {
  port = 0;
  /** The port is somebody else's. */
  isTaken = false;
  sockets: RawSocket[] = [];
  /** At most so many were open at once. */
  most = 0;
  private readonly waiting: RawSocket[] = [];
  private events: (() => void)[] = [];
  private accept: ((raw: RawSocket) => void) | null = null;

  readonly module = {
    createServer: (accept: (raw: RawSocket) => void) => ({
      listen: (port: number) => {
        if (this.isTaken) throw new Error("InternalError: Unable to create socket");
        this.port = port;
        this.accept = accept;
      },
      close: () => {
        this.port = 0;
        this.accept = null;
      },
    }),
  };

  queue(event: () => void): void {
    this.events.push(event);
  }

  /** Somebody connects; who is not accepted yet is not lost, as in a backlog. */
  connect(): RawSocket {
    const raw = new RawSocket(this);
    this.waiting.push(raw);
    return raw;
  }

  /** One turn of the idle loop. */
  turn(): void {
    for (const event of this.events.splice(0)) event();
    const { accept } = this;
    const raw = accept && this.sockets.length < SOCKETS ? this.waiting.shift() : undefined;
    if (raw) {
      this.sockets.push(raw);
      this.queue(() => accept!(raw));
    }
    this.most = Math.max(this.most, this.sockets.length);
    this.sockets = this.sockets.filter((each) => !each.idle());
  }
}
