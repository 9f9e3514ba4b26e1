/**
 * The control interface of a virtual board (VIRTUAL-BOARD): a person's finger and eyes, by HTTP.
 *
 * It has no password, so it must not be reachable through a foreign page in the same browser:
 * another origin's requests are refused, and on loopback so are names that only pretend to be
 * this machine (DNS rebinding).
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Board } from "./board.js";
import { Feed } from "./feed.js";
import { isLoopback, splitAuthority } from "./address.js";
import { sendPage } from "./page.js";

const BODY_BYTES_MAX = 4096;
const BODY_WAIT_MS = 10000;
const PRESS_MS_MIN = 1;
const PRESS_MS_MAX = 60000;

/** What the caller did wrong: it becomes a status and `{"error":"…"}`. */
class Refusal {
  constructor(readonly status: number, readonly error: string) {}
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export class Control {
  private readonly server: Server;
  private readonly feed: Feed;
  private readonly handlers: Record<string, Handler>;
  private isLocal = true;

  constructor(private readonly board: Board) {
    this.feed = new Feed(board);
    this.handlers = {
      "GET /": (_request, response) => sendPage(this.board, response),
      "GET /state": () => this.board.state(),
      "GET /events": (request, response) => this.feed.serve(request, response),
      "POST /button": (request) => this.moveButton(request),
      "POST /sensor": (request) => this.setSensor(request),
    };
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.requestTimeout = BODY_WAIT_MS;
  }

  /** The address where it listens, as a URL; rejects when the port is taken. */
  listen(host: string, port: number): Promise<string> {
    this.isLocal = isLoopback(host);
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        const found = this.server.address() as AddressInfo;
        const name = host.includes(":") ? `[${host}]` : host;
        resolve(`http://${name}:${found.port}`);
      });
    });
  }

  close(): void {
    this.feed.close();
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.demandOwn(request);
      const path = (request.url ?? "").split("?")[0];
      const method = request.method === "HEAD" ? "GET" : request.method;
      const isStream = path === "/events" && request.method === "HEAD";
      const handler = isStream ? undefined : this.handlers[`${method} ${path}`];
      if (handler === undefined) throw new Refusal(404, "there is nothing here");
      const answer = await handler(request, response);
      if (answer !== undefined) send(response, 200, answer);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        if (request.errored !== null) return; // The caller went away in the middle of it.
        throw error;
      }
      // What is left of a body that was not read would be taken for the next request.
      if (!request.complete) response.setHeader("connection", "close");
      send(response, error.status, { error: error.error });
    }
  }

  private demandOwn(request: IncomingMessage): void {
    const { host, origin } = request.headers;
    const name = host === undefined ? "" : splitAuthority(host);
    if (this.isLocal && host !== undefined && !isLoopback(name)) {
      throw new Refusal(403, "this board answers to the names of this machine only");
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new Refusal(403, "another page's request");
    }
  }

  private async moveButton(request: IncomingMessage): Promise<object> {
    const order = await readOrder(request);
    const { down, press } = order;
    if (hasOnly(order, "down") && typeof down === "boolean") {
      this.board.button.move(down);
      return { down };
    }
    const isTime = typeof press === "number" && press >= PRESS_MS_MIN && press <= PRESS_MS_MAX;
    if (!hasOnly(order, "press") || !isTime) {
      const range = `${PRESS_MS_MIN} to ${PRESS_MS_MAX}`;
      throw new Refusal(400, `expected {"down":true}, {"down":false} or {"press":${range}}`);
    }
    await this.board.button.press(press);
    return { down: false };
  }

  private async setSensor(request: IncomingMessage): Promise<object> {
    const order = await readOrder(request);
    const { name, value } = order;
    if (!hasOnly(order, "name", "value") || typeof name !== "string"
      || typeof value !== "number" || !Number.isFinite(value)) {
      throw new Refusal(400, 'expected {"name":"…","value":NUMBER}');
    }
    const input = this.board.inputs().get(name);
    if (input === undefined) throw new Refusal(400, "this board has no such sensor");
    input.value = value;
    return { name, value };
  }
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.end(JSON.stringify(answer));
}

/** The content type does not matter, so that `curl -d` works as it is. */
async function readOrder(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let count = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    count += (chunk as Buffer).length;
    if (count > BODY_BYTES_MAX) throw new Refusal(400, `more than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  let order: unknown;
  try {
    order = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
  if (typeof order !== "object" || order === null || Array.isArray(order)) {
    throw new Refusal(400, "expected a JSON object");
  }
  return order as Record<string, unknown>;
}

function hasOnly(order: Record<string, unknown>, ...names: string[]): boolean {
  return Object.keys(order).sort().join() === names.sort().join();
}
