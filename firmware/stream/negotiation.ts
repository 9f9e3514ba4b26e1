/**
 * From the stream's features to a bound resource (RFC 6120).
 *
 *   phase        | expects                  | then
 *   -------------+--------------------------+-------------------------------------------
 *   Mechanisms   | features, SCRAM offered  | <auth/>            → Challenge
 *   Challenge    | <challenge/>             | <response/>        → Proof
 *   Proof        | <success/> with v=       | new stream         → Binding
 *   Binding      | features with bind       | bind, no resource  → Bound
 *   Bound        | iq result with our JID   | done               → Online
 *
 * Anything else in a phase is a fault and ends the stream; a <failure/> is Unauthorised.
 * PLAIN is never used, STARTTLS, compression and see-other-host are ignored.
 */
import { Fault } from "../fault.js";
import type { Crypto, Random } from "../../hal/hal.js";
import { Hash } from "../../hal/hal.js";
import { LEAF } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { EMPTY, NS_STREAMS, NS_XMPP, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { Account } from "./account.js";
import { bareJid, normalJid } from "./jid.js";
import { Scram } from "./scram.js";
import type { SaltedPassword } from "./scram.js";
import { NS_CLIENT, iq } from "./stanza.js";

const NS_SASL = NS_XMPP + "sasl";
const NS_BIND = NS_XMPP + "bind";

export const enum Phase {
  Mechanisms,
  Challenge,
  Proof,
  Binding,
  Bound,
  Online,
}

export class Negotiation {
  phase: Phase;
  /** The full JID that the server gave us; "" before. */
  jid: string;
  private scram: Scram | null;
  /** The server's signature was right. */
  private proven: boolean;
  private readonly salted: SaltedPassword;

  constructor(
    private readonly crypto: Crypto,
    private readonly random: Random,
    private readonly account: Account,
  ) {
    this.phase = Phase.Mechanisms;
    this.jid = "";
    this.scram = null;
    this.proven = false;
    this.salted = { key: "", value: "" };
  }

  /** Factory reset: what is made of the password goes with the stream. */
  forget(): void {
    this.salted.key = this.salted.value = "";
    this.start();
  }

  start(): void {
    this.phase = Phase.Mechanisms;
    this.jid = "";
    this.scram = null;
    this.proven = false;
  }

  /** What a header of the server must say (RFC 6120 "stream attributes"). */
  accepts(header: Element): boolean {
    return header.name === "stream" && header.ns === NS_STREAMS &&
      header.attribute("version").substring(0, 2) === "1." && header.attribute("id") !== "" &&
      bareJid(header.attribute("from")) === this.account.domain();
  }

  /** The answer to one element; "" for none. A Fault ends the stream. */
  take(element: Element): Markup | Fault {
    if (element.ns === NS_SASL && element.name === "failure") return Fault.Unauthorised;
    const isFeatures = element.name === "features" && element.ns === NS_STREAMS;
    switch (this.phase) {
      case Phase.Mechanisms:
        return isFeatures ? this.authenticate(element) : Fault.StreamRefused;
      case Phase.Challenge:
        return this.respond(element);
      case Phase.Proof:
        return this.succeed(element);
      case Phase.Binding:
        if (!isFeatures || !element.child(NS_BIND, "bind")) return Fault.StreamRefused;
        this.phase = Phase.Bound;
        // No resource of ours: one that a stranger cannot guess is the server's to make.
        return iq("set", "bind", "", tag("bind", " xmlns='" + NS_BIND + "'", EMPTY));
      case Phase.Bound:
        return this.bind(element);
      default:
        return EMPTY;
    }
  }

  private authenticate(features: Element): Markup | Fault {
    const mechanisms = features.child(NS_SASL, "mechanisms");
    let best = 0;
    for (const mechanism of mechanisms ? mechanisms.children : LEAF) {
      if (mechanism.text === "SCRAM-SHA-256") best = Hash.Sha256;
      if (mechanism.text === "SCRAM-SHA-1" && best === 0) best = Hash.Sha1;
    }
    if (best === 0 || best < this.account.weakest) return Fault.NoMechanism;
    const user = this.account.bare.substring(0, this.account.bare.indexOf("@"));
    this.scram = new Scram(this.crypto, best, this.crypto.base64(this.random.bytes(18)));
    this.phase = Phase.Challenge;
    const name = best === Hash.Sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-1";
    return this.sasl("auth", " mechanism='" + name + "'", this.scram.start(user));
  }

  private respond(element: Element): Markup | Fault {
    if (element.ns !== NS_SASL || element.name !== "challenge") return Fault.ServerUnproven;
    const challenge = this.crypto.unbase64(element.text);
    const scram = this.scram as Scram;
    const answer = scram.answer(challenge, this.account.secret, this.salted);
    if (answer === "") return Fault.ServerUnproven;
    this.phase = Phase.Proof;
    return this.sasl("response", "", answer);
  }

  private succeed(element: Element): Markup | Fault {
    const scram = this.scram as Scram;
    if (element.ns !== NS_SASL) return Fault.ServerUnproven;
    const final = this.crypto.unbase64(element.text);
    const isProven = this.proven || scram.proves(final);
    if (element.name === "challenge" && isProven && !this.proven) {
      this.proven = true;
      return this.sasl("response", "", ""); // RFC 6120 allows the proof in a challenge, too.
    }
    if (element.name !== "success" || !isProven) {
      this.salted.key = "";
      return Fault.ServerUnproven;
    }
    this.account.pin(scram.algorithm);
    this.scram = null;
    this.phase = Phase.Binding;
    return EMPTY;
  }

  private bind(element: Element): Markup | Fault {
    const bind = element.child(NS_BIND, "bind");
    const jid = bind ? bind.child(NS_BIND, "jid") : null;
    if (element.ns !== NS_CLIENT || element.name !== "iq" || !jid) return Fault.StreamRefused;
    const full = normalJid(jid.text);
    const own = this.account.bare;
    if (bareJid(full) !== own || full === own) return Fault.WrongAccount;
    this.jid = full;
    this.phase = Phase.Online;
    return EMPTY;
  }

  private sasl(name: string, attributes: string, payload: string): Markup {
    const inner = payload === "" ? EMPTY : text(this.crypto.base64(payload));
    return tag(name, " xmlns='" + NS_SASL + "'" + attributes, inner);
  }
}
