/**
 * The page by HTTP: its files, its feed, and the orders of those who play with it.
 *
 * It has no password, so it must not be reachable through a foreign page in the same browser:
 * another origin's requests are refused, and so are names that only pretend to be this machine
 * (DNS rebinding).
 */
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isLoopback, splitAuthority } from "../hal/host/address.js";
import type { Page } from "./page.js";
import { type Order, Refusal, type Stage } from "./stage.js";

const HOST = "127.0.0.1";
const BODY_BYTES_MAX = 4096;
/** Bulletins that may wait for a browser that does not read; then it is let go, and comes back. */
const BACKLOG_MAX = 2000;
/** Comments that keep what is in between from taking silence for the end. */
const KEEPALIVE_MS = 15000;

const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    + "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    + "frame-ancestors 'none'",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

export function createApp(stage: Stage, page: Page): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const refusal = demandOwn(context);
    if (refusal) return context.json({ error: refusal }, 403);
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
    return undefined;
  });
  for (const [path, { type, content }] of Object.entries(page)) {
    app.get(path, (context) => context.body(content, 200, { "content-type": type }));
  }
  app.get("/state", (context) => context.json(stage.state()));
  app.get("/events", () => new Response(feed(stage), {
    headers: { "content-type": "text/event-stream; charset=utf-8" } }));
  const limit = bodyLimit({ maxSize: BODY_BYTES_MAX,
    onError: (context) => context.json({ error: `more than ${BODY_BYTES_MAX} bytes` }, 413) });
  app.post("/act/:name", limit, async (context) => {
    await stage.act(context.req.param("name"), await readOrder(context));
    return context.json({});
  });
  app.notFound((context) => context.json({ error: "there is nothing here" }, 404));
  app.onError((error, context) => {
    if (error instanceof Refusal) return context.json({ error: error.message }, error.status);
    console.error(error);
    return context.json({ error: "the demo itself has failed" }, 500);
  });
  return app;
}

export interface Web {
  readonly url: string;
  close(): void;
}

/** Rejects with EADDRINUSE where the port is taken; 0 picks one. */
export function listen(app: Hono, port: number): Promise<Web> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const found = server.address() as AddressInfo;
      resolve({
        url: `http://${HOST}:${found.port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

/** Why this request is not answered, or "". */
function demandOwn(context: Context): string {
  const host = context.req.header("host");
  const origin = context.req.header("origin");
  if (host === undefined || !isLoopback(splitAuthority(host))) {
    return "this demo answers to the names of this machine only";
  }
  return origin !== undefined && origin !== `http://${host}` ? "another page's request" : "";
}

async function readOrder(context: Context): Promise<Order> {
  let order: unknown;
  try {
    order = JSON.parse(await context.req.text() || "{}");
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
  if (typeof order !== "object" || order === null || Array.isArray(order)) {
    throw new Refusal(400, "expected a JSON object");
  }
  return order as Order;
}

/** Server-sent events, one bulletin each. */
function feed(stage: Stage): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => {
        if ((controller.desiredSize ?? 0) > -BACKLOG_MAX) {
          return controller.enqueue(encoder.encode(text));
        }
        stop();
        controller.close();
      };
      send(":\n\n");
      const timer = setInterval(() => send(":\n\n"), KEEPALIVE_MS).unref();
      const stopListening = stage.listen((bulletin) =>
        send(`data: ${JSON.stringify(bulletin)}\n\n`));
      stop = () => {
        clearInterval(timer);
        stopListening();
      };
    },
    cancel: () => stop(),
  });
}
