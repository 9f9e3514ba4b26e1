/**
 * From "a person accepted this JID" to "its word counts" (XEP-0324 "delegating original trust",
 * "provisioning server as a server component").
 *
 *   state     | event                                  | then
 *   ----------+----------------------------------------+---------------------------------------
 *   Idle      | accepted or preprogrammed, an account  | Waiting for its presence
 *   Idle      | accepted or preprogrammed, a component | Asking it (disco#info)
 *   Idle      | "*": look among the own server's items | Listing, then Asking one by one
 *   Waiting   | available presence                     | Asking its full JID (ERRATA N30)
 *   Waiting   | one with a hash that was verified      | trusted; Idle
 *   Waiting   | DELEGATION_MS over, if accepted        | a friend without trust; Idle
 *   Asking    | it has urn:xmpp:iot:provisioning       | trusted; Idle
 *   Asking    | it has not, or does not answer         | next item, or a friend without trust
 *   Idle      | DELEGATION_MS after a failure          | what is preprogrammed is tried again
 *
 * A hash (XEP-0115) is verified when an answer that has provisioning in it was found to have it.
 *
 * An account that a person accepted stays pending in the journal through a power cut. One that
 * is preprogrammed is waited for as long as it takes, with each new stream anew.
 */
import { COMPONENTS_MAX, DELEGATION_MS } from "../config.js";
import type { Crypto } from "../../hal/hal.js";
import { LEAF } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { EMPTY } from "../xml/print.js";
import { bareJid, isComponent } from "../stream/jid.js";
import { query } from "../stream/stanza.js";
import type { Asker, Requests } from "../stream/requests.js";
import { NS_DISCO_INFO, NS_DISCO_ITEMS, capsOf } from "../router/disco.js";
import type { Roster } from "../router/roster.js";
import type { Cache } from "./cache.js";
import { NS_PROVISIONING } from "./provisioning.js";
import type { Trust } from "./trust.js";

const FOREVER_MS = 1e15;

const enum Stage {
  Idle,
  Waiting,
  Listing,
  Asking,
  /** It is a provisioning server, and trusted in the next tick: from a shallow stack. */
  Proven,
}

export class Delegation implements Asker {
  private stage: Stage;
  private candidate: string;
  /** Items still to be looked at. */
  private items: string[];
  private untilMs: number;
  /** What the candidate's presence advertises; what is known to mean a provisioning server. */
  private caps: string;
  private verified: string;

  constructor(
    private readonly trust: Trust,
    private readonly cache: Cache,
    private readonly roster: Roster,
    private readonly requests: Requests,
    /** JID of a component or account, "*" for whichever component is one, "" for none. */
    public preprogrammed: string,
    private readonly crypto: Crypto,
  ) {
    this.stage = Stage.Idle;
    this.candidate = this.caps = this.verified = "";
    this.items = [];
    this.untilMs = FOREVER_MS;
  }

  /** A person accepted it. False: the flash did not take it, and nothing has happened. */
  accept(bare: string, nowMs: number): boolean {
    if (!this.trust.await(bare)) return false;
    this.befriend(bare, nowMs);
    return true;
  }

  /** With each new stream: what a power cut or a lost stream interrupted goes on. */
  resume(nowMs: number): void {
    const pending = this.trust.pending();
    this.stop();
    if (pending !== "") this.befriend(pending, nowMs);
    else if (this.preprogrammed === "" || this.trust.list().length) return;
    else if (this.preprogrammed !== "*") this.meet(this.preprogrammed, FOREVER_MS, nowMs);
    else {
      const listing = query(NS_DISCO_ITEMS, EMPTY);
      const isSent = this.requests.ask(this.roster.domain(), "get", listing, this, null, nowMs);
      if (isSent) this.stage = Stage.Listing;
    }
  }

  stop(): void {
    this.stage = Stage.Idle;
    this.items = [];
    this.untilMs = FOREVER_MS;
  }

  /** Factory reset. */
  forget(): void {
    this.stop();
    this.candidate = "";
  }

  /** True for an account that we wait for: its subscription needs no second word. */
  expects(bare: string): boolean {
    return this.stage !== Stage.Idle && bare === this.candidate;
  }

  /** An account became available. */
  seen(bare: string, jid: string, caps: string, nowMs: number): void {
    if (this.stage !== Stage.Waiting || bare !== this.candidate) return;
    this.caps = caps;
    if (caps !== "" && caps === this.verified) this.prove();
    else this.inspect(jid, nowMs);
  }

  tick(nowMs: number): void {
    if (nowMs < this.untilMs) return;
    if (this.stage === Stage.Proven) this.delegate();
    else if (this.stage === Stage.Waiting) this.fail(nowMs);
    else if (this.stage === Stage.Idle) this.resume(nowMs);
  }

  answered(_context: unknown, answer: Element | null, nowMs: number): void {
    let isServer = false;
    for (const child of answer ? answer.children : LEAF) {
      const jid = bareJid(child.attribute("jid"));
      const isItem = child.name === "item" && jid !== "" && isComponent(jid);
      if (this.stage === Stage.Listing) {
        if (isItem && this.items.length < COMPONENTS_MAX) this.items.push(jid);
      } else if (child.name === "feature" && child.attribute("var") === NS_PROVISIONING) {
        isServer = true;
      }
    }
    if (this.stage < Stage.Listing || this.stage === Stage.Proven) return;
    if (isServer) {
      const caps = capsOf(answer as Element, this.crypto);
      if (caps === this.caps) this.verified = caps;
      this.prove();
    }
    else if (this.items.length) this.next(nowMs);
    else this.fail(nowMs);
  }

  /** It may see us; and we must see the full JID that answers for it. */
  private befriend(bare: string, nowMs: number): void {
    this.roster.say("subscribed", bare);
    this.meet(bare, nowMs + DELEGATION_MS, nowMs);
  }

  private meet(bare: string, untilMs: number, nowMs: number): void {
    const jid = this.trust.address(bare);
    this.candidate = bare;
    this.caps = "";
    if (jid !== "") {
      this.inspect(jid, nowMs);
      return;
    }
    this.stage = Stage.Waiting;
    this.untilMs = untilMs;
    if (!this.roster.isSeen(bare)) this.roster.say("subscribe", bare);
  }

  private next(nowMs: number): void {
    const jid = this.items.pop();
    if (jid === undefined) {
      this.fail(nowMs);
      return;
    }
    this.candidate = jid;
    this.caps = "";
    this.inspect(jid, nowMs);
  }

  private inspect(jid: string, nowMs: number): void {
    this.stage = Stage.Asking;
    const question = query(NS_DISCO_INFO, EMPTY);
    if (!this.requests.ask(jid, "get", question, this, null, nowMs)) this.fail(nowMs);
  }

  private prove(): void {
    this.stage = Stage.Proven;
    this.untilMs = 0;
  }

  /** The cache goes first: with it no answer of before outlives the new relationship. */
  private delegate(): void {
    const bare = this.candidate;
    this.stop();
    if (!this.cache.clear() || !this.trust.add(bare)) return;
    // Lets the server see when we come and go (ERRATA N29).
    if (isComponent(bare)) this.roster.say("", bare);
  }

  /** No trust. A friend that a person accepted stays a friend, without rights. */
  private fail(nowMs: number): void {
    this.stop();
    this.untilMs = nowMs + DELEGATION_MS;
    if (this.trust.pending() === this.candidate) this.trust.giveUp(this.candidate);
  }
}
