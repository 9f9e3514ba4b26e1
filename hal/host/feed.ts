/**
 * Server-sent events: what happens on a board, one JSON object each.
 *
 * The last events are kept, so that a browser that was away for a moment (it says by
 * Last-Event-ID what it saw) misses nothing, and a page that opens late can ask for them all
 * (`/events?after=0`). Somebody new who asks for nothing hears only what is new.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Board, BoardEvent } from "./board.js";

const KEPT_MAX = 200;
/** A listener who does not read is let go: it may come back and ask for what it missed. */
const BACKLOG_BYTES_MAX = 1 << 20;
/** Comments that keep what is in between from taking silence for the end. */
const KEEPALIVE_MS = 15000;

interface Kept {
  id: number;
  text: string;
}

export class Feed {
  private readonly clients = new Set<ServerResponse>();
  private readonly kept: Kept[] = [];
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;
  private lastId = 0;

  constructor(board: Board) {
    this.stopListening = board.listen((event) => this.publish(event));
    this.timer = setInterval(() => this.broadcast(":\n\n"), KEEPALIVE_MS).unref();
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
    });
    response.write(":\n\n");
    const after = this.parseAfter(request);
    for (const event of this.kept) {
      if (event.id > after) response.write(event.text);
    }
    this.clients.add(response);
    response.on("close", () => this.clients.delete(response));
  }

  close(): void {
    clearInterval(this.timer);
    this.stopListening();
    for (const client of this.clients) client.end();
  }

  private publish(event: BoardEvent): void {
    const id = ++this.lastId;
    const text = `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
    this.kept.push({ id, text });
    if (this.kept.length > KEPT_MAX) this.kept.shift();
    this.broadcast(text);
  }

  private broadcast(text: string): void {
    for (const client of this.clients) {
      if (client.writableLength > BACKLOG_BYTES_MAX) client.destroy();
      else client.write(text);
    }
  }

  /** A number of another life of this board is no number of this one. */
  private parseAfter(request: IncomingMessage): number {
    const asked = new URL(request.url ?? "/", "http://board").searchParams.get("after");
    const text = String(request.headers["last-event-id"] ?? asked ?? "");
    const after = /^\d{1,15}$/.test(text) ? Number(text) : this.lastId;
    return after > this.lastId ? 0 : after;
  }
}
