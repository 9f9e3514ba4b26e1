/**
 * Loads from Storage what a board needs when others come or it goes, and lets go of it after:
 *
 *   rendezvous  a board without an account, from its start; and one that was handed over once and
 *               whose network has been gone for long, so that its owner can give it another with
 *               the key of then
 *   invitation  a board with an account whose provisioning server asks it to let a new one in
 *
 * Never both at once. An order is followed in a tick of its own, from a shallow stack, and only
 * where there are the JsVars for it: no server's wish is worth a restart. A file is evaluated by a
 * timer, hence in the outermost scope, where its functions cost least; what it makes it puts here.
 */
import type { Device } from "../../firmware/device.js";
import { Sign } from "../../firmware/pairing/light.js";
import type { Forgetful } from "../../firmware/pairing/reset.js";
import { NS_RENDEZVOUS } from "../../firmware/rendezvous/dweller.js";
import type { Inviter } from "../../firmware/rendezvous/inviter.js";
import type { Newcomer } from "../../firmware/rendezvous/newcomer.js";
import { Stage } from "../../firmware/rendezvous/stage.js";
import type { Handler } from "../../firmware/router/router.js";
import { Condition } from "../../firmware/stream/stanza.js";
import type { Caller } from "../../firmware/stream/stanza.js";
import type { Element } from "../../firmware/xml/element.js";
import type { Hal, Ticker } from "../hal.js";
import type { Given } from "./settings.js";
import type { Station } from "./wifi.js";

const NAME = "rendezvous";
const INVITATION = "invitation";
/** Whoever moves house takes longer than a router to start. */
const AWAY_MS = 600000;
/** Friends are told of a factory reset over the Wi-Fi that is left because of it. */
const FAREWELL_MS = 3000;
/** What an invitation takes at its highest (DESIGN, "Letting others in"), and a stanza. */
const INVITATION_JSVARS = 2500;

/** What a server wants, until somebody sees to it. */
interface Order {
  caller: Caller;
  payload: Element;
}

export class Threshold implements Ticker, Handler, Forgetful {
  /** Of the files, when they have been loaded. */
  newcomer: Newcomer | null = null;
  inviter: Inviter | null = null;
  private order: Order | null = null;
  private upMs = -1;
  /** When to leave the Wi-Fi that was handed over, after a factory reset; -1: soon, 0: not. */
  private leaveMs = 0;
  /** What is loaded, or on its way; "" for nothing. */
  private part = "";
  isLoaded = false;
  /** There is no rendezvous to load: no file, no identity. */
  private closed = false;

  constructor(
    readonly hal: Hal, readonly device: Device, readonly given: Given,
    readonly station: Station | null,
  ) {
    device.parts.push(this);
    this.wait();
  }

  tick(nowMs: number): void {
    if (this.leaveMs) {
      this.leave(nowMs);
      return;
    }
    const inviter = this.inviter;
    const newcomer = this.newcomer;
    if (this.isLoaded && !inviter && !newcomer) this.fail();
    if (this.order) this.follow(this.order, inviter, nowMs);
    if (inviter || newcomer) {
      if (inviter) this.invite(inviter, nowMs);
      if (newcomer) this.join(newcomer, nowMs);
      return;
    }
    if (this.upMs < 0) this.move();
    if (this.upMs < 0 || this.hal.network.isUp()) this.upMs = nowMs;
    const isVacant = this.device.account.bare === "";
    const isLost = this.device.premises.key !== "" && nowMs - this.upMs >= AWAY_MS;
    if (!this.closed && (isVacant || isLost)) this.open();
  }

  /** Of a device that lets nobody in yet. */
  handle(caller: Caller, payload: Element, _nowMs: number): void {
    const router = this.device.roster.router;
    if (!this.device.trust.has(caller.bare)) router.reject(caller, Condition.Forbidden);
    else if (payload.name === "dismiss") router.reject(caller, Condition.ItemNotFound);
    else if (this.order || this.part !== "") router.reject(caller, Condition.ResourceConstraint);
    else this.order = { caller, payload };
  }

