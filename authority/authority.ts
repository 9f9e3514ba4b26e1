/**
 * A provisioning server (XEP-0324): it decides for devices who their friends are, who may read
 * them and who may control them, by rules that a person may change at any time. What no rule
 * decides is refused, and listed as a question.
 */
import { EventEmitter } from "node:events";
import xml, { type Element } from "@xmpp/xml";
import { Clearing } from "./clearing.js";
import { Desk } from "./desk.js";
import { Devices } from "./device.js";
import type { LinkOptions } from "./entity.js";
import type { AuthorityEvents } from "./event.js";
import { type BefriendOutcome, Friendship } from "./friendship.js";
import { Arrivals } from "./arrival.js";
import { type NewBoard, dismiss, invite } from "./invitation.js";
import { bareJid, parseJid } from "./jid.js";
import { Link } from "./link.js";
import { friendMessage } from "./provisioning.js";
import { type PendingQuestion, Questions, answeringRule } from "./question.js";
import { decide } from "./decision.js";
import { type ControlScope, type ReadScope, type Rule, parseRule } from "./rule.js";
import { Store } from "./store.js";
import { Tokens } from "./token.js";

/** A challenge that is passed on twice still comes back: a device gives up after 10 s. */
const PROOF_MS = 30000;

export interface AuthorityOptions {
  link: LinkOptions;
  /** Where rules and devices are kept. Default: in memory only */
  file?: string;
  /** The first pause before a clearCache is repeated. */
  clearRetryMs?: number;
}

export type { AuthorityEvents } from "./event.js";

export class Authority {
  readonly events = new EventEmitter<AuthorityEvents>();
  readonly devices: Devices;
  private readonly store: Store;
  private readonly pending = new Questions();
  private readonly tokens: Tokens;
  private readonly arrivals = new Arrivals();
  private readonly link: Link;
  private readonly clearing: Clearing;
  private readonly friendship: Friendship;

  constructor(options: AuthorityOptions) {
    const { events } = this;
    this.store = new Store(options.file);
    this.devices = new Devices(this.store);
    this.tokens = new Tokens(this.store);
    const desk = new Desk(this.devices, this.store, this.pending, this.tokens, {
      onDecision: (question, answer) => events.emit("decision", question, answer),
      onQuestion: (pending) => events.emit("question", pending),
      onDevice: (device) => this.deviceChanged(device),
      // The answer goes out first: it is right already, and a clearCache would void it.
      onSeen: (device) => setImmediate(() => this.clearing.due(device)),
    });
    this.link = new Link(options.link, {
      onOnline: (jid) => this.online(jid),
      onOffline: () => this.offline(),
      onRequest: (iq) => desk.onRequest(iq, this.link.jid, this.link.isComponent),
      onPresence: (stanza) => this.presence(stanza),
      onMessage: (stanza) => {
        const device = bareJid(stanza.attrs["from"]);
        const news = this.arrivals.hear(device, stanza, this.devices.find(device) !== undefined);
        for (const one of news) events.emit("invitation", device, one);
      },
      onFault: (error) => events.emit("fault", error),
    });
    this.clearing = new Clearing(this.devices, this.link, {
      onClear: (device, outcome) => events.emit("clear", device, outcome),
      onFresh: (device) => this.deviceChanged(device),
    }, options.clearRetryMs);
    this.friendship = new Friendship(this.devices, this.link, {
      onFriendship: (device, state) => events.emit("friendship", device, state),
      onDevice: (device) => this.deviceChanged(device),
    });
  }

  /** Our own JID, while online. */
  get jid(): string {
    return this.link.jid;
  }

  async start(): Promise<string> {
    await this.store.load();
    return this.link.start();
  }

  async stop(): Promise<void> {
    this.clearing.stop();
    this.friendship.stop();
    await this.link.stop();
    await this.store.save();
  }

  /** Sends a friendship request; somebody must press the device's button to accept it. */
  befriend(device: string): Promise<BefriendOutcome> {
    return this.friendship.befriend(requireBare(device));
  }

  rules(): Rule[] {
    return this.store.rules();
  }

  questions(): PendingQuestion[] {
    return this.pending.list();
  }

  /** Replaces what the rule for this pair says; every device concerned clears its cache. */
  async setRule(value: Rule): Promise<void> {
    const rule = parseRule(value);
    if (typeof rule === "string") throw new Error(rule);
    if (this.store.put(rule)) await this.changed(rule.device);
  }

