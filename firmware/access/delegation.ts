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
 *   Waiting   | one with a hash that was verified      | Proven
 *   Waiting   | DELEGATION_MS over, if accepted        | Failed
 *   Asking    | it has urn:xmpp:iot:provisioning       | Proven, then trusted; Idle
 *   Asking    | it has not, or does not answer         | next item, or Failed
 *   Failed    | in a turn of its own                   | a friend without trust; Idle
 *   Idle      | DELEGATION_MS after a failure          | what is preprogrammed is tried again
 *   Idle      | so long after a trusted one was away   | it is told again that we are here
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
import type { Agenda, Doer } from "../stream/agenda.js";
import { query } from "../stream/stanza.js";
import type { Asker, Requests } from "../stream/requests.js";
import { NS_DISCO_INFO, NS_DISCO_ITEMS, capsOf } from "../router/disco.js";
import type { Roster } from "../router/roster.js";
import type { Cache } from "./cache.js";
import { NS_PROVISIONING } from "./provisioning.js";
import { Role } from "./trust.js";
import type { Trust } from "./trust.js";

const FOREVER_MS = 1e15;

const enum Stage {
  Idle,
  Waiting,
  Listing,
  Asking,
  /** It is a provisioning server, or it is none: what follows has a turn of its own. */
  Proven,
  Failed,
}

export class Delegation implements Asker, Doer {
  private stage: Stage;
  private candidate: string;
  /** Items still to be looked at. */
  private items: string[];
  private untilMs: number;
  /** Who is to be asked in the next turn; "" for nobody. */
  private target: string;
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
    private readonly agenda: Agenda,
  ) {
    this.stage = Stage.Idle;
    this.candidate = this.target = this.caps = this.verified = "";
    this.items = [];
    this.untilMs = FOREVER_MS;
  }

  /** A person accepted it: it may see us, and we must see the full JID that answers for it. */
  befriend(bare: string, nowMs: number): void {
    this.roster.say("subscribed", bare);
    this.meet(bare, nowMs + DELEGATION_MS);
  }

  /** With each new stream: what a power cut or a lost stream interrupted goes on. */
  resume(nowMs: number): void {
    const pending = this.trust.pending;
    this.stop();
    for (const server of this.trust.list()) {
      // A component sees us come and go by directed presence (ERRATA N29).
      if (isComponent(server)) this.roster.say("", server);
      else if (!this.roster.isSeen(server)) this.roster.say("subscribe", server);
    }
    if (pending !== "") this.befriend(pending, nowMs);
    else if (this.preprogrammed === "" || this.trust.list().length) return;
    else if (this.preprogrammed !== "*") this.meet(this.preprogrammed, FOREVER_MS);
    else {
      const listing = query(NS_DISCO_ITEMS, EMPTY);
      const isSent = this.requests.ask(this.roster.domain(), "get", listing, this, null, nowMs);
      if (isSent) this.stage = Stage.Listing;
    }
  }

  /** A trusted component was away when we came: until it knows where we are it cannot clear. */
  missed(nowMs: number): void {
    if (this.stage === Stage.Idle) this.untilMs = nowMs + DELEGATION_MS;
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
  seen(bare: string, jid: string, caps: string): void {
    if (this.stage !== Stage.Waiting || bare !== this.candidate) return;
    this.caps = caps;
    if (caps !== "" && caps === this.verified) this.turn(Stage.Proven, "");
    else this.turn(Stage.Asking, jid);
  }

  tick(nowMs: number): void {
    if (nowMs < this.untilMs) return;
    if (this.stage === Stage.Waiting) this.turn(Stage.Failed, "");
    else if (this.stage === Stage.Idle) this.resume(nowMs);
  }

  /** Asks, or writes down what has come of it. */
  act(_what: unknown, nowMs: number): void {
    const stage = this.stage;
    const bare = this.candidate;
    const jid = this.target;
    this.target = "";
    if (stage === Stage.Asking && jid !== "") {
      const question = query(NS_DISCO_INFO, EMPTY);
      const isSent = this.requests.ask(jid, "get", question, this, null, nowMs);
      if (!isSent) this.turn(Stage.Failed, "");
    } else if (stage === Stage.Proven) {
      this.stop();
      // The cache goes first: with it no answer of before outlives the new relationship.
      if (!this.cache.clear() || !this.trust.put(bare, Role.Trusted)) return;
      // Lets the server see when we come and go (ERRATA N29).
      if (isComponent(bare)) this.roster.say("", bare);
    } else if (stage === Stage.Failed) {
      this.stop();
      this.untilMs = nowMs + DELEGATION_MS;
      // No trust. A friend that a person accepted stays a friend, without rights.
      if (this.trust.pending === bare) this.trust.put(bare, Role.None);
    }
  }

  answered(_context: unknown, answer: Element | null): void {
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
    if (this.stage < Stage.Listing || this.stage > Stage.Asking) return;
    if (isServer) {
      const caps = capsOf(answer as Element, this.crypto);
      if (caps === this.caps) this.verified = caps;
      this.turn(Stage.Proven, "");
      return;
    }
    const next = this.items.pop();
    if (next === undefined) this.turn(Stage.Failed, "");
    else {
      this.candidate = next;
      this.caps = "";
      this.turn(Stage.Asking, next);
    }
  }

  private meet(bare: string, untilMs: number): void {
    const jid = this.trust.address(bare);
    this.candidate = bare;
    this.caps = "";
    if (jid !== "") {
      this.turn(Stage.Asking, jid);
      return;
    }
    this.stage = Stage.Waiting;
    this.untilMs = untilMs;
    if (!this.roster.isSeen(bare)) this.roster.say("subscribe", bare);
  }

  /** What follows is done from a shallow stack. `jid`: who is asked. */
  private turn(stage: Stage, jid: string): void {
    this.stage = stage;
    this.target = jid;
    this.untilMs = FOREVER_MS;
    this.agenda.add(this, null);
  }
}
