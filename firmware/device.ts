/**
 * The composition root: constructs the parts, joins them, ticks them in a written order.
 *   socket → xml → stream → router → thing → access → sensor / relay
 */
import type { AnalogIn, Hal, Ticker } from "../hal/hal.js";
import { PAIRING_WINDOW_MS, STANZAS_PER_TICK_MAX } from "./config.js";
import { Cache } from "./access/cache.js";
import { Challenges } from "./access/challenge.js";
import { Commands } from "./access/command.js";
import { Delegation } from "./access/delegation.js";
import { Farewell } from "./access/farewell.js";
import { Friendship } from "./access/friendship.js";
import { Gate } from "./access/gate.js";
import { Refusals } from "./access/refusal.js";
import { Strangers } from "./access/stranger.js";
import { Tokens } from "./access/token.js";
import { Trust } from "./access/trust.js";
import { Button } from "./pairing/button.js";
import { Light, type Sign, rhythmOf } from "./pairing/light.js";
import { Observer } from "./pairing/observer.js";
import { type Forgetful, Reset } from "./pairing/reset.js";
import { PairingWindow } from "./pairing/window.js";
import { Basics } from "./router/basics.js";
import { Disco } from "./router/disco.js";
import { Roster } from "./router/roster.js";
import { type Followers, Router } from "./router/router.js";
import { routesOf } from "./routes.js";
import type { Settings, Status } from "./setting.js";
import { Journal } from "./store/journal.js";
import { Log } from "./store/log.js";
import { Pages } from "./store/page.js";
import { Kind } from "./store/record.js";
import { Account } from "./stream/account.js";
import { Connection, State } from "./stream/connection.js";
import { Link } from "./stream/link.js";
import { Memo } from "./stream/memo.js";
import { Negotiation } from "./stream/negotiation.js";
import { type Outlet, Requests } from "./stream/requests.js";
import { bareJid } from "./stream/jid.js";
import { type Premises, premisesOf } from "./stream/premises.js";
import { presence } from "./stream/stanza.js";
import { Calls } from "./thing/call.js";
import { Control } from "./thing/control.js";
import { Forms } from "./thing/form.js";
import { type NodeSpec, keyOf } from "./thing/node.js";
import { Queue } from "./thing/queue.js";
import { Readout } from "./thing/readout.js";
import { Relay } from "./thing/relay.js";
import type { Markup } from "./xml/print.js";

export class Device implements Ticker, Followers, Outlet, AnalogIn {
  readonly account: Account;
  readonly journal: Journal;
  readonly cache: Cache;
  readonly trust: Trust;
  readonly tokens: Tokens;
  readonly refusals: Refusals;
  readonly challenges: Challenges;
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
  private readonly strangers: Strangers;
  private readonly observer: Observer;
  private readonly calls: Calls;
  private readonly queue: Queue;
  readonly relays: Relay[];
  /** All that a factory reset tells to forget; who stands beside the device adds itself. */
  readonly parts: Forgetful[];
  /** What was handed over with the account; known after `load`. */
  premises: Premises;

