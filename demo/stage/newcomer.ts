/**
 * The second board: it comes out of its box without a network, and goes all the way to being
 * trusted and read.
 */
import { printCode } from "../../flash/code.js";
import { labelText, printId, qrSvg } from "../../flash/label.js";
import type { Authority } from "../../authority/authority.js";
import type { InvitationNews } from "../../authority/invitation.js";
import type { Board, BoardEvent } from "../../hal/host/board.js";
import { type ArrivalFacts, tellArrival, Way } from "./arrival.js";
import { type Cast, JIDS } from "./cast.js";
import { Hall, type HallListener } from "./hall.js";
import { Untimely } from "./office.js";
import { replyToAsking, replyToRead } from "./reply.js";
import type { NewcomerView, Reply, Tone } from "./state.js";
import type { Traffic } from "./traffic.js";

const ANSWER_MS = 15000;
/** A finger is never quicker than contacts settle. */
const TAP_MS = 150;

/** What the LED says of a board that is looking, or has found somebody. */
const LOOKING = ["searching", "claimed"];

/** What a board says of itself (VIRTUAL-BOARD, `GET /state`). */
interface BoardState {
  led: { on: boolean; pattern: string };
  online: boolean;
  trust: string[];
}

const DARK: BoardState = { led: { on: false, pattern: "off" }, online: false, trust: [] };

export class Newcomer implements HallListener {
  /** Its bare JID; "" until it has one. */
  jid = "";
  private readonly hall: Hall;
  private board: Board | null = null;
  private label: NewcomerView["label"] = null;
  private deviceId = "";
  private way = Way.Apart;
  private fault: ArrivalFacts["fault"] = "";
  /** Within the window that is open; without a press it looks for somebody, too. */
  private isPressed = false;
  private hasRead = false;
  private isBusy = false;
  private reply: Reply | null = null;
  private downMs = 0;

  constructor(
    private readonly cast: Cast, private readonly traffic: Traffic,
    private readonly authority: () => Authority,
    /** The first board does what its provisioning server asks. */
    private readonly isLendable: () => boolean, private readonly onChange: () => void,
  ) {
    this.hall = new Hall(cast, this);
  }

  unpack(): void {
    if (this.board) return;
    const { board, label } = this.cast.unpack(() => this.look());
    this.board = board;
    this.deviceId = label.deviceId;
    this.label = { id: printId(label.deviceId), code: printCode(label.code),
      symbol: qrSvg(labelText(label)) };
    board.listen((event) => this.onBoard(event));
    board.start();
    this.onNote("A new board has power, and nothing else");
    this.look();
  }

  /** Somebody has typed a code, and waits, or lets the first board wait, for who knows it. */
  async await(typed: string, byBoard: boolean): Promise<void> {
    if (!this.board || this.way >= Way.Proved) throw new Untimely("no board is waited for");
    if (!byBoard) await this.hall.open(typed);
    else if (!this.isLendable()) throw new Untimely("the first board trusts nobody who could ask");
    else await this.hall.lend(typed, this.deviceId, this.authority());
    this.fault = "";
    this.look();
  }

  moveButton(isDown: boolean): void {
    const button = this.board?.button;
    if (!button) return;
    if (isDown) this.pressed();
    const isTap = !isDown && performance.now() - this.downMs < TAP_MS;
    if (isTap) void button.press(TAP_MS);
    else button.move(isDown);
  }

  async press(ms: number): Promise<void> {
    if (!this.board) return;
    this.pressed();
    await this.board.button.press(ms);
  }

  onNews(device: string, news: InvitationNews): void {
    if (device === JIDS.board && news.deviceId === this.deviceId) this.hall.onNews(news);
  }

  onWay(way: Way): void {
    // Who has gone to try what it was given is not called back by a door that closes.
    if (way !== Way.Apart) this.way = way;
    this.onChange();
  }

  onFault(fault: ArrivalFacts["fault"]): void {
    // A board that nobody has pressed comes and goes: it is not the one that is waited for.
    if (this.way === Way.Online || (fault === "gone" && this.way < Way.Met)) return;
    this.fault = fault;
    this.isPressed = false;
    this.way = Way.Apart;
    this.onChange();
  }

  onAccount(jid: string): void {
    this.jid = jid;
    this.onNote(`The XMPP server has made the account ${jid}`);
  }

  onNote(words: string, tone: Tone = "plain"): void {
    this.traffic.note("board", words, tone, true);
  }

  /** A rule for the new board, and the visitor does what it did with the first one. */
  async meet(): Promise<void> {
    const authority = this.authority();
    if (!this.isReady()) throw new Untimely("the new board is not there yet");
    this.isBusy = true;
    this.onChange();
    try {
      this.traffic.note("authority", "New rule: the visitor may read the new board", "plain", true);
      await authority.setRule({ device: this.jid, peer: JIDS.visitor, friend: true, read: true });
      this.reply = await this.visit();
    } finally {
      this.isBusy = false;
      this.onChange();
    }
  }

  async close(): Promise<void> {
    const { board } = this;
    this.board = null;
    await Promise.all([this.hall.close(), board?.stop()]);
  }

  view(): NewcomerView {
    const { way, fault, hasRead } = this;
    const state = this.state();
    const isHere = this.board !== null;
    const { network } = this.hall;
    const isAwaited = network !== "" && way < Way.Online;
    const isAuthorityOn = this.cast.authority !== null;
    return {
      isHere, jid: this.jid, isOnline: state.online, led: state.led.on, label: this.label,
      isAwaited, network, isLendable: this.isLendable(), isReady: this.isReady(),
      isBusy: this.isBusy, reply: this.reply,
      steps: tellArrival({ isHere, isAwaited, way, fault, isAuthorityOn,
        isTrusting: this.isTrusting(), hasRead }),
    };
  }

  private async visit(): Promise<Reply> {
    const { jid } = this;
    const { visitor } = this.cast;
    const outcome = await visitor.befriend(jid, ANSWER_MS);
    const context = { isFriend: outcome === "accepted", isPowered: true, isTrusting: true,
      isAuthorityOn: this.cast.authority !== null, isRemembered: false };
    if (outcome !== "accepted") return replyToAsking(outcome, context);
    await visitor.whenPresent(jid, ANSWER_MS);
    const result = await visitor.read(jid, {}, ANSWER_MS);
    this.hasRead ||= result.outcome === "read";
    return replyToRead(result, "all", context);
  }

  private onBoard(event: BoardEvent): void {
    if (event.type === "online" && this.way !== Way.Online) {
      this.way = Way.Online;
      this.fault = "";
      this.onNote("Online: it keeps what it was given", "good");
      void this.hall.close();
    } else if (event.type === "trust" && event.jid === JIDS.authority) {
      this.onNote("It trusts the provisioning server, whose name came along", "good");
    }
    this.look();
  }

  /** The board may have begun to look for somebody, or have given up. */
  private look(): void {
    const isLooking = LOOKING.includes(this.state().led.pattern);
    if (isLooking && this.isPressed && this.way === Way.Apart) this.way = Way.Looking;
    if (!isLooking && this.way === Way.Looking) {
      this.way = Way.Apart;
      this.isPressed = false;
    }
    this.onChange();
  }

  private pressed(): void {
    this.downMs = performance.now();
    this.isPressed = true;
    this.fault = "";
    this.onNote("The button is pressed");
    this.look();
  }

  private state(): BoardState {
    return this.board ? this.board.state() as BoardState : DARK;
  }

  private isTrusting(): boolean {
    return this.state().trust.includes(JIDS.authority);
  }

  private isReady(): boolean {
    return this.state().online && this.isTrusting();
  }
}
