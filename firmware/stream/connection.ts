/**
 * Owns the socket: one authenticated stream after another, for ever.
 *
 *   state       | start of a tick                  | socket opens | stanza        | end of stream
 *   ------------+----------------------------------+--------------+---------------+--------------
 *   Waiting     | due and link up: Negotiating     | -            | -             | -
 *   Negotiating | NEGOTIATION_MS over: Waiting     | header       | negotiation   | Waiting
 *   Online      | silent: ping; still silent: Wait.| -            | session       | Waiting
 *
 * What arrives is only kept; each tick works through a bounded part of it, and only while a
 * reply would fit. A server that is away is tried again for ever, later and later, and never
 * a reason to restart the board.
 */
import {
  BACKOFF_MAX_MS, BACKOFF_MIN_MS, IDLE_MS, INBOUND_BYTES_MAX, NEGOTIATION_MS, OUTBOUND_BYTES_MAX,
  PING_WAIT_MS, REPLY_BYTES_MAX, STABLE_MS, STANZAS_PER_TICK_MAX,
} from "../config.js";
import { Fault } from "../fault.js";
import type { Hal, Socket, SocketListener } from "../../hal/hal.js";
import { Assembler } from "../xml/assembler.js";
import type { ElementSink } from "../xml/assembler.js";
import type { Element } from "../xml/element.js";
import { EMPTY, streamEnd, streamHeader, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { Account } from "./account.js";
import { Phase } from "./negotiation.js";
import type { Negotiation } from "./negotiation.js";
import { iq } from "./stanza.js";

/** As if so many attempts had failed: half a minute at least. */
const CONFLICT_ATTEMPTS = 7;
const NS_STREAMS = "http://etherx.jabber.org/streams";

export const enum State {
  Waiting,
  Negotiating,
  Online,
}

/** Told of a stream that is up. Implemented by router/router.ts. */
export interface Session {
  onOnline(jid: string, nowMs: number): void;
  onOffline(nowMs: number): void;
  onStanza(stanza: Element, oversized: boolean, nowMs: number): void;
  onItem(stanza: Element, item: Element): void;
}

export class Connection implements SocketListener, ElementSink {
  state: State;
  /** Why the last stream ended, for people; "" while none has. */
  why: string;
  fault: Fault;
  private socket: Socket | null;
  private assembler: Assembler | null;
  private inbound: string;
  private outbound: string;
  /** Stanzas that this tick may still take. */
  private allowance: number;
  private attempts: number;
  /** Waiting: when to try again. Negotiating: when to give up. Online: when it began. */
  private markMs: number;
  private heardMs: number;
  private pinged: boolean;
  private nowMs: number;

  constructor(
    private readonly hal: Hal,
    private readonly account: Account,
    readonly negotiation: Negotiation,
    private readonly session: Session,
  ) {
    this.state = State.Waiting;
    this.why = this.inbound = this.outbound = "";
    this.fault = Fault.None;
    this.socket = this.assembler = null;
    this.allowance = this.attempts = this.markMs = this.heardMs = this.nowMs = 0;
    this.pinged = false;
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    if (this.state === State.Waiting) {
      const ready = nowMs >= this.markMs && this.account.jid !== "";
      if (ready && this.hal.network.isUp()) this.connect();
      return;
    }
    this.flush();
    if (this.fault === Fault.None) this.drain();
    if (this.fault === Fault.None) this.listen();
    if (this.fault !== Fault.None) this.end();
  }

  /** What a handler may still say; a stanza is begun only while this is REPLY_BYTES_MAX. */
  room(): number {
    return OUTBOUND_BYTES_MAX - this.outbound.length;
  }

  /** Sends markup on the stream that is up; without one it goes nowhere. */
  send(xml: Markup): void {
    if (!this.socket || this.fault !== Fault.None) return;
    this.outbound += xml;
    if (this.outbound.length > OUTBOUND_BYTES_MAX) this.fail(Fault.Overflow, "peer too slow");
    else this.flush();
  }

  /** Ends the stream politely; it is opened again after the usual wait. */
  close(why: string): void {
    if (this.state === State.Waiting) return;
    this.fail(Fault.None, why);
    this.end();
  }

  onOpen(): void {
    this.heardMs = this.nowMs;
    this.openStream();
  }

  onBytes(bytes: string): void {
    const waiting = this.assembler ? this.assembler.tokenizer.waiting() : 0;
    if (this.inbound.length + waiting + bytes.length > INBOUND_BYTES_MAX) {
      this.inbound = "";
      this.fail(Fault.Overflow, "more arrives than can be held");
    } else if (this.fault === Fault.None) this.inbound += bytes;
  }

  onDrain(): void {
    this.flush();
  }

  onClosed(why: string): void {
    this.socket = null;
    this.fail(Fault.Link, why);
  }

  onHeader(header: Element): Fault {
    return this.negotiation.accepts(header) ? Fault.None : Fault.StreamRefused;
  }

  onElement(element: Element, oversized: boolean): Fault {
    if (element.ns === NS_STREAMS && element.name === "error") return this.onStreamError(element);
    if (this.state === State.Online) {
      this.session.onStanza(element, oversized, this.nowMs);
      this.allowance--;
      this.brake();
      return this.fault;
    }
    if (oversized) return Fault.Oversized;
    const answer = this.negotiation.take(element);
    if (typeof answer === "number") return answer;
    if (answer !== EMPTY) this.send(answer);
    const phase: Phase = this.negotiation.phase;
    if (phase === Phase.Online) {
      this.state = State.Online;
      this.markMs = this.nowMs;
      this.session.onOnline(this.negotiation.jid, this.nowMs);
    } else if (phase === Phase.Binding && answer === EMPTY && this.assembler) {
      this.assembler.tokenizer.held = true; // The stream begins anew; see drain.
    }
    return this.fault;
  }

  onItem(stanza: Element, item: Element): void {
    if (this.state === State.Online) this.session.onItem(stanza, item);
  }

  onStreamEnd(): void {
    this.fail(Fault.StreamError, "the server ended the stream");
  }

  private connect(): void {
    const account = this.account;
    const domain = account.domain();
    this.state = State.Negotiating;
    this.markMs = this.nowMs + NEGOTIATION_MS;
    this.fault = Fault.None;
    this.inbound = this.outbound = "";
    this.negotiation.start();
    this.socket = this.hal.network.connect({
      host: account.host === "" ? domain : account.host,
      port: account.port,
      secure: account.secure,
      name: domain,
    }, this);
  }

  private openStream(): void {
    this.assembler = new Assembler(this);
    this.send(streamHeader(this.account.domain()));
  }

  /** A bounded part of what arrived. */
  private drain(): void {
    const assembler = this.assembler;
    if (!assembler) return;
    const bytes = this.inbound;
    if (bytes !== "") {
      this.heardMs = this.nowMs;
      this.pinged = false;
    } else if (!assembler.tokenizer.held) return;
    this.inbound = "";
    this.allowance = STANZAS_PER_TICK_MAX;
    assembler.tokenizer.held = false;
    this.brake();
    const fault = assembler.tokenizer.push(bytes);
    if (fault !== Fault.None) this.fail(fault, "unusable XML or negotiation");
    if (this.negotiation.phase === Phase.Binding && this.assembler === assembler &&
      assembler.tokenizer.held && this.fault === Fault.None) {
      // Whatever came behind <success/> came before our new header: not of the new stream.
      if (assembler.tokenizer.waiting()) this.fail(Fault.StreamRefused, "early stream");
      else this.openStream();
    }
  }

  /** Stops the cutting of stanzas when this tick has done enough, or a reply would not fit. */
  private brake(): void {
    const full = this.room() < REPLY_BYTES_MAX || this.allowance <= 0;
    if (full && this.assembler && this.state === State.Online) this.assembler.tokenizer.held = true;
  }

  /** Liveness, and the end of what takes too long. */
  private listen(): void {
    const silentMs = this.nowMs - this.heardMs;
    if (this.state === State.Negotiating) {
      if (this.nowMs >= this.markMs) this.fail(Fault.Timeout, "no stream in time");
      return;
    }
    if (silentMs >= IDLE_MS + PING_WAIT_MS) this.fail(Fault.Timeout, "the server fell silent");
    else if (silentMs >= IDLE_MS && !this.pinged) {
      this.pinged = true; // Any octet is an answer; the iq needs no one who waits for it.
      const id = this.hal.crypto.base64(this.hal.random.bytes(12));
      this.send(iq("get", id, "", tag("ping", " xmlns='urn:xmpp:ping'", EMPTY)));
    }
  }

  private flush(): void {
    const socket = this.socket;
    if (!socket || this.outbound === "") return;
    const room = socket.writable();
    if (room <= 0) return;
    const bytes = this.outbound.substring(0, room);
    this.outbound = this.outbound.substring(bytes.length);
    socket.write(bytes);
  }

  private onStreamError(element: Element): Fault {
    const children = element.children;
    const condition = children && children.length ? children[0].name : "undefined-condition";
    const fault = condition === "conflict" ? Fault.Conflict : Fault.StreamError;
    this.fail(fault, "stream error: " + condition);
    return fault;
  }

  /** The first reason counts; the next tick ends the stream. */
  private fail(fault: Fault, why: string): void {
    if (this.fault === Fault.None) this.why = why + (fault ? " (" + fault + ")" : "");
    if (this.fault === Fault.None) this.fault = fault;
  }

  private end(): void {
    const wasOnline = this.state === State.Online;
    const stable = wasOnline && this.nowMs - this.markMs >= STABLE_MS;
    const socket = this.socket;
    if (socket) {
      const last = this.outbound + streamEnd(streamCondition(this.fault));
      if (this.assembler && socket.writable() >= last.length) socket.write(last);
      socket.close();
    }
    this.socket = this.assembler = null;
    this.inbound = this.outbound = "";
    this.attempts = stable ? 1 : this.attempts + 1;
    // Two devices with one account would throw each other out for ever.
    if (this.fault === Fault.Conflict && this.attempts < CONFLICT_ATTEMPTS) {
      this.attempts = CONFLICT_ATTEMPTS;
    }
    this.state = State.Waiting;
    this.markMs = this.nowMs + backoff(this.attempts, this.hal.random.bytes(2));
    if (wasOnline) this.session.onOffline(this.nowMs);
  }

  /** Full JID of the stream that is up; "" while there is none. */
  jid(): string {
    return this.state === State.Online ? this.negotiation.jid : "";
  }
}

/** Doubled each time, with the upper half random, so that a town does not knock as one. */
export function backoff(attempts: number, random: string): number {
  let waitMs = BACKOFF_MIN_MS;
  for (let i = 1; i < attempts && waitMs < BACKOFF_MAX_MS; i++) waitMs *= 2;
  if (waitMs > BACKOFF_MAX_MS) waitMs = BACKOFF_MAX_MS;
  const part = (random.charCodeAt(0) * 256 + random.charCodeAt(1)) / 65536;
  return Math.floor(waitMs / 2 + (waitMs / 2) * part);
}

function streamCondition(fault: Fault): string {
  if (fault === Fault.NotWellFormed) return "not-well-formed";
  if (fault === Fault.RestrictedXml) return "restricted-xml";
  if (fault === Fault.Overflow || fault === Fault.Oversized) return "policy-violation";
  return fault === Fault.StreamRefused || fault === Fault.ServerUnproven ? "undefined-condition" : "";
}
