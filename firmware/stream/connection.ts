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
  BACKOFF_MIN_MS, IDLE_MS, INBOUND_BYTES_MAX, NEGOTIATION_MS, PING_WAIT_MS, REPLY_BYTES_MAX,
  STABLE_MS, STANZAS_PER_TICK_MAX, UNFINISHED_BYTES_MAX,
} from "../config.js";
import { Fault } from "../fault.js";
import type { Hal } from "../../hal/hal.js";
import { Assembler, type ElementSink } from "../xml/assembler.js";
import type { Element } from "../xml/element.js";
import { EMPTY, NS_STREAMS, streamEnd, streamHeader, tag } from "../xml/print.js";
import type { Account } from "./account.js";
import { backoff } from "./backoff.js";
import type { Link } from "./link.js";
import type { Memo } from "./memo.js";
import { type Negotiation, Phase } from "./negotiation.js";
import type { Session } from "./session.js";
import { iq } from "./stanza.js";

/** Two devices with one account would throw each other out: as if so many attempts had failed. */
const CONFLICT_ATTEMPTS = 7;
/** What the server is told of the first few faults (RFC 6120 "stream errors"). */
const CONDITIONS = "not-well-formed restricted-xml policy-violation policy-violation".split(" ");

export const enum State { Waiting, Negotiating, Online }

export class Connection implements ElementSink {
  state: State;
  /** Why the last stream ended, and what the other side said of it; None while none has. */
  fault: Fault;
  why: string;
  private assembler: Assembler | null;
  /** Octets since the last stanza was complete. */
  private unfinished: number;
  /** What the reader has just completed: a stanza, or a roster's item in its stanza. */
  private complete: Element | null;
  private item: Element | null;
  /** Only the root of the stanza is there. */
  private oversized: boolean;
  attempts: number;
  /** Waiting: when to try again. Negotiating: when to give up. Online: when it began. */
  markMs: number;
  private heardMs: number;
  private pinged: boolean;
  private nowMs: number;

  constructor(
    private readonly hal: Hal,
    private readonly account: Account,
    private readonly link: Link,
    private readonly negotiation: Negotiation,
    private readonly session: Session,
    private readonly memo: Memo,
  ) {
    this.state = State.Waiting;
    this.fault = Fault.None;
    this.why = "";
    this.assembler = this.complete = this.item = null;
    this.unfinished = this.attempts = this.markMs = this.heardMs = this.nowMs = 0;
    this.pinged = this.oversized = false;
  }

  tick(nowMs: number): void {
    const link = this.link;
    this.nowMs = nowMs;
    if (this.state === State.Waiting) {
      const ready = nowMs >= this.markMs && this.account.bare !== "";
      if (ready && this.hal.network.isUp()) this.connect();
      return;
    }
    if (link.opened) {
      link.opened = false;
      this.openStream();
    }
    // Read, then handled, from here: the chip's stack is short (DESIGN, "Call depth").
    let left = STANZAS_PER_TICK_MAX;
    while (left > 0 && this.read()) {
      const element = this.complete as Element;
      const isOnline = this.state === State.Online;
      if (this.item) {
        if (isOnline) this.session.onItem(element, this.item);
      } else if (element.ns === NS_STREAMS && element.name === "error") this.fail(element);
      else if (!isOnline) this.negotiate(element);
      else if (!this.session.onStanza(element, this.oversized, nowMs)) left = 0;
      if (!this.item) left--;
    }
    this.complete = this.item = null;
    this.memo.heard = "";
    this.watch();
    if (link.fault !== Fault.None) this.end();
  }

  /** Full JID of the stream that is up; "" while there is none. */
  jid(): string {
    return this.state === State.Online ? this.negotiation.jid : "";
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

  onHeader(header: Element): Fault {
    return this.negotiation.accepts(header) ? Fault.None : Fault.StreamRefused;
  }

  /** Kept until the reader has returned. */
  onElement(element: Element, oversized: boolean): Fault {
    this.complete = element;
    this.oversized = oversized;
    if (this.assembler) this.assembler.tokenizer.held = true;
    return Fault.None;
  }

  onItem(stanza: Element, item: Element): void {
    this.item = item;
    this.onElement(stanza, false);
  }

  onStreamEnd(): void {
    this.link.fail(Fault.StreamError, "");
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
    this.heardMs = this.nowMs;
    this.assembler = new Assembler(this);
    this.link.send(streamHeader(this.account.domain()));
  }

  /** Reads on to the end of a stanza or item, while a reply would fit. False: none is here. */
  private read(): boolean {
    const assembler = this.assembler;
    const link = this.link;
    this.complete = this.item = null;
    if (!assembler || link.fault !== Fault.None || link.room() < REPLY_BYTES_MAX) return false;
    const tokenizer = assembler.tokenizer;
    const bytes = link.take();
    if (bytes !== "") {
      this.heardMs = this.nowMs;
      this.pinged = false;
    } else if (!tokenizer.held) return false;
    if (tokenizer.waiting() + bytes.length > INBOUND_BYTES_MAX) {
      link.fail(Fault.Overflow, "");
      return false;
    }
    const memo = this.memo;
    const isAlone = assembler.depth < 2 && !tokenizer.waiting();
    if (isAlone && this.state === State.Online && memo.repeats(bytes)) return false;
    tokenizer.held = false;
    const fault = tokenizer.push(bytes);
    if (fault !== Fault.None) link.fail(fault, "");
    const isWhole = this.complete !== null;
    const isBetween = assembler.depth < 2 && !tokenizer.waiting();
    this.unfinished = isWhole || isBetween ? 0 : this.unfinished + bytes.length;
    if (isAlone && isWhole && isBetween && !this.item) memo.hear(bytes, assembler.heldBytes);
    if (this.unfinished > UNFINISHED_BYTES_MAX) link.fail(Fault.Oversized, "");
    return isWhole && link.fault === Fault.None;
  }

  /** An element of a stream that is not up yet. */
  private negotiate(element: Element): void {
    const link = this.link;
    const answer = this.oversized ? Fault.Oversized : this.negotiation.take(element);
    const phase: Phase = this.negotiation.phase;
    if (typeof answer === "number") link.fail(answer, "");
    else if (answer !== EMPTY) link.send(answer);
    else if (phase === Phase.Online) {
      this.state = State.Online;
      this.markMs = this.nowMs;
      this.session.onOnline(this.nowMs);
    } else if (phase === Phase.Binding) {
      // What came behind <success/> came before our new header: it is not of the new stream.
      if (this.assembler && this.assembler.tokenizer.waiting()) {
        link.fail(Fault.StreamRefused, "");
      } else this.openStream();
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
    const silentMs = this.nowMs - this.heardMs;
    if (silentMs >= IDLE_MS + PING_WAIT_MS) this.link.fail(Fault.Timeout, "");
    else if (silentMs >= IDLE_MS && !this.pinged) {
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
    this.link.close(this.assembler ? streamEnd(CONDITIONS[this.fault - 1] || "") : "");
    this.assembler = this.complete = null;
    this.memo.forget();
    this.attempts = stable ? 1 : this.attempts + 1;
    if (this.fault === Fault.Conflict && this.attempts < CONFLICT_ATTEMPTS) {
      this.attempts = CONFLICT_ATTEMPTS;
    }
    this.state = State.Waiting;
    this.markMs = this.nowMs + backoff(this.attempts, this.hal.random.bytes(2));
    if (wasOnline) this.session.onOffline(this.nowMs);
  }
}
