/**
 * Our own tokens (XEP-0324 "requesttoken"), one from each trusted server, where the board can do
 * RSA. They are on flash, as their lifetime is not defined.
 *
 *   trusted, reachable, no token yet | getToken with our certificate
 *   getTokenChallenge                | solved, with the same seqnr
 *   getTokenResponse                 | kept; its server may challenge it for a minute
 *   anything else, or silence        | tried again with the next stream
 *
 * They go into no question: what stands there are the tokens of who asks us, and adding ours
 * would lend him our rights (ERRATA N33).
 */
import { TOKEN_BYTES_MAX } from "../config.js";
import type { Crypto, Identity } from "../../hal/hal.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import type { Asker, Requests } from "../stream/requests.js";
import type { Element } from "../xml/element.js";
import { lookup, without } from "../xml/list.js";
import { attribute, tag, text } from "../xml/print.js";
import { TOKEN, readBlock } from "./challenge.js";
import type { Challenges } from "./challenge.js";
import { NS_PROVISIONING } from "./provisioning.js";
import type { Trust } from "./trust.js";

const XMLNS = " xmlns='" + NS_PROVISIONING + "'";
/** xs:int, to be said again as it was said: no more than 11 characters. */
const SEQNR = /^[-+0-9][0-9]*$/;

interface Errand {
  /** Bare JID of the server, and where it was reached. */
  server: string;
  to: string;
  /** The name of the answer that is awaited. */
  awaits: string;
  /** What it has given us; "" so far. */
  token: string;
}

export class Tokens implements Asker, Doer {
  /** Packed: \x01server\x02token\x01 */
  private own: string;
  /** Servers that were asked on this stream, packed in the same way. */
  private tried: string;

  constructor(
    private readonly journal: Journal,
    private readonly trust: Trust,
    private readonly requests: Requests,
    private readonly crypto: Crypto,
    private readonly identity: Identity | null,
    private readonly challenges: Challenges,
    private readonly agenda: Agenda,
  ) {
    this.own = this.tried = "\x01";
  }

  load(): void {
    this.own = this.journal.value(Kind.Token) || "\x01";
  }

  /** Factory reset: the journal holds none. */
  forget(): void {
    this.load();
  }

  /** The stream is lost. */
  stop(): void {
    this.tried = "\x01";
  }

  tick(nowMs: number): void {
    if (!this.identity) return;
    for (const server of this.trust.list()) {
      const to = this.trust.address(server);
      if (to === "" || lookup(this.own, server) || lookup(this.tried, server)) continue;
      const errand = { server, to, awaits: "getTokenChallenge", token: "" };
      const isSent = this.ask(errand, "getToken", "", this.identity.certificate(), nowMs);
      if (isSent) this.tried += server + "\x02-\x01";
    }
  }

  answered(context: unknown, payload: Element | null, nowMs: number): void {
    const errand = context as Errand;
    if (!payload || payload.ns !== NS_PROVISIONING || payload.name !== errand.awaits) return;
    if (errand.awaits === "getTokenResponse") {
      errand.token = payload.attribute("token");
      this.agenda.add(this, errand);
      return;
    }
    const seqnr = payload.attribute("seqnr");
    const block = readBlock(payload, this.crypto);
    const solved = block === "" ? "" : (this.identity as Identity).decrypt(block);
    errand.awaits = "getTokenResponse";
    if (solved !== "" && seqnr.length < 12 && SEQNR.test(seqnr)) {
      this.ask(errand, "getTokenChallengeResponse", seqnr, solved, nowMs);
    }
  }

  private ask(
    errand: Errand, name: string, seqnr: string, bytes: string, nowMs: number,
  ): boolean {
    const payload = tag(name, XMLNS + attribute("seqnr", seqnr || null),
      text(this.crypto.base64(bytes)));
    return this.requests.ask(errand.to, "get", payload, this, errand, nowMs);
  }

  /** What was given is kept. */
  act(what: unknown, nowMs: number): void {
    const errand = what as Errand;
    const token = errand.token;
    if (token.length > TOKEN_BYTES_MAX || !TOKEN.test(token)) return;
    const own = without(this.own, errand.server) + errand.server + "\x02" + token + "\x01";
    if (!this.journal.append(Kind.Token, own)) return;
    this.own = own;
    this.challenges.note(errand.to, "", token, nowMs);
  }
}