  constructor(hal: Hal, nodes: NodeSpec[], private readonly settings: Settings) {
    const crypto = hal.crypto;
    this.relays = [];
    this.premises = { ssid: "", passphrase: "", provisioning: "", key: "" };
    for (const node of nodes) {
      for (const relay of node.relays) {
        this.relays.push(new Relay(keyOf(node), relay.name, relay.output));
      }
    }
    const cache = this.cache = new Cache(crypto);
    const pages = new Pages(hal.flash, crypto);
    this.journal = cache.journal = new Journal(new Log(pages, crypto), cache);
    const account = this.account = new Account(this.journal);
    const trust = this.trust = new Trust(this.journal);
    const requests = this.requests = new Requests(this, account, hal.random, crypto);
    const roster = this.roster = new Roster(account, this, requests);
    const router = roster.router = new Router(this, requests, roster, this);
    const link = this.link = new Link(hal.network);
    const memo = new Memo();
    this.connection = new Connection(hal, account, link,
      new Negotiation(crypto, hal.random, account), router, memo);
    this.disco = new Disco(router, crypto);
    const basics = this.basics = new Basics(router, requests, roster, hal.clock);
    const delegation = this.delegation = new Delegation(trust, cache, roster, requests, "", crypto);
    this.prefer(settings.provisioning);
    const challenges = this.challenges = new Challenges(router, requests, crypto, hal.identity);
    const tokens = this.tokens = new Tokens(this.journal, trust, requests, crypto, hal.identity,
      challenges);
    const refusals = this.refusals = new Refusals();
    const gate = this.gate = new Gate(trust, cache, requests, roster, challenges, refusals);
    const calls = this.calls = new Calls(gate);
    const queue = this.queue = new Queue(calls, basics);
    const farewell = roster.leavers = new Farewell(this.journal, cache, roster, queue);
    const strangers = this.strangers = new Strangers(roster, gate);
    const friendship = new Friendship(roster, trust, strangers, delegation, this);
    roster.policy = friendship;
    const light = new Light(hal.led);
    const window = this.window = new PairingWindow(light, friendship,
      settings.windowMs || PAIRING_WINDOW_MS);
    strangers.ceremony = window;
    const commands = new Commands(trust, cache, roster, router, friendship, farewell);
    const readout = new Readout(router, this, queue, memo, basics,
      nodes.concat([{ nodeId: "device", texts: refusals, sensors: [
        { type: "status", name: "Erases", unit: "", decimals: 0, input: this },
      ], relays: [] }]), this.relays);
    const control = new Control(router, calls, this.relays);
    this.parts = ([cache, tokens, challenges, refusals, strangers, delegation, window, control,
      queue, this] as Forgetful[]).concat(this.relays);
    this.button = new Button(hal.button, new Reset(window, light, this.journal, farewell, trust,
      this.connection, requests, this.parts));
    this.observer = new Observer(light, this.button, window, pages, this.connection, account,
      hal.network);
    router.routes = routesOf(roster, this.disco, basics, commands, challenges, readout, control,
      new Forms(router, calls, this.relays));
    hal.led.write(false);
  }

  /** Replays the journal, then takes the account of the settings where they name one. */
  load(): void {
    const settings = this.settings;
    this.journal.load();
    this.account.load();
    const bare = this.account.bare;
    if (settings.jid !== "" && bare !== "" && bare !== bareJid(settings.jid)) {
      // Trust is that of an account: whoever gives the board another one begins anew.
      this.journal.reset();
      this.journal.remove(Kind.Revoked);
    }
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

  tick(nowMs: number): void {
    this.button.tick(nowMs);
    let answers = STANZAS_PER_TICK_MAX; // Two of the largest would be too much to hold at once.
    do this.connection.tick(nowMs); while (this.requests.tick(nowMs) && --answers);
    this.account.tick();
    this.gate.tick(nowMs);
    this.strangers.tick(nowMs);
    this.queue.tick(nowMs);
    this.calls.tick(nowMs);
    this.delegation.tick(nowMs);
    this.tokens.tick(nowMs);
    this.challenges.tick();
    this.window.tick(nowMs);
    for (const relay of this.relays) relay.tick(nowMs);
    this.observer.tick(nowMs);
    this.link.onDrain();
  }

  /** The status field: how often a page of the flash was erased (DESIGN, "Wear"). */
  read(): number {
    return this.journal.log.pages.newest();
  }

  /** Ends the stream politely, as before a restart. */
  stop(): void {
    this.connection.close("stopped");
  }

  send(xml: Markup): void {
    this.link.send(xml);
  }

  jid(): string {
    return this.connection.jid();
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
    this.send(presence("", "", this.disco.caps()));
  }

  status(): Status {
    return {
      jid: this.jid(),
      online: this.connection.state === State.Online,
      why: this.connection.why,
      account: this.account.bare,
      trust: this.trust.list(),
      friends: this.roster.friends(),
      pattern: rhythmOf(this.observer.light.sign)[0],
      entries: this.cache.entries,
      hits: this.cache.hits,
      misses: this.cache.misses,
      erases: this.read(),
      fault: this.connection.fault,
      defect: this.observer.defect(),
    };
  }
}
