/**
 * Challenges of tokens that we sent (XEP-0324 "tokenchallenge"): whoever was sent one may ask for
 * a proof of it, within a minute, one at a time.
 *
 *   a challenge of                          | answer
 *   ----------------------------------------+----------------------------------------------------
 *   a token not sent to this very JID       |
 *     within the last minute                | forbidden
 *   any, while another one is worked on     | wait/resource-constraint
 *   our own (token.ts)                      | the solved block; bad-request where it is none
 *   a caller's                              | what the full JID says that it came from;
 *                                           | wait/remote-server-timeout where it does not
 *
 * Time is that of the monotonic clock.
 */
import { CHALLENGE_BYTES_MAX, TOKENS_SENT_MAX, TOKEN_MS } from "../config.js";
import type { Crypto, Identity } from "../../hal/hal.js";
import type { Handler, Router } from "../router/router.js";
import { normalJid } from "../stream/jid.js";
import type { Asker, Requests } from "../stream/requests.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Element } from "../xml/element.js";
import { find } from "../xml/list.js";
import { attribute, tag, text } from "../xml/print.js";
import type { TokenSink } from "./gate.js";
import { NS_PROVISIONING } from "./provisioning.js";

const XMLNS = " xmlns='" + NS_PROVISIONING + "'";
const SPACE = /[\t\n\r ]+/g;
/** As a token is: without white space or control characters. */
export const TOKEN = /^[^\x00-\x20\x7f]+$/;

interface Sent {
  /** The address that it went to, and the full JID that it came from; "" for our own. */
  to: string;
  from: string;
  /** One or more, each between two blanks. */
  tokens: string;
  untilMs: number;
}

interface Challenge {
  caller: Caller;
  /** Of our own token, to be solved in the next tick; "" for one that was passed on. */
  block: string;
}

export class Challenges implements Handler, Asker, TokenSink {
  private sent: Sent[];
  private current: Challenge | null;

  constructor(
    private readonly router: Router,
    private readonly requests: Requests,
    private readonly crypto: Crypto,
    private readonly identity: Identity | null,
  ) {
    this.sent = [];
    this.current = null;
  }

  /** A caller with many takes nobody else's place, where he has one himself. */
  note(to: string, from: string, tokens: string, nowMs: number): void {
    if (tokens.trim() === "") return;
    const sent = this.sent = this.sent.filter((one) => nowMs <= one.untilMs);
    if (sent.length >= TOKENS_SENT_MAX) {
      const own = sent.filter((one) => one.from === from);
      sent.splice(own.length ? sent.indexOf(own[0]) : 0, 1);
    }
    sent.push({ to: normalJid(to), from, tokens: " " + tokens + " ", untilMs: nowMs + TOKEN_MS });
  }

  /** Factory reset. */
  forget(): void {
    this.sent = [];
    this.current = null;
  }

  /** RSA takes its time, so it is not done while a stanza is read. */
  tick(): void {
    const current = this.current;
    if (!current || current.block === "") return;
    this.current = null;
    this.answer(current.caller, this.identity ? this.identity.decrypt(current.block) : "");
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    const token = payload.attribute("token");
    const one = this.find(caller.from, token, nowMs);
    const block = readBlock(payload, this.crypto);
    if (!one) this.router.reject(caller, Condition.Forbidden);
    else if (this.current) this.router.reject(caller, Condition.ResourceConstraint);
    else if (block === "") this.answer(caller, "");
    else if (one.from === "") this.current = { caller, block };
    else {
      const passed = tag("tokenChallenge", XMLNS + attribute("token", token),
        text(this.crypto.base64(block)));
      this.current = { caller, block: "" };
      const isSent = this.requests.ask(one.from, "get", passed, this, this.current, nowMs);
      if (!isSent) this.answered(this.current, null);
    }
  }

  /** To one that was passed on. */
  answered(context: unknown, payload: Element | null): void {
    const caller = (context as Challenge).caller;
    const block = payload && payload.ns === NS_PROVISIONING &&
      payload.name === "tokenChallengeResponse" ? readBlock(payload, this.crypto) : "";
    this.current = null;
    if (block === "") this.router.reject(caller, Condition.RemoteServerTimeout);
    else this.answer(caller, block);
  }

  /** Where it came from that went to this very JID lately; null where none did. */
  private find(to: string, token: string, nowMs: number): Sent | null {
    if (!TOKEN.test(token)) return null;
    for (const one of this.sent) {
      const isTheirs = one.to === normalJid(to) && nowMs <= one.untilMs;
      if (isTheirs && find(one.tokens, " " + token + " ", 0) >= 0) return one;
    }
    return null;
  }

  /** The same words for all that is no sound block, so that nobody learns why. */
  private answer(caller: Caller, solved: string): void {
    if (solved === "") this.router.reject(caller, Condition.BadRequest);
    else {
      this.router.result(caller, tag("tokenChallengeResponse", XMLNS,
        text(this.crypto.base64(solved))));
    }
  }
}

/** The octets that an element's text says in base64; "" where there are none, or too many. */
export function readBlock(element: Element, crypto: Crypto): string {
  const said = element.text.replace(SPACE, "");
  return said.length > CHALLENGE_BYTES_MAX ? "" : crypto.unbase64(said);
}
