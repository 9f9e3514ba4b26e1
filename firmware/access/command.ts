/**
 * What a trusted provisioning server tells us unasked (XEP-0324): clearCache, unfriend, friend.
 * From anybody else an iq is forbidden and a message is nothing at all.
 */
import type { Roster } from "../router/roster.js";
import type { Handler, Router } from "../router/router.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import { bareJid } from "../stream/jid.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Cache } from "./cache.js";
import type { Farewell } from "./farewell.js";
import type { Friendship } from "./friendship.js";
import { NS_PROVISIONING } from "./provisioning.js";
import type { Trust } from "./trust.js";

export class Commands implements Handler, Doer {
  constructor(
    private readonly trust: Trust,
    private readonly cache: Cache,
    private readonly roster: Roster,
    private readonly router: Router,
    private readonly friendship: Friendship,
    private readonly farewell: Farewell,
    private readonly agenda: Agenda,
  ) {}

  handle(caller: Caller, payload: Element): void {
    const trusted = this.trust.has(caller.bare);
    if (caller.iq) {
      if (!trusted) this.router.reject(caller, Condition.Forbidden);
      else this.agenda.add(this, caller);
      return;
    }
    const bare = bareJid(payload.attribute("jid"));
    if (!trusted || bare === "" || this.roster.isSelf(bare) || this.trust.has(bare)) return;
    if (payload.name === "friend") this.friendship.recommend(bare);
    else this.farewell.begin(bare);
  }

  /** A clearCache of that caller. */
  act(what: unknown): void {
    const caller = what as Caller;
    if (!this.cache.clear()) {
      // Not acknowledged, so that the server sends it again.
      this.router.reject(caller, Condition.InternalServerError);
    } else {
      const said = attribute("xmlns", NS_PROVISIONING);
      this.router.result(caller, tag("clearCacheResponse", said, EMPTY));
    }
  }
}
