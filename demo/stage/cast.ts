/**
 * The parties of one story, in one process, on random ports of loopback: the XMPP server, a
 * provisioning server, a visitor, and a virtual board that runs the real firmware.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../authority/authority.js";
import { createDesktop } from "../../boards/desktop.js";
import { Board } from "../../hal/host/board.js";
import type { BoardEvent } from "../../hal/host/board.js";
import { createFlash } from "../../hal/host/flash.js";
import type { HostFlash } from "../../hal/host/flash.js";
import { type Arrival, NewDevice, VACANT } from "../../hal/host/newcomer.js";
import { createLabel, identityOf } from "../../hal/host/sticker.js";
import { HostWireless } from "../../hal/host/wireless.js";
import type { Label } from "../../flash/label.js";
import { Air } from "../../hal/host/air.js";
import { type Hop, type Server, startServer } from "../server.js";
import { Visitor } from "../visitor.js";
import type { Party } from "./state.js";

export const DOMAIN = "home.example";
export const HOST = "127.0.0.1";
/** The Wi-Fi of the house, which the new board does not know. */
export const HOME = { ssid: "home", passphrase: "a long passphrase" };
const PASSWORD_BYTES = 18;

export const JIDS: Record<Party, string> = {
  board: `board@${DOMAIN}`, authority: `provisioning@${DOMAIN}`, visitor: `visitor@${DOMAIN}`,
};

export interface CastListener {
  onHop(hop: Hop): void;
  onBoard(event: BoardEvent): void;
  /** Something may be other than before. */
  onChange(): void;
  /** There is a new provisioning server process, which should be listened to. */
  onAuthority(authority: Authority): void;
}

export class Cast {
  /** Null while it is switched off. */
  authority: Authority | null = null;
  /** Null while it has no power. */
  board: Board | null = null;
  visitor!: Visitor;
  /** What a radio can see, for the new board and whoever waits for it. */
  air!: Air;
  private server!: Server;
  private folder = "";
  private isCommissioned = false;
  /** Of the first board. */
  private readonly label = createLabel("board");
  private flash: HostFlash = createFlash();
  /** What surrounds the board does not end with its power. */
  private readonly weather = new Map<string, number>();
  private readonly passwords = {
    board: createPassword(), authority: createPassword(), visitor: createPassword(),
  };

  constructor(private readonly listener: CastListener, private readonly windowMs: number) {}

  async open(): Promise<void> {
    const accounts = Object.fromEntries(Object.entries(JIDS).map(([party, jid]) =>
      [jid.slice(0, jid.indexOf("@")), this.passwords[party as Party]]));
    this.folder = await mkdtemp(join(tmpdir(), "thingward-"));
    this.air = new Air(join(this.folder, "air"));
    this.server = await startServer({ domain: DOMAIN, accounts, registration: true });
    this.server.onStanza((hop) => this.listener.onHop(hop));
    this.visitor = new Visitor(this.accountOf("visitor"));
    await Promise.all([this.startAuthority(), this.visitor.start()]);
    this.plugIn();
  }

  async close(): Promise<void> {
    await Promise.all([this.authority?.stop(), this.visitor?.stop(), this.board?.stop()]);
    await this.server?.close();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  get port(): number {
    return this.server.port;
  }

  /** A second board, as its factory made it. */
  unpack(onStage: () => void): { board: Board; label: Label } {
    const label = createLabel("new board");
    const arrival = this.arrive(label, onStage);
    const board = new Board({
      nodes: createDesktop(), log: () => this.listener.onChange(),
      createFirmware: (hal, pins) => new NewDevice(hal, pins, VACANT, arrival),
    });
    return { board, label };
  }

  private arrive(label: Label, onStage: () => void): Arrival {
    const { air } = this;
    const wireless = new HostWireless({ air, homes: new Map([[HOME.ssid, HOME.passphrase]]) });
    return { wireless, air, identity: () => identityOf(label), listener: { onStage } };
  }

  /** Bound to a stream now, by its full JID. */
  isOnline(jid: string): boolean {
    return this.server.online().includes(jid);
  }

  /** Power comes back: the same flash, and nothing else of what was. */
  plugIn(): void {
    if (this.board) return;
    const nodes = createDesktop();
    const { isCommissioned } = this;
    const { jid, password } = this.accountOf("board");
    const board = new Board({
      nodes, flash: this.flash,
      // At its first start it is commissioned; later its account is in the journal.
      createFirmware: (hal, pins) => new NewDevice(hal, pins, {
        jid: isCommissioned ? "" : jid, password: isCommissioned ? "" : password, host: HOST,
        port: this.server.port, secure: false, provisioning: "", windowMs: this.windowMs,
      }, this.arrive(this.label, () => undefined)),
      log: () => this.listener.onChange(),
      restart: () => setImmediate(() => this.restart(board)),
    });
    for (const [name, value] of this.weather) board.inputs().get(name)!.value = value;
    board.listen((event) => this.listener.onBoard(event));
    this.board = board;
    this.isCommissioned = true;
    board.start();
  }

  /** At this instant: nothing is said, nothing is written any more. */
  pullPlug(): void {
    const { board } = this;
    if (!board) return;
    for (const [name, input] of board.inputs()) this.weather.set(name, input.value);
    // The board that ends below may still believe to write; what counts is what was there now.
    this.flash = this.flash.copy();
    this.server.cut(JIDS.board);
    this.board = null;
    void board.stop();
  }

  /** The world goes on without the board; false for what it cannot measure. */
  setWeather(name: string, value: number): boolean {
    if (!this.weather.has(name)) return false;
    this.weather.set(name, value);
    return true;
  }

  async startAuthority(): Promise<void> {
    const authority = new Authority({
      link: this.accountOf("authority"), file: join(this.folder, "rules.json"),
    });
    this.listener.onAuthority(authority);
    await authority.start();
    this.authority = authority;
  }

  async stopAuthority(): Promise<void> {
    const { authority } = this;
    this.authority = null;
    await authority?.stop();
  }

  private restart(board: Board): void {
    if (this.board !== board) return;
    this.pullPlug();
    this.plugIn();
    this.listener.onChange();
  }

  private accountOf(party: Party) {
    return { jid: JIDS[party], password: this.passwords[party], host: HOST,
      port: this.server.port };
  }
}

function createPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}
