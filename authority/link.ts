/**
 * Our connection to the XMPP server, as an account or as a component (XEP-0114), made again when
 * it is lost. Answers are matched by an unguessable id and by the exact address that was asked:
 * xmpp.js itself believes whoever knows the id.
 */
import { randomUUID } from "node:crypto";
import type { Entity } from "@xmpp/component";
import type { Element } from "@xmpp/xml";
import { type LinkOptions, createEntity, destroySocket } from "./entity.js";
import { bareJid, parseJid } from "./jid.js";
import { type Failure, errorElement, parseFailure } from "./stanza.js";

/** Requests under way at once. */
export const REQUESTS_MAX = 1000;
/** How long a goodbye may take before the socket is simply dropped. */
const GOODBYE_MS = 1000;

/** To a get or set: the result's child, an empty result, an <error/>, or what we do not do. */
export type Reply = Element | "done" | null;

export interface LinkListener {
  onOnline(jid: string): void;
  onOffline(): void;
  onRequest(iq: Element): Reply;
  onPresence(stanza: Element): void;
  onMessage(stanza: Element): void;
  onFault(fault: Error): void;
}

/** What those need of it that only ask. */
export interface Asker {
  /** Rejects with a RequestFailure. */
  request(iq: Element, timeoutMs: number): Promise<Element>;
}

/** Why a request has no answer: what the other side said, or "no-answer", or "offline". */
export class RequestFailure extends Error {
  /** `stanza` is what the other side sent, if it did; old dialects say more in it. */
  constructor(readonly failure: Failure, readonly stanza: Element | null = null) {
    super(failure.text ? `${failure.condition}: ${failure.text}` : failure.condition);
  }
}

interface Waiting {
  to: string;
  resolve(iq: Element): void;
  reject(failure: RequestFailure): void;
}

export class Link {
  /** Our own address while online: a full JID, or a component's domain. "" before. */
  jid = "";
  readonly isComponent: boolean;
  private readonly entity: Entity;
  private readonly waiting = new Map<string, Waiting>();
  private isOnline = false;

  constructor(options: LinkOptions, private readonly listener: LinkListener) {
    this.isComponent = "secret" in options;
    this.entity = createEntity(options);
    this.entity.on("error", (error) => listener.onFault(error));
    this.entity.on("online", (jid) => this.online(jid.toString()));
    this.entity.on("disconnect", () => this.offline());
    this.entity.on("stanza", (stanza) => this.receive(stanza));
    // The last of the middleware: what it returns is sent as the reply, by id and address.
    this.entity.middleware.use((context, next) => {
      const isRequest = context.name === "iq" && ["get", "set"].includes(context.type);
      if (!isRequest) return next();
      const reply = listener.onRequest(context.stanza) ?? errorElement("service-unavailable");
      return reply === "done" ? {} : reply;
    });
  }

  /** Resolves once online. The first attempt may fail; later ones are repeated for ever. */
  async start(): Promise<string> {
    try {
      await this.entity.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this.jid;
  }

  async stop(): Promise<void> {
    const { entity } = this;
    entity.reconnect.stop();
    const timer = setTimeout(() => destroySocket(entity), GOODBYE_MS);
    if (entity.status === "online") await entity.stop().catch(() => undefined);
    clearTimeout(timer);
    destroySocket(entity);
    this.offline();
  }

  /** As when the cable is cut; the connection comes back by itself. */
  drop(): void {
    destroySocket(this.entity);
  }

  send(stanza: Element): void {
    this.entity.send(stanza).catch((error: unknown) => this.listener.onFault(error as Error));
  }

  /** Rejects with a RequestFailure. */
  request(iq: Element, timeoutMs: number): Promise<Element> {
    const { isOnline, waiting } = this;
    return new Promise((resolve, reject) => {
      if (!isOnline) return reject(localFailure("offline"));
      if (waiting.size >= REQUESTS_MAX) return reject(localFailure("too-many-requests"));
      const id = randomUUID();
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(localFailure("no-answer"));
      }, timeoutMs);
      const settle = <T>(end: (value: T) => void) => (value: T): void => {
        clearTimeout(timer);
        waiting.delete(id);
        end(value);
      };
      const to = iq.attrs["to"] ?? "";
      waiting.set(id, { to, resolve: settle(resolve), reject: settle(reject) });
      iq.attrs["id"] = id;
      this.send(iq);
    });
  }

  private online(jid: string): void {
    this.jid = jid;
    this.isOnline = true;
    this.listener.onOnline(jid);
  }

  private offline(): void {
    if (!this.isOnline) return;
    this.isOnline = false;
    for (const one of [...this.waiting.values()]) one.reject(localFailure("offline"));
    this.listener.onOffline();
  }

  private receive(stanza: Element): void {
    if (!this.isOnline) return;
    if (stanza.name === "presence") return this.listener.onPresence(stanza);
    if (stanza.name === "message") return this.listener.onMessage(stanza);
    const { id, type, from } = stanza.attrs;
    const asked = id ? this.waiting.get(id) : undefined;
    if (!asked || !this.isFrom(from, asked.to)) return;
    if (type === "result") asked.resolve(stanza);
    else if (type === "error") asked.reject(new RequestFailure(parseFailure(stanza), stanza));
  }

  /** What we ask our own account may be answered without `from` (RFC 6120, 8.1.2.1). */
  private isFrom(from: string | undefined, to: string): boolean {
    if (to) return from === to;
    return !from || from === bareJid(this.jid) || from === parseJid(this.jid)?.domain;
  }
}

function localFailure(condition: string): RequestFailure {
  return new RequestFailure({ type: "wait", condition, text: "" });
}
