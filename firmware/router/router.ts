/**
 * Who handles this stanza? One table, `type namespace name` → handler. Each iq is answered
 * exactly once: here when it is malformed or unknown, else by its handler, which calls
 * `result` or `refuse` at once or when it knows.
 */
import { CALLER_BYTES_MAX } from "../config.js";
import type { Element } from "../xml/element.js";
import { EMPTY, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { bareJid } from "../stream/jid.js";
import type { Outlet, Requests } from "../stream/requests.js";
import type { Session } from "../stream/session.js";
import { Condition, NS_CLIENT, iq, stanzaError } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";

export interface Handler {
  handle(caller: Caller, payload: Element, nowMs: number): void;
}

/** The key is `get`, `set` or `message`, the payload's namespace and its name. */
export interface Routes {
  [key: string]: Handler;
}

/** Everything that is not an iq or a message. Implemented by roster.ts. */
export interface Presences {
  onPresence(stanza: Element): void;
  onItem(stanza: Element, item: Element): void;
}

/** Told when a stream is up or lost. Implemented by device.ts. */
export interface Followers {
  onOnline(nowMs: number): void;
  onOffline(nowMs: number): void;
}

export class Router implements Session {
  routes: Routes;

  constructor(
    private readonly outlet: Outlet,
    private readonly requests: Requests,
    private readonly presences: Presences,
    private readonly followers: Followers,
  ) {
    this.routes = {};
  }

  onOnline(nowMs: number): void {
    this.followers.onOnline(nowMs);
  }

  onOffline(nowMs: number): void {
    this.requests.abandon();
    this.followers.onOffline(nowMs);
  }

  onItem(stanza: Element, item: Element): void {
    this.presences.onItem(stanza, item);
  }

  onStanza(stanza: Element, oversized: boolean, nowMs: number): void {
    if (stanza.ns !== NS_CLIENT) return;
    const type = stanza.attribute("type");
    if (stanza.name === "presence") {
      if (!oversized) this.presences.onPresence(stanza);
      return;
    }
    const isIq = stanza.name === "iq";
    if (isIq && (type === "result" || type === "error")) {
      // An oversized answer has lost what it said, and counts as an error.
      this.requests.settle(stanza);
      return;
    }
    const from = stanza.attribute("from");
    const late = !isIq && stanza.child("urn:xmpp:delay", "delay") !== null;
    const id = stanza.attribute("id");
    const caller: Caller = { iq: isIq, id, from, bare: bareJid(from), late };
    const children = stanza.children;
    if (!isIq) {
      if (stanza.name === "message" && type !== "error") this.message(caller, children, nowMs);
      return;
    }
    // No way back, or one that is too long to be written.
    if (id === "" || (from !== "" && caller.bare === "") ||
      text(id + from).length > CALLER_BYTES_MAX) return;
    const isWhole = (type === "get" || type === "set") && children.length === 1;
    const payload = children[0];
    const handler = isWhole && !oversized &&
      this.routes[type + " " + payload.ns + " " + payload.name];
    if (handler) handler.handle(caller, payload, nowMs);
    else {
      this.reject(caller, oversized ? Condition.PolicyViolation
        : isWhole ? Condition.ServiceUnavailable : Condition.BadRequest);
    }
  }

  /** Answers an iq; to a message nothing is ever answered (XEP-0325 "control commands"). */
  result(caller: Caller, payload: Markup): void {
    if (caller.iq) this.outlet.send(iq("result", caller.id, caller.from, payload));
  }

  /** `error` is a stanza error, and what an older dialect wants to find before it. */
  refuse(caller: Caller, error: Markup): void {
    if (caller.iq) this.outlet.send(iq("error", caller.id, caller.from, error));
  }

  /** A refusal that needs no words. */
  reject(caller: Caller, condition: Condition): void {
    this.refuse(caller, stanzaError(condition, "", EMPTY));
  }

  private message(caller: Caller, children: Element[], nowMs: number): void {
    if (caller.bare === "") return;
    for (const payload of children) {
      const handler = this.routes["message " + payload.ns + " " + payload.name];
      if (handler) {
        handler.handle(caller, payload, nowMs);
        return; // One message, one meaning.
      }
    }
  }
}
