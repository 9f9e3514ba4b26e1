/** What a spectator sees of the board, and the notes that it is worth. */
import type { BoardEvent } from "../../hal/host/board.js";
import { WORDS } from "../../hal/host/sign.js";
import { type Cast, JIDS } from "./cast.js";
import type { BoardView, Line, Party } from "./state.js";
import type { Traffic } from "./traffic.js";

/** A window that ends this close to its end has not been ended by a press. */
const LAPSE_MS = 500;

/** What a board says of itself (VIRTUAL-BOARD, `GET /state`). */
interface BoardState {
  led: { on: boolean; pattern: string };
  relays: Record<string, boolean>;
  sensors: Record<string, number>;
  online: boolean;
  trust: string[];
  friends: string[];
  cache: { entries: number; hits: number; misses: number };
}

const DARK: BoardState = {
  led: { on: false, pattern: "off" }, relays: { relay1: false, relay2: false }, sensors: {},
  online: false, trust: [], friends: [], cache: { entries: 0, hits: 0, misses: 0 },
};

export class Watch {
  /** How often the LED has begun to blink. */
  windows = 0;
  private state = DARK;
  private pairing: { who: Party; untilMs: number } | null = null;
  private candidate: Party = "authority";
  private isFromFlash = false;

  constructor(
    private readonly cast: Cast, private readonly traffic: Traffic,
    private readonly windowMs: number,
  ) {}

  get hits(): number {
    return this.state.cache.hits;
  }

  isOnline(): boolean {
    return this.state.online;
  }

  isTrusting(): boolean {
    return this.state.trust.includes(JIDS.authority);
  }

  /** Somebody has asked the board to be its friend: the LED may blink for that one. */
  onLine(line: Line): void {
    if (line.isNew) return;
    const isParty = line.from === "authority" || line.from === "visitor";
    if (line.label === "subscribe" && line.to === "board" && isParty && !this.pairing) {
      this.candidate = line.from as Party;
    }
  }

  /** Power is back: what it knows now, it knows from its flash. */
  booted(): void {
    this.isFromFlash = this.isTrusting();
  }

  onEvent(event: BoardEvent): void {
    this.look();
    if (event.type === "relay") {
      this.traffic.note("board", `${event.node} switches ${event.on ? "on" : "off"}`);
    } else if (event.type === "trust" && event.jid === JIDS.authority) {
      this.traffic.note("board", this.isFromFlash ? "It still knows whom it trusts"
        : "From now on it trusts the provisioning server", "good");
    }
  }

  /** Compares what is with what was. */
  look(): void {
    const was = this.state;
    const { board } = this.cast;
    // Without power it shows nothing, but what it has in flash stays as it was.
    const is = board ? board.state() as BoardState
      : { ...DARK, trust: was.trust, friends: was.friends, sensors: was.sensors };
    this.state = is;
    if (is.cache.hits > was.cache.hits) {
      this.traffic.note("board", "It remembers the answer: nobody needs to be asked", "good");
    }
    const isBlinking = is.led.pattern === "pairing";
    if (isBlinking && !this.pairing) this.begin();
    else if (!isBlinking && this.pairing) this.end(is.online);
  }

  press(): void {
    if (this.cast.board) this.traffic.note("board", "The button is pressed");
  }

  view(): BoardView {
    const { led, relays, sensors, online, trust, friends, cache } = this.state;
    const { pairing, windowMs } = this;
    return {
      jid: JIDS.board, isPowered: this.cast.board !== null, isOnline: online, led: led.on,
      says: led.pattern === "off" ? "" : WORDS[led.pattern] ?? led.pattern,
      relays, sensors, trust, friends, cache,
      pairing: pairing && { who: pairing.who, windowMs,
        leftMs: Math.max(0, Math.round(pairing.untilMs - performance.now())) },
    };
  }

  private begin(): void {
    this.windows++;
    this.pairing = { who: this.candidate, untilMs: performance.now() + this.windowMs };
    const seconds = Math.round(this.windowMs / 1000);
    this.traffic.note("board", `The LED blinks: ${seconds} s to press the button`);
  }

  private end(isOnline: boolean): void {
    const isOver = performance.now() > this.pairing!.untilMs - LAPSE_MS;
    this.pairing = null;
    if (isOver && isOnline) this.traffic.note("board", "Nobody has pressed: it says no", "bad");
  }
}
