/**
 * The composition root: constructs the parts, joins them, ticks them in a written order.
 *   socket → xml → stream → router → thing → access → sensor / relay
 */
import type { Hal, Ticker } from "../hal/hal.js";
import { PAIRING_WINDOW_MS, ROUND_MS, STANZAS_PER_TICK_MAX } from "./config.js";
import { Cache } from "./access/cache.js";
import { Challenges } from "./access/challenge.js";
import { Commands } from "./access/command.js";
import { Delegation } from "./access/delegation.js";
import { Farewell } from "./access/farewell.js";
import { type Announcer, Friendship } from "./access/friendship.js";
import { Gate } from "./access/gate.js";
import { Refusals } from "./access/refusal.js";
import { Strangers } from "./access/stranger.js";
import { Tokens } from "./access/token.js";
import { Trust } from "./access/trust.js";
import { Button } from "./pairing/button.js";
import { Light, type Sign } from "./pairing/light.js";
import { Observer } from "./pairing/observer.js";
import { type Forgetful, Reset } from "./pairing/reset.js";
import { PairingWindow } from "./pairing/window.js";
import { Basics } from "./router/basics.js";
import { Disco } from "./router/disco.js";
import { Roster } from "./router/roster.js";
import { type Followers, Router } from "./router/router.js";
import { routesOf } from "./routes.js";
import type { Settings } from "./setting.js";
import { Journal } from "./store/journal.js";
import { Log } from "./store/log.js";
import { Pages } from "./store/page.js";
import { Kind } from "./store/record.js";
import { Account } from "./stream/account.js";
import { Agenda, type Timed } from "./stream/agenda.js";
import { Connection } from "./stream/connection.js";
import { Link } from "./stream/link.js";
import { Memo } from "./stream/memo.js";
import { Negotiation } from "./stream/negotiation.js";
import { Reader } from "./stream/reader.js";
import { Requests } from "./stream/requests.js";
import { bareJid } from "./stream/jid.js";
import { type Premises, premisesOf } from "./stream/premises.js";
import { presence } from "./stream/stanza.js";
import { Calls } from "./thing/call.js";
import { Control } from "./thing/control.js";
import { Fields } from "./thing/fields.js";
import { Forms } from "./thing/form.js";
import { type NodeSpec, boardNode } from "./thing/node.js";
import { Queue } from "./thing/queue.js";
import { Readout } from "./thing/readout.js";
import { type Relay, relaysOf } from "./thing/relay.js";
import { type Status, statusOf } from "./thing/status.js";
import type { Markup } from "./xml/print.js";

export class Device implements Ticker, Followers, Announcer {
  private readonly agenda: Agenda;
  readonly account: Account;
  readonly journal: Journal;
  readonly cache: Cache;
  readonly trust: Trust;
  readonly tokens: Tokens;
  readonly refusals: Refusals;
  readonly challenges: Challenges;
  readonly farewell: Farewell;
  private readonly link: Link;
  readonly connection: Connection;
  private readonly requests: Requests;
  readonly roster: Roster;
  private readonly basics: Basics;
  private readonly disco: Disco;
  private readonly delegation: Delegation;
  private readonly window: PairingWindow;
  private readonly button: Button;
  private readonly gate: Gate;
  readonly observer: Observer;
  private readonly queue: Queue;
  private readonly timed: Timed[];
  readonly relays: Relay[];
  /** All that a factory reset tells to forget; who stands beside the device adds itself. */
  readonly parts: Forgetful[];
  /** What was handed over with the account; known after `load`. */
  premises!: Premises;
  /** Until then nothing needs a tick unless something happens. */
  private dueMs: number;