  async removeRule(device: string, peer: string): Promise<void> {
    if (this.store.remove(device, peer)) await this.changed(device);
  }

  /** A person's answer to a pending question; `scope` narrows a yes. */
  async answer(id: string, isYes: boolean, scope?: ReadScope | ControlScope): Promise<void> {
    const question = this.pending.find(id)?.question;
    if (!question) throw new Error("no such question");
    const before = this.store.rule(question.device, question.peer);
    await this.setRule(answeringRule(question, before, isYes, scope));
  }

  /** The token that a device was given (XEP-0324 "requesttoken"); "" for none. */
  tokenOf(device: string): string {
    return this.tokens.of(requireBare(device));
  }

  /**
   * Asks the full JID that used a token to prove it ("tokenchallenge"). False where it cannot,
   * will not, or does not answer.
   */
  async prove(jid: string, token: string): Promise<boolean> {
    const test = this.tokens.test(token);
    if (!test) throw new Error("no such token");
    const iq = xml("iq", { type: "get", to: jid }, test.request);
    return this.link.request(iq, PROOF_MS).then((answer) => test.isSolved(answer), () => false);
  }

  /** Ends a friendship of a device, now and by rule. Only for devices that ask us. */
  async unfriend(device: string, peer: string): Promise<void> {
    await this.setFriend("unfriend", requireBare(device), requireBare(peer));
  }

  /** Tells a device that it could be a friend of somebody, and allows it by rule. */
  async recommend(device: string, peer: string): Promise<void> {
    await this.setFriend("friend", requireBare(device), requireBare(peer));
  }

  /** Lets a device wait for a new board. Resolves with its network; rejects where it will not. */
  async invite(device: string, board: NewBoard): Promise<string> {
    const fullJid = this.reach(device);
    this.arrivals.expect(board.deviceId, bareJid(board.jid), bareJid(fullJid));
    return invite(this.link, fullJid, board);
  }

  /** It need not wait any longer. */
  async dismiss(device: string): Promise<void> {
    await dismiss(this.link, this.reach(device));
  }

  private reach(device: string): string {
    const fullJid = this.devices.at(requireBare(device)).at(-1);
    if (fullJid === undefined) throw new Error(`${device} is not online`);
    return fullJid;
  }

  private async setFriend(word: "friend" | "unfriend", device: string, peer: string) {
    // XEP-0324: such messages are for clients that have asked us before.
    if (!this.devices.find(device)?.hasAsked) throw new Error(`${device} has never asked us`);
    const before = this.store.rule(device, peer);
    await this.setRule({ ...before, device, peer, friend: word === "friend" });
    this.link.send(friendMessage(word, this.devices.at(device).at(-1) ?? device, peer));
  }

  private async changed(device: string): Promise<void> {
    const affected = this.devices.affected(device);
    for (const jid of affected) this.clearing.changed(jid);
    this.pending.settle((question) =>
      decide(this.store.about(question.device, question.peer), question).isRuled);
    try {
      await this.store.save();
    } finally {
      // What cannot be written holds all the same, so a right that was taken away is gone now.
      this.events.emit("change");
      for (const jid of affected) {
        this.emitDevice(jid);
        this.clearing.due(jid);
      }
    }
  }

  private online(jid: string): void {
    this.friendship.online().catch((error: Error) => this.events.emit("fault", error));
    for (const device of this.devices.affected("*")) this.clearing.due(device);
    this.events.emit("online", jid);
  }

  private offline(): void {
    this.devices.forgetPresence();
    this.events.emit("offline");
  }

  private presence(stanza: Element): void {
    const { from = "", type } = stanza.attrs;
    this.friendship.onPresence(stanza);
    if (type && type !== "unavailable") return;
    const device = bareJid(from);
    if (type) this.devices.gone(from);
    else if (this.devices.seen(from)) {
      this.clearing.due(device);
      return this.deviceChanged(device);
    }
    this.emitDevice(device);
  }

  private deviceChanged(device: string): void {
    this.store.save().catch((error: Error) => this.events.emit("fault", error));
    this.emitDevice(device);
  }

  private emitDevice(jid: string): void {
    const device = this.devices.find(jid);
    if (device) this.events.emit("device", device);
  }
}

function requireBare(text: string): string {
  const jid = parseJid(text);
  if (!jid || jid.resource) throw new Error(`not a bare JID: ${text}`);
  return bareJid(text);
}
