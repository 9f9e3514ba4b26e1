/**
 * A socket of Node as the firmware wants it: it says how much may be written, and gives what
 * arrives in small pieces.
 */
import type { Socket as NodeSocket } from "node:net";
import type { Endpoint, Socket, SocketListener } from "../hal.js";

/** What may be on its way out; the rest waits in the firmware, where it is counted. */
export const WINDOW_BYTES = 8192;
/** As on the chip, and for its reason: the firmware works between two chunks, so that a burst
 * does not overrun a reader who cannot say "stop". */
export const CHUNK_BYTES = 536;
/** How long the last octets may take after `close()`. */
const LINGER_MS = 1000;

/** Told what passes; bytes as the firmware sees them, before TLS. */
export interface Observer {
  onConnect(endpoint: Endpoint): void;
  onTraffic(dir: "in" | "out", bytes: string): void;
  onClosed(why: string): void;
  /** After everything that the firmware was told: the time for a tick. */
  onEvent(): void;
}

export class HostSocket implements Socket {
  readonly gone: Promise<void>;
  private socket: NodeSocket | null = null;
  private isOpen = false;
  private isOver = false;
  private pending = 0;
  private inbox = "";
  private ending: string | null = null;
  private failure = "";
  private markGone: () => void = () => {};

  constructor(
    private listener: SocketListener,
    private readonly observer: Observer = SILENT,
    private readonly forget: () => void = () => {},
  ) {
    this.gone = new Promise((resolve) => { this.markGone = resolve; });
  }

  attach(socket: NodeSocket, secure: boolean): void {
    socket.on(secure ? "secureConnect" : "connect", () => this.opened());
    this.follow(socket);
  }

  /** A connection that somebody else has opened; who listens is known only after a look at it. */
  adopt(socket: NodeSocket, listen: (socket: Socket) => SocketListener): void {
    this.isOpen = true;
    this.follow(socket);
    this.listener = listen(this);
  }

  private follow(socket: NodeSocket): void {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.received(bytes));
    socket.on("error", (error) => { this.failure = explain(error); });
    socket.on("close", () => this.closed());
  }

  writable(): number {
    return this.isOpen ? WINDOW_BYTES - this.pending : 0;
  }

  write(bytes: string): void {
    const free = this.writable();
    if (bytes.length > free) throw new Error(`write of ${bytes.length}, writable is ${free}`);
    this.pending += bytes.length;
    this.socket!.write(bytes, "latin1", (error) => {
      if (!error) this.left(bytes.length);
    });
    this.observer.onTraffic("out", bytes);
  }

  close(): void {
    if (this.isOver) return;
    const wasOpen = this.isOpen;
    this.isOver = true;
    this.isOpen = false;
    const socket = this.socket;
    if (socket === null || this.ending !== null) return this.release();
    if (!wasOpen) return void socket.destroy();
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once("close", () => clearTimeout(timer));
  }

  /** Tells the firmware, once and only while it has not closed by itself. */
  end(why: string): void {
    this.release();
    if (this.isOver) return;
    this.isOver = true;
    this.isOpen = false;
    this.observer.onClosed(why);
    this.listener.onClosed(why);
    this.observer.onEvent();
  }

  private opened(): void {
    if (this.isOver) return;
    this.isOpen = true;
    this.listener.onOpen();
    this.observer.onEvent();
  }

  private received(bytes: Buffer): void {
    if (this.isOver) return;
    this.inbox += bytes.toString("latin1");
    this.socket!.pause();
    this.deliver();
  }

  private deliver(): void {
    if (this.isOver) return;
    const chunk = this.inbox.slice(0, CHUNK_BYTES);
    this.inbox = this.inbox.slice(CHUNK_BYTES);
    this.observer.onTraffic("in", chunk);
    this.listener.onBytes(chunk);
    this.observer.onEvent();
    if (this.inbox !== "") setImmediate(() => this.deliver());
    else if (this.ending !== null) this.end(this.ending);
    else this.socket!.resume();
  }

  private left(count: number): void {
    this.pending -= count;
    if (this.pending > 0 || !this.isOpen) return;
    this.listener.onDrain();
    this.observer.onEvent();
  }

  /** What came before the end is delivered before the end. */
  private closed(): void {
    const why = this.failure !== "" ? this.failure : "closed by the server";
    if (this.inbox !== "" && !this.isOver) this.ending = why;
    else this.end(why);
  }

  private release(): void {
    this.forget();
    this.markGone();
  }
}

export const DEAF: SocketListener = {
  onOpen: () => {}, onBytes: () => {}, onDrain: () => {}, onClosed: () => {},
};

export const SILENT: Observer = {
  onConnect: () => {},
  onTraffic: () => {},
  onClosed: () => {},
  onEvent: () => {},
};

/** Resolves when what was written has left, or `limitMs` have passed. */
export async function closeAll(sockets: Iterable<HostSocket>, limitMs: number): Promise<void> {
  const ends = [...sockets].map((socket) => {
    socket.close();
    return socket.gone;
  });
  const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
  await Promise.race([Promise.all(ends), limit]);
}

/** In words, for a log. */
export function explain(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host's address is not known";
  if (code === "ECONNRESET") return "connection reset";
  if (code === "ETIMEDOUT") return "no answer to the connect";
  // OpenSSL's own messages name source files; its codes say the same in words.
  if (code?.startsWith("ERR_SSL_")) return `TLS: ${code.slice(8).toLowerCase().replace(/_/g, " ")}`;
  const text = error.message !== "" ? error.message : "connection failed";
  return code === undefined ? text : `${text} (${code})`;
}
