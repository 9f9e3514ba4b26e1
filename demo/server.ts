/**
 * The XMPP server of the demo and the tests: one process, in memory, on loopback. It does what a
 * device, its provisioning server and their visitors need, the way Prosody does it, and refuses
 * the rest clearly. It federates with nobody and offers no STARTTLS: encryption is direct TLS
 * (XEP-0368). Messages for an account that is away are kept in memory (OFFLINE_MESSAGES_MAX).
 */
import net from "node:net";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import tls from "node:tls";
import { bareJid, formatBare, parseJid } from "../authority/jid.js";
import { Client } from "./server/client.js";
import { ComponentPeer, NS_COMPONENT } from "./server/component.js";
import { type Hop, Host } from "./server/host.js";
import { SESSIONS_MAX } from "./server/limit.js";
import { NS_CLIENT } from "./server/parser.js";
import { Registration } from "./server/register.js";
import { Router } from "./server/router.js";
import { Stream } from "./server/stream.js";

export type { Hop } from "./server/host.js";

export interface ServerOptions {
  domain: string;
  /** Where to listen; anything but loopback is the caller's own risk with plain TCP. */
  address?: string;
  /** Plain TCP for clients; 0 picks a port, null offers none. Default: 0 */
  port?: number | null;
  /** Direct TLS for clients, PEM. Default: none */
  tls?: { key: string; cert: string; port?: number };
  /** XEP-0114; 0 picks a port. Listens where there are components. */
  componentPort?: number;
  /** Password by user (the local part). */
  accounts?: Record<string, string>;
  /** Secret by domain. */
  components?: Record<string, string>;
  /** Also offer PLAIN, which a careful client refuses. Default: false */
  plain?: boolean;
  /** Whoever connects may make accounts (XEP-0077). Default: false */
  registration?: boolean;
}

export interface Server {
  readonly domain: string;
  /** 0 where there is no such listener. */
  readonly port: number;
  readonly tlsPort: number;
  readonly componentPort: number;
  addAccount(user: string, password: string): void;
  /** Told of every hop of every stanza; the answer stops it. */
  onStanza(listener: (hop: Hop) => void): () => void;
  /** Full JIDs of bound resources, and domains of connected components. */
  online(): string[];
  /** Cuts the streams of a bare or full JID, or a component, as a power cut would. */
  cut(jid: string): void;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const host = new Host(requireDomain(options.domain));
  for (const [user, password] of Object.entries(options.accounts ?? {})) {
    addAccount(host, user, password);
  }
  for (const [domain, secret] of Object.entries(options.components ?? {})) {
    host.components.set(requireDomain(domain), { secret, session: null });
  }
  const listeners = new Listeners(host, options);
  const address = options.address ?? "127.0.0.1";
  try {
    const port = options.port === null ? 0
      : await listeners.listen(net.createServer(listeners.onClient), options.port ?? 0, address);
    const tlsPort = !options.tls ? 0
      : await listeners.listen(tlsServer(options.tls, listeners.onClient), options.tls.port ?? 0,
        address);
    const componentPort = host.components.size === 0 ? 0
      : await listeners.listen(net.createServer(listeners.onComponent),
        options.componentPort ?? 0, address);
    return serverOf(host, listeners, { port, tlsPort, componentPort });
  } catch (error) {
    await listeners.close();
    throw error;
  }
}

class Listeners {
  private readonly router: Router;
  private readonly servers: NetServer[] = [];
  private readonly streams = new Map<Socket, Stream>();

  constructor(
    private readonly host: Host,
    private readonly options: Pick<ServerOptions, "plain" | "registration">,
  ) {
    this.router = new Router(host);
  }

  readonly onClient = (socket: Socket): void => {
    const stream = this.accept(socket, NS_CLIENT);
    if (!stream) return;
    const { plain = false, registration = false } = this.options;
    new Client(stream, this.host, this.router, plain,
      registration ? new Registration(this.host) : null);
  };

  readonly onComponent = (socket: Socket): void => {
    const stream = this.accept(socket, NS_COMPONENT);
    if (stream) new ComponentPeer(stream, this.host, this.router);
  };

  listen(server: NetServer, port: number, address: string): Promise<number> {
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, () => resolve((server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    for (const stream of this.streams.values()) stream.fail("system-shutdown");
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    // `end` has been called on each; what has not read its last words by now never will.
    setTimeout(() => { for (const socket of this.streams.keys()) socket.destroy(); }, SHUTDOWN_MS);
    await Promise.all(closed);
  }

  private accept(socket: Socket, contentUri: string): Stream | null {
    if (this.streams.size >= SESSIONS_MAX) {
      socket.destroy();
      return null;
    }
    socket.setNoDelay(true);
    const stream = new Stream(socket, contentUri, this.host.domain);
    this.streams.set(socket, stream);
    socket.on("close", () => this.streams.delete(socket));
    return stream;
  }
}

const SHUTDOWN_MS = 200;

function serverOf(
  host: Host, listeners: Listeners, ports: Pick<Server, "port" | "tlsPort" | "componentPort">,
): Server {
  return {
    domain: host.domain,
    ...ports,
    addAccount: (user, password) => addAccount(host, user, password),
    onStanza(listener) {
      host.watchers.add(listener);
      return () => { host.watchers.delete(listener); };
    },
    online: () => host.sessions().map((session) => session.jid),
    cut(jid) {
      for (const session of host.sessions()) {
        if (session.jid === jid || bareJid(session.jid) === jid) session.destroy();
      }
    },
    close: () => listeners.close(),
  };
}

function tlsServer(
  pem: { key: string; cert: string }, onClient: (socket: Socket) => void,
): NetServer {
  const server = tls.createServer(
    { ...pem, minVersion: "TLSv1.2", ALPNProtocols: ["xmpp-client"] }, onClient);
  // A client that does not trust us has closed already; that is its business.
  server.on("tlsClientError", () => undefined);
  return server;
}

function addAccount(host: Host, user: string, password: string): void {
  const jid = parseJid(`${user}@${host.domain}`);
  if (!jid || jid.resource || !password) throw new Error(`not a user with a password: ${user}`);
  if (host.accounts.has(formatBare(jid))) throw new Error(`there is already a ${user}`);
  host.addAccount(formatBare(jid), password);
}

function requireDomain(text: string): string {
  const jid = parseJid(text);
  if (!jid || jid.local || jid.resource) throw new Error(`not a domain: ${text}`);
  return jid.domain;
}
