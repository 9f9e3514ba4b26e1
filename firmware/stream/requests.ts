/**
 * Our own iqs under way: an answer counts when its id and its sender are those of the question,
 * once, in time. Ids have 96 random bits, so that nobody can answer a question not seen.
 */
import { ANSWER_MS, REQUESTS_MAX } from "../config.js";
import type { Crypto, Random } from "../../hal/hal.js";
import type { Element } from "../xml/element.js";
import type { Markup } from "../xml/print.js";
import type { Account } from "./account.js";
import type { Agenda, Doer } from "./agenda.js";
import { normalJid } from "./jid.js";
import { iq } from "./stanza.js";

/**
 * Told in a turn of its own how a question ended: the one child of a result; null for an error,
 * for anything else than one child, for silence, and for a lost stream.
 */
export interface Asker {
  answered(context: unknown, payload: Element | null, nowMs: number): void;
}

/** Where stanzas go. Implemented by link.ts. */
export interface Outlet {
  send(xml: Markup): void;
  /** Our full JID; "" while there is no stream that is up. */
  readonly jid: string;
}

interface Pending {
  id: string;
  to: string;
  untilMs: number;
  asker: Asker;
  context: unknown;
  answer: Element | null;
}

export class Requests implements Doer {
  /** Neither answered nor given up. */
  private pending: Pending[];

  constructor(
    private readonly outlet: Outlet,
    private readonly account: Account,
    private readonly random: Random,
    private readonly crypto: Crypto,
    private readonly agenda: Agenda,
  ) {
    this.pending = [];
  }

  /**
   * `to` is normal, as a JID of the roster is; "" is the own server. False when nothing was sent:
   * no stream, or too many under way.
   */
  ask(
    to: string, type: string, payload: Markup, asker: Asker, context: unknown, nowMs: number,
  ): boolean {
    if (this.outlet.jid === "" || this.pending.length >= REQUESTS_MAX) return false;
    const id = this.crypto.base64(this.random.bytes(12));
    this.pending.push({ id, to, untilMs: nowMs + ANSWER_MS, asker, context, answer: null });
    this.outlet.send(iq(type, id, to, payload));
    return true;
  }

  /** How many are under way to this address. */
  count(to: string): number {
    return this.pending.filter((one) => one.to === to).length;
  }

  /** An iq of type result or error. Where it answers no question of ours nothing changes. */
  settle(stanza: Element): void {
    const one = this.find(stanza);
    if (!one) return;
    const isResult = stanza.attribute("type") === "result" && stanza.children.length === 1;
    if (isResult) one.answer = stanza.children[0];
    this.end(one);
  }

  /** Whether this stanza would settle a question of that asker; nothing changes. */
  expects(stanza: Element, asker: Asker): boolean {
    const one = this.find(stanza);
    return one !== null && one.asker === asker;
  }

  /** Gives up what was not answered in time. */
  tick(nowMs: number): boolean {
    if (this.pending.length === 0) return false;
    for (const one of this.pending.slice(0)) if (nowMs >= one.untilMs) this.end(one);
    return true;
  }

  act(what: unknown, nowMs: number): void {
    const one = what as Pending;
    one.asker.answered(one.context, one.answer, nowMs);
  }

  /** The stream is lost, and every answer with it. */
  abandon(): void {
    for (const one of this.pending.slice(0)) this.end(one);
  }

  /** The own server answers for itself, and for our account, in one of three ways. */
  private find(stanza: Element): Pending | null {
    const id = stanza.attribute("id");
    const from = normalJid(stanza.attribute("from"));
    for (const one of this.pending) {
      if (one.id !== id) continue;
      const isServer = from === "" || from === this.account.bare || from === this.account.domain();
      return from === one.to || (one.to === "" && isServer) ? one : null;
    }
    return null;
  }

  private end(one: Pending): void {
    this.pending.splice(this.pending.indexOf(one), 1);
    this.agenda.add(this, one);
  }
}