  constructor(hal: Hal, nodes: NodeSpec[], private readonly settings: Settings) {
    const crypto = hal.crypto;
    const agenda = this.agenda = new Agenda();
    const relays = this.relays = relaysOf(nodes);
    this.dueMs = 0;
    const cache = this.cache = new Cache(crypto);
    const pages = new Pages(hal.flash, crypto);
    this.journal = cache.journal = new Journal(new Log(pages, crypto), cache);
    const account = this.account = new Account(this.journal, agenda);
    const trust = this.trust = new Trust(this.journal);
    const link = this.link = new Link(hal.network);
    const requests = this.requests = new Requests(link, account, hal.random, crypto, agenda);
    const roster = this.roster = new Roster(account, link, requests, agenda);
    const router = roster.router = new Router(link, requests, roster, this);
    const memo = new Memo();
    this.connection = new Connection(hal, account, link,
      new Negotiation(crypto, hal.random, account), router, new Reader(link, memo), agenda);
    this.disco = new Disco(router, crypto);
    const basics = this.basics = new Basics(router, requests, roster, hal.clock);
    const delegation = this.delegation = new Delegation(trust, cache, roster, requests, "", crypto,
      agenda);
    this.prefer(settings.provisioning);
    const challenges = this.challenges = new Challenges(router, requests, crypto, hal.identity);
    const tokens = this.tokens = new Tokens(this.journal, trust, requests, crypto, hal.identity,
      challenges, agenda);
    const refusals = this.refusals = new Refusals();
    const gate = this.gate = new Gate(trust, cache, requests, roster, challenges, refusals,
      agenda);
    const calls = new Calls(gate);
    const queue = this.queue = new Queue(calls, basics);
    const farewell = this.farewell = roster.leavers = new Farewell(this.journal, cache, roster,
      queue, agenda);
    const strangers = new Strangers(roster, gate, agenda);
    const friendship = new Friendship(roster, trust, strangers, delegation, this, agenda);
    roster.policy = friendship;
    const light = new Light(hal.led);
    const window = this.window = new PairingWindow(light, friendship,
      settings.windowMs || PAIRING_WINDOW_MS);
    strangers.ceremony = window;
    const commands = new Commands(trust, cache, roster, router, friendship, farewell, agenda);
    const all = nodes.concat(boardNode(refusals, pages));
    const fields = calls.work = new Fields(link, calls, all, relays);
    const readout = new Readout(router, link, queue, memo, basics, all, fields);
    const control = new Control(router, calls, relays);
    this.parts = ([cache, tokens, challenges, refusals, strangers, delegation, window, control,
      queue, this] as Forgetful[]).concat(relays);
    this.button = new Button(hal.button, new Reset(window, light, this.journal, farewell, trust,
      this.connection, requests, this.parts, agenda));
    this.observer = new Observer(light, this.button, window, pages, this.connection, account,
      hal.network);
    this.timed = ([gate, strangers, calls, delegation, farewell, challenges, window] as Timed[])
      .concat(relays, hal.identity ? tokens : [], this.observer);
    router.routes = routesOf(roster, this.disco, basics, commands, challenges, readout, control,
      new Forms(router, calls, relays));
    hal.led.write(false);
  }

  /** Replays the journal, then takes the account of the settings where they name one. */
  load(): void {
    const settings = this.settings;
    this.journal.load();
    const bare = this.account.load();
    if (settings.jid !== "" && bare !== "" && bare !== bareJid(settings.jid)) {
      // Trust is that of an account: whoever gives the board another one begins anew.
      this.journal.reset();
      this.journal.finish();
      this.journal.remove(Kind.Revoked);
    }
    this.farewell.load();
    this.trust.load();
    this.tokens.load();
    if (settings.jid !== "") {
      this.account.set(settings.jid, settings.password, settings.host, settings.port,
        settings.secure);
    }
    this.settle();
  }

  /** Factory reset: what the board was flashed with is what it begins with again. */
  forget(): void {
    if (this.settings.jid === "") this.account.forget();
    this.settle();
  }

  /** A provisioning server that was handed over with the account, not in the settings. */
  prefer(provisioning: string): void {
    this.delegation.preprogrammed = provisioning === "*" ? provisioning : bareJid(provisioning);
  }

  /** What was handed over with the account counts where the settings do not say otherwise. */
  private settle(): void {
    this.premises = premisesOf(this.journal, this.account.bare);
    this.prefer(this.settings.provisioning || this.premises.provisioning);
  }

  /** The rendezvous tells what its LED says (rendezvous/newcomer.ts). */
  show(sign: Sign): void {
    this.observer.joining = sign;
  }

  /** Most beats of a board find nothing to do but to look at the button. */
  tick(nowMs: number): void {
    const link = this.link;
    const duties = this.agenda.duties;
    this.button.tick(nowMs);
    if (nowMs < this.dueMs && nowMs >= this.dueMs - ROUND_MS && !link.isStirred &&
      !duties.length && !this.button.heldMs && link.outbound === "") return;
    let isBusy = this.requests.tick(nowMs) || link.jid === "";
    // What was noted is done before more is read: two of the largest would be too much to hold.
    for (let left = STANZAS_PER_TICK_MAX; ; left--) {
      while (duties.length) {
        const duty = duties.splice(0, 1)[0];
        duty.doer.act(duty.what, nowMs);
      }
      if (left === 0) break;
      this.connection.tick(nowMs);
      if (duties.length === 0) break;
    }
    if (this.queue.waiting.length) this.queue.tick(nowMs);
    for (const part of this.timed) if (part.tick(nowMs)) isBusy = true;
    link.onDrain();
    if (this.journal.compaction.isDue) this.journal.compaction.spare();
    this.dueMs = isBusy ? nowMs : nowMs + ROUND_MS;
  }

  /** Ends the stream politely, as before a restart. */
  stop(): void {
    this.connection.close("stopped");
  }

  giveUp(): void {
    this.connection.leave("no roster");
  }

  send(xml: Markup): void {
    this.link.send(xml);
  }

  jid(): string {
    return this.link.jid;
  }

  onOnline(nowMs: number): void {
    this.gate.hold(nowMs);
    this.roster.load(nowMs);
    this.basics.synchronise(nowMs);
  }

  onOffline(_nowMs: number): void {
    this.roster.forget();
    this.trust.unsee();
    this.delegation.stop();
    this.tokens.stop();
    this.window.abandon();
  }

  /** The initial presence, with caps, once the roster is here (RFC 6121). */
  announce(): void {
    this.link.send(presence("", "", this.disco.caps()));
  }

  status(): Status {
    return statusOf(this);
  }
}
