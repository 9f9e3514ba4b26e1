/**
 * Everything around one device, in virtual time: the board of the mock HAL with the nodes of the
 * desktop board, its XMPP server, and whoever a test lets in. Nothing here knows the inside of
 * the firmware: it is driven through Device, pins, and octets.
 */
import { TICK_MS } from "../../firmware/config.js";
import { Device } from "../../firmware/device.js";
import type { Settings } from "../../firmware/setting.js";
import type { NodeSpec } from "../../firmware/thing/node.js";
import type { Identity } from "../../hal/hal.js";
import { MockClock } from "../../hal/mock/clock.js";
import type { MockFlash } from "../../hal/mock/flash.js";
import { MockAnalog, MockOutput } from "../../hal/mock/gpio.js";
import { createMockHal } from "../../hal/mock/hal.js";
import type { MockHal } from "../../hal/mock/hal.js";
import { Authority } from "./authority.js";
import { Catalogue } from "./catalogue.js";
import { bareOf } from "./markup.js";
import { Owner } from "./owner.js";
import { isAccount, Wire } from "./wire.js";
import { Visitor } from "./visitor.js";
import { Ledger } from "./witness.js";

export const DOMAIN = "ex.org";
export const PASSWORD = "correct horse";
export const AUTHORITY_COMPONENT = "provisioning.ex.org";
export const AUTHORITY_ACCOUNT = "authority@ex.org/home";
const ROUNDS_MAX = 100_000;

export interface Options {
  /** A preprogrammed provisioning server, as Settings has it. */
  provisioning?: string;
  windowMs?: number;
  /** In place of the desktop's. */
  nodes?: (world: World) => NodeSpec[];
  password?: string;
  /** Of the settings, in place of the usual one. */
  account?: string;
  /** The settings name no account: what is on flash counts. */
  isKept?: boolean;
  /** A board that can do RSA. */
  identity?: Identity;
  /** A board that has run before. */
  flash?: MockFlash;
}

/** Payloads of all worlds of a test file; see catalogue.ts. */
export const catalogue = new Catalogue();

export class World {
  readonly board: MockHal;
  readonly wire: Wire;
  readonly owner: Owner;
  readonly ledger = new Ledger();
  readonly account = `dev@${DOMAIN}`;
  readonly temperature = new MockAnalog(21.5);
  readonly humidity = new MockAnalog(40);
  device: Device;
  /** By node. */
  relays: Record<string, MockOutput> = {};
  /** Whoever else lives in this world: ticked after the device. */
  readonly others: { tick(nowMs: number): void }[] = [];
  /** False between a power cut and the next start. */
  isOn = false;

  constructor(readonly options: Options = {}) {
    this.board = createMockHal({
      seed: "world", clock: new MockClock(), ...(options.flash ? { flash: options.flash } : {}),
      ...(options.identity ? { identity: options.identity } : {}),
    });
    this.wire = new Wire(this.board.clock, this.board.network, DOMAIN, { dev: PASSWORD });
    this.wire.account(this.account);
    this.wire.observe = (direction, stanza) => {
      if (direction === "out") catalogue.add(stanza);
      this.ledger.note(direction, stanza);
    };
    this.owner = new Owner(this.board, (ms) => this.pass(ms));
    this.device = this.create();
  }

  /** Full JID of the device now. */
  get jid(): string {
    return this.wire.stream.jid;
  }

  /** The board gets power, and time to come online. */
  start(): this {
    this.device = this.create();
    this.isOn = true;
    this.device.load();
    this.pass(400);
    return this;
  }

  /** Power off and on again: the flash, the clock and randomness go on. */
  restart(): void {
    this.cutPower();
    this.start();
  }

  cutPower(): void {
    this.isOn = false;
    if (this.wire.streams.length) this.wire.stream.close();
    this.board.clock.flush();
  }

  /** The connection breaks; the device comes back by itself. */
  dropStream(): void {
    this.wire.stream.close("connection reset");
    this.settle();
  }

  settle(): void {
    let rounds = 0;
    do {
      if (this.isOn) this.device.tick(this.board.clock.nowMs());
      for (const other of this.others) other.tick(this.board.clock.nowMs());
      if (++rounds > ROUNDS_MAX) throw new Error("the device never rests");
    } while (this.board.clock.flush() > 0);
  }

  /** A tick every TICK_MS; while the server is busy sending, one a millisecond. */
  pass(ms: number, stepMs = TICK_MS): void {
    this.settle();
    for (let leftMs = ms; leftMs > 0;) {
      const isBusy = this.wire.streams.length > 0 && this.wire.stream.isBusy;
      const step = Math.min(isBusy ? 1 : stepMs, leftMs);
      this.board.clock.advance(step);
      this.settle();
      leftMs -= step;
    }
  }

  /** Long times, with a tick a second. */
  skip(ms: number): void {
    this.pass(ms, 1000);
  }

  /** A provisioning server, trusted because it was preprogrammed, and the device online. */
  trusting(jid = AUTHORITY_COMPONENT): Authority {
    const authority = new Authority(this, jid);
    this.options.provisioning = bareOf(jid);
    if (isAccount(jid)) this.wire.account(bareOf(jid)).roster.befriend(this.account);
    if (isAccount(jid)) this.wire.account(this.account).roster.befriend(bareOf(jid));
    this.start();
    if (this.device.status().trust.length !== 1) throw new Error("no trust");
    return authority;
  }

  /** Somebody who is a friend already, in both rosters. Before the start, or it takes a drop. */
  friend(jid = `visitor@${DOMAIN}/phone`): Visitor {
    const roster = this.wire.account(this.account).roster;
    roster.befriend(bareOf(jid));
    this.wire.account(bareOf(jid)).roster.befriend(this.account);
    if (this.isOn) this.wire.push(this.account, bareOf(jid), roster.item(bareOf(jid)));
    const visitor = new Visitor(this, jid);
    this.settle();
    visitor.actor.take();
    return visitor;
  }

  stranger(jid = `evil@${DOMAIN}/x`): Visitor {
    return new Visitor(this, jid);
  }

  private create(): Device {
    this.relays = { relay1: this.output(), relay2: this.output() };
    this.board.led.write(false);
    const settings: Settings = {
      jid: this.options.isKept ? "" : this.options.account ?? this.account,
      password: this.options.password ?? PASSWORD, host: "", port: 5223,
      secure: true, provisioning: this.options.provisioning ?? "",
      windowMs: this.options.windowMs ?? 0,
    };
    const nodes = this.options.nodes ? this.options.nodes(this) : this.desktop();
    return new Device(this.board.hal, nodes, settings);
  }

  output(): MockOutput {
    return new MockOutput(this.board.clock);
  }

  private desktop(): NodeSpec[] {
    const sensors = [
      { name: "Temperature", unit: "\xC2\xB0C", decimals: 1, input: this.temperature },
      { name: "Humidity", unit: "%", decimals: 0, input: this.humidity },
    ];
    const relay = (nodeId: string): NodeSpec => ({
      nodeId, sensors: [], relays: [{ name: "Output", output: this.relays[nodeId]! }],
    });
    return [{ nodeId: "sensor", sensors, relays: [] }, relay("relay1"), relay("relay2")];
  }
}
