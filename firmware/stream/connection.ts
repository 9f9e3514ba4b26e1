/**
 * One authenticated stream after another, for ever.
 *
 *   state       | start of a tick                  | socket opens | stanza        | end of stream
 *   ------------+----------------------------------+--------------+---------------+--------------
 *   Waiting     | due and link up: Negotiating     | -            | -             | -
 *   Negotiating | NEGOTIATION_MS over: Waiting     | header       | negotiation   | Waiting
 *   Online      | silent: ping; still silent: Wait.| -            | session       | Waiting
 *
 * What arrives is only kept; each tick works through a bounded part of it, and only while a
 * reply would fit. A server that is away is tried again for ever, later and later, and is never
 * a reason to restart the board.
 */
import {
  BACKOFF_MIN_MS, IDLE_MS, NEGOTIATION_MS, PING_WAIT_MS, STABLE_MS, STANZAS_PER_TICK_MAX,
} from "../config.js";
import { Fault } from "../fault.js";
import type { Hal } from "../../hal/hal.js";
import type { Element } from "../xml/element.js";
import { EMPTY, NS_STREAMS, streamEnd, streamHeader, tag } from "../xml/print.js";
import type { Account } from "./account.js";
import type { Agenda } from "./agenda.js";
import { backoff } from "./backoff.js";
import type { Link } from "./link.js";
import { type Negotiation, Phase } from "./negotiation.js";
import type { Reader } from "./reader.js";
import type { Session } from "./session.js";
import { iq } from "./stanza.js";

/** Two devices with one account would throw each other out: as if so many attempts had failed. */
const CONFLICT_ATTEMPTS = 7;
/** What the server is told of the first few faults (RFC 6120 "stream errors"). */
const CONDITIONS = "not-well-formed restricted-xml policy-violation policy-violation".split(" ");

export const enum State { Waiting, Negotiating, Online }

export class Connection {
  state: State;
  /** Why the last stream ended, and what the other side said of it; None while none has. */
  fault: Fault;
  why: string;
  /** It shall end with the next tick. */
  private isLeaving: boolean;
  attempts: number;
  /** Waiting: when to try again. Negotiating: when to give up. Online: when it began. */
  markMs: number;
  private pinged: boolean;
  private nowMs: number;

  constructor(
    private readonly hal: Hal,
    private readonly account: Account,
    private readonly link: Link,
    private readonly negotiation: Negotiation,
    private readonly session: Session,
    private readonly reader: Reader,
    private readonly agenda: Agenda,
  ) {
    this.state = State.Waiting;
    this.fault = Fault.None;
    this.why = "";
    this.attempts = this.markMs = this.nowMs = 0;
    this.pinged = this.isLeaving = false;
  }

  tick(nowMs: number): void {
    const link = this.link;
    this.nowMs = nowMs;
    link.isStirred = false;
    if (this.state === State.Waiting) {
      const ready = nowMs >= this.markMs && this.account.bare !== "";
      if (ready && this.hal.network.isUp()) this.connect();
      return;
    }
    if (link.opened) {
      link.opened = false;
      this.openStream();
    }
    // Read, then handled, from here: the chip's stack is short (DESIGN, "Call depth"). What is
    // noted meanwhile is done before more is read.
    const reader = this.reader;
    const duties = this.agenda.duties;
    let left = STANZAS_PER_TICK_MAX;
    while (left > 0 && !duties.length && reader.read(this.state === State.Online, nowMs)) {
      const element = reader.element as Element;
      const item = reader.item;
      const isOnline = this.state === State.Online;
      if (reader.isHeader) {
        if (!this.negotiation.accepts(element)) link.fail(Fault.StreamRefused, "");
      } else if (item) {
        if (isOnline) this.session.onItem(element, item);
      } else if (element.ns === NS_STREAMS && element.name === "error") this.fail(element);
      else if (!isOnline) this.negotiate(element);
      else this.session.onStanza(element, reader.oversized, nowMs);
      if (!item) left--;
    }
    if (left <= 0) link.isStirred = true; // There may be more.
    reader.rest();
    this.watch();
    if (link.fault !== Fault.None || this.isLeaving) this.end();
  }

