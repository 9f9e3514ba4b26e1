/** Ping (XEP-0199), version (XEP-0092) and entity time (XEP-0202), asked of us and by us. */
import { VERSION } from "../config.js";
import type { Clock } from "../../hal/hal.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { Asker, Requests } from "../stream/requests.js";
import { Condition, query } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Handler, Router } from "./router.js";
import type { Roster } from "./roster.js";

export const NS_PING = "urn:xmpp:ping";
export const NS_VERSION = "jabber:iq:version";
export const NS_TIME = "urn:xmpp:time";

export class Basics implements Handler, Asker {
  /** UTC minus the monotonic clock, from the server; 0 while it has not said. */
  private offsetMs: number;

  constructor(
    private readonly router: Router,
    private readonly requests: Requests,
    private readonly roster: Roster,
    readonly clock: Clock,
  ) {
    this.offsetMs = 0;
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    if (payload.ns === NS_PING) {
      this.router.result(caller, EMPTY);
    } else if (!this.roster.isFriend(caller.bare)) {
      // A stranger need not know what to look for.
      this.router.reject(caller, Condition.ServiceUnavailable);
    } else if (payload.ns === NS_VERSION) {
      const said = tag("name", "", "Thingward" as Markup) + tag("version", "", VERSION as Markup);
      this.router.result(caller, query(NS_VERSION, said as Markup));
    } else {
      const said = tag("tzo", "", "Z" as Markup) + tag("utc", "", this.timestamp(nowMs) as Markup);
      this.router.result(caller, tag("time", attribute("xmlns", NS_TIME), said as Markup));
    }
  }

  /** Asks the own server what time it is; the board's clock is nobody's business but logs'. */
  synchronise(nowMs: number): void {
    const payload = tag("time", attribute("xmlns", NS_TIME), EMPTY);
    this.requests.ask(this.roster.domain(), "get", payload, this, null, nowMs);
  }

  answered(_context: unknown, time: Element | null, nowMs: number): void {
    const utc = time ? time.child(NS_TIME, "utc") : null;
    const utcMs = utc ? Date.parse(utc.text) : 0;
    if (utcMs > 0) this.offsetMs = utcMs - nowMs;
  }

  /** Milliseconds since 1970; 0 while nobody has said what time it is. */
  utcMs(nowMs: number): number {
    return this.offsetMs ? this.offsetMs + nowMs : this.clock.utcMs();
  }

  /** UTC with its zone, as XEP-0082 has it (ERRATA N39). */
  timestamp(nowMs: number): string {
    return new Date(this.utcMs(nowMs)).toISOString();
  }
}
