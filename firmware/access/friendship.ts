/**
 * Subscription requests: a trusted server is let in, a stranger is asked about, and where there
 * is no trust yet, a person at the device decides (XEP-0324 "friendships", the diagrams).
 *
 *   asks to see us       | no trust            | trust
 *   ---------------------+---------------------+-----------------------------------------
 *   provisioning server  | the ceremony        | subscribed, and we subscribe too
 *   anybody else         | the ceremony        | isFriend (stranger.ts)
 */
import { FRIEND_JID_BYTES_MAX } from "../config.js";
import type { Roster, SubscriptionPolicy } from "../router/roster.js";
import type { Agenda, Doer } from "../stream/agenda.js";
import { isComponent } from "../stream/jid.js";
import type { Delegation } from "./delegation.js";
import type { Strangers } from "./stranger.js";
import { Role } from "./trust.js";
import type { Trust } from "./trust.js";

/** Sends the initial presence, or ends a stream that is useless. Implemented by device.ts. */
export interface Announcer {
  announce(): void;
  giveUp(): void;
}

export class Friendship implements SubscriptionPolicy, Doer {
  constructor(
    private readonly roster: Roster,
    private readonly trust: Trust,
    private readonly strangers: Strangers,
    private readonly delegation: Delegation,
    private readonly announcer: Announcer,
    private readonly agenda: Agenda,
  ) {}

  onRoster(nowMs: number): void {
    this.announcer.announce();
    this.strangers.forget();
    this.delegation.resume(nowMs);
  }

  keeps(bare: string): boolean {
    return this.trust.has(bare) || this.trust.pending === bare || this.delegation.expects(bare);
  }

  onNoRoster(): void {
    this.announcer.giveUp();
  }

  onPresence(type: string, bare: string, jid: string, caps: string, nowMs: number): void {
    if (this.roster.isSelf(bare)) return; // Our own, echoed by the server.
    if (type === "subscribe") this.subscribe(bare, nowMs);
    else if (type === "" || type === "unavailable") {
      // Only who we see by our own subscription: a directed presence is anybody's.
      if (!this.keeps(bare) || !this.roster.isSeen(bare)) return;
      this.trust.see(bare, jid, type === "");
      if (type === "") this.delegation.seen(bare, jid, caps);
    } else if (type === "error" && jid === bare && isComponent(bare) && this.trust.has(bare)) {
      this.delegation.missed(nowMs);
    } else if (type === "unsubscribe" || type === "unsubscribed") {
      this.strangers.withdraw(bare);
    }
  }

  /** A person at the device pressed the button for this one. */
  accept(bare: string): void {
    this.agenda.add(this, bare);
  }

  /** It is on flash before it is told; refused where there is no room for it. */
  act(what: unknown, nowMs: number): void {
    const bare = what as string;
    const done = this.trust.put(bare, Role.Pending);
    if (done) this.delegation.befriend(bare, nowMs);
    else this.refuse(bare);
    this.strangers.ceremony.settled(done, nowMs);
  }

  refuse(bare: string): void {
    this.roster.say("unsubscribed", bare);
  }

  /** Asked first: the message may have waited on a server while the rules changed. */
  recommend(bare: string): void {
    if (!this.roster.isSeen(bare)) this.strangers.ask(bare, true);
  }

  private subscribe(bare: string, nowMs: number): void {
    if (bare.length > FRIEND_JID_BYTES_MAX) this.refuse(bare);
    else if (this.trust.has(bare) || this.delegation.expects(bare)) {
      this.roster.say("subscribed", bare);
      if (!this.roster.isSeen(bare) && !isComponent(bare)) this.roster.say("subscribe", bare);
    } else if (this.trust.list().length === 0) {
      this.strangers.ceremony.ask(bare, nowMs);
    } else this.strangers.ask(bare, false);
  }
}