  /** Ends the stream, as `close` does, with the next tick. */
  leave(why: string): void {
    this.link.why = why;
    this.isLeaving = true;
  }

  /** Ends the stream politely; it is opened again after the usual wait. */
  close(why: string): void {
    if (this.state === State.Waiting) return;
    this.link.why = why;
    this.end();
  }

  /** Factory reset: ends the stream, and begins anew as after power on. */
  forget(): void {
    this.close("factory reset");
    this.negotiation.forget();
    this.markMs = this.nowMs + BACKOFF_MIN_MS;
  }

  private connect(): void {
    const account = this.account;
    const domain = account.domain();
    this.state = State.Negotiating;
    this.markMs = this.nowMs + NEGOTIATION_MS;
    this.negotiation.start();
    this.link.open({
      host: account.server === "" ? domain : account.server,
      port: account.portNumber,
      secure: account.encrypted,
      name: domain,
    });
  }

  private openStream(): void {
    this.reader.begin(this.nowMs);
    this.link.send(streamHeader(this.account.domain()));
  }

  /** An element of a stream that is not up yet. */
  private negotiate(element: Element): void {
    const link = this.link;
    const answer = this.reader.oversized ? Fault.Oversized : this.negotiation.take(element);
    const phase: Phase = this.negotiation.phase;
    if (typeof answer === "number") link.fail(answer, "");
    else if (answer !== EMPTY) link.send(answer);
    else if (phase === Phase.Online) {
      this.state = State.Online;
      link.jid = this.negotiation.jid;
      this.markMs = this.nowMs;
      this.session.onOnline(this.nowMs);
    } else if (phase === Phase.Binding) {
      // What came behind <success/> came before our new header: it is not of the new stream.
      if (this.reader.isWaiting()) link.fail(Fault.StreamRefused, "");
      else this.openStream();
    }
  }

  /** The server ends the stream, and says why. */
  private fail(error: Element): void {
    const condition = error.children.length ? error.children[0].name : "";
    this.link.fail(condition === "conflict" ? Fault.Conflict : Fault.StreamError, condition);
  }

  /** Liveness, and the end of what takes too long. */
  private watch(): void {
    if (this.state === State.Negotiating) {
      if (this.nowMs >= this.markMs) this.link.fail(Fault.Timeout, "");
      return;
    }
    const reader = this.reader;
    const silentMs = this.nowMs - reader.heardMs;
    if (silentMs >= IDLE_MS + PING_WAIT_MS) this.link.fail(Fault.Timeout, "");
    else if (silentMs < IDLE_MS) this.pinged = false;
    else if (!this.pinged) {
      this.pinged = true; // Any octet is an answer; the iq needs no one who waits for it.
      const id = this.hal.crypto.base64(this.hal.random.bytes(12));
      this.link.send(iq("get", id, "", tag("ping", " xmlns='urn:xmpp:ping'", EMPTY)));
    }
  }

  private end(): void {
    const wasOnline = this.state === State.Online;
    const stable = wasOnline && this.nowMs - this.markMs >= STABLE_MS;
    this.fault = this.link.fault;
    this.why = this.link.why;
    this.link.close(this.reader.isOpen() ? streamEnd(CONDITIONS[this.fault - 1] || "") : "");
    this.reader.end();
    this.isLeaving = false;
    this.attempts = stable ? 1 : this.attempts + 1;
    if (this.fault === Fault.Conflict && this.attempts < CONFLICT_ATTEMPTS) {
      this.attempts = CONFLICT_ATTEMPTS;
    }
    this.state = State.Waiting;
    this.markMs = this.nowMs + backoff(this.attempts, this.hal.random.bytes(2));
    if (wasOnline) this.session.onOffline(this.nowMs);
  }
}