  /** Factory reset: whoever was invited is not any more, and nobody's key is known. */
  forget(): void {
    if (this.inviter) this.inviter.forget();
    this.dismiss();
    this.leaveMs = -1;
  }

  private follow(order: Order, inviter: Inviter | null, nowMs: number): void {
    if (inviter) {
      this.order = null;
      inviter.handle(order.caller, order.payload, nowMs);
    } else if (this.part === "") {
      const isShort = process.memory(false).free < INVITATION_JSVARS;
      if (isShort) this.refuse(order, Condition.ResourceConstraint);
      else if (!this.load(INVITATION, INVITATION_SUM)) {
        this.refuse(order, Condition.ServiceUnavailable);
      }
    }
  }

  private join(newcomer: Newcomer, nowMs: number): void {
    newcomer.tick(nowMs);
    const isHome = this.device.account.bare !== "" && this.hal.network.isUp();
    if (newcomer.isDone() || (isHome && newcomer.joiner.stage === Stage.Closed)) this.dismiss();
  }

  private invite(inviter: Inviter, nowMs: number): void {
    inviter.tick(nowMs);
    if (inviter.isOver()) this.dismiss();
  }

  /** While nobody is invited it is we who are asked. */
  private wait(): void {
    const routes = this.device.roster.router.routes;
    routes["set " + NS_RENDEZVOUS + " invite"] = this;
    routes["set " + NS_RENDEZVOUS + " dismiss"] = this;
  }

  /** To the Wi-Fi that came with the account, where the account is not from the cable. */
  private move(): void {
    const premises = this.device.premises;
    if (!this.station || this.given.jid !== "" || premises.ssid === "") return;
    this.station.move(premises.ssid, premises.passphrase);
  }

  /** To the Wi-Fi of the cable, or to none. */
  private leave(nowMs: number): void {
    const given = this.given;
    if (this.leaveMs < 0) this.leaveMs = nowMs + FAREWELL_MS;
    if (nowMs < this.leaveMs) return;
    const station = this.station;
    this.leaveMs = 0;
    this.upMs = -1;
    if (station && station.ssid !== given.ssid) station.move(given.ssid, given.passphrase);
  }

  private open(): void {
    this.closed = true;
    if (this.given.identity) this.load(NAME, RENDEZVOUS_SUM);
  }

  /** False where the file is not there, or of another build: an update was cut between the two. */
  private load(name: string, sum: number): boolean {
    const code = require("Storage").read(name);
    if (!code || E.CRC32(code) !== sum) return false;
    this.part = name;
    THRESHOLD = this;
    setTimeout(code, 0);
    setTimeout(loaded, 0, this);
    return true;
  }

  /** It made nothing: the identity is of no use, or there was no memory. */
  private fail(): void {
    const isClosed = this.closed || this.part === NAME;
    if (this.order) this.refuse(this.order, Condition.ServiceUnavailable);
    this.dismiss();
    this.closed = isClosed;
  }

  private refuse(order: Order, condition: Condition): void {
    this.order = null;
    this.device.roster.router.reject(order.caller, condition);
  }

  /** What a file has declared goes; its last line lists that. */
  private dismiss(): void {
    const code = (this.part !== "" && require("Storage").read(this.part)) || "";
    const scope: any = global;
    for (const name of code.slice(code.lastIndexOf("/") + 1, -1).split(",")) delete scope[name];
    if (this.newcomer) this.device.show(Sign.Off);
    this.newcomer = this.inviter = this.order = null;
    this.part = "";
    this.isLoaded = this.closed = false;
    this.wait();
  }
}

/** Behind the file: an event may bring a tick before both. */
function loaded(threshold: Threshold): void {
  threshold.isLoaded = true;
}
