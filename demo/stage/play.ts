/**
 * One telling of the story: its parties joined, and all that can be seen of them.
 */
import type { Hop } from "../server.js";
import { Cast, JIDS } from "./cast.js";
import { Guest } from "./guest.js";
import { Newcomer } from "./newcomer.js";
import { Office } from "./office.js";
import type { Line, Party, StageState } from "./state.js";
import { tell } from "./story.js";
import { Traffic } from "./traffic.js";
import { Watch } from "./watch.js";

/** By then the board has seen that the button is up, and its LED says what comes of it. */
const SETTLE_MS = 300;
/** Shorter presses are made longer by as much. */
const TAP_MS = 150;

export interface PlayListener {
  onLine(line: Line): void;
  onChange(): void;
}

export class Play {
  readonly traffic: Traffic;
  readonly office: Office;
  readonly guest: Guest;
  readonly newcomer: Newcomer;
  private readonly cast: Cast;
  private readonly watch: Watch;
  private isOpen = false;
  private downMs = 0;
  /** The board has refused without a blink: it was asked too often. */
  private isWeary = false;

  constructor(windowMs: number, private readonly listener: PlayListener) {
    const parties = Object.entries(JIDS).map(([party, jid]) => [jid, party as Party]);
    const onChange = (): void => this.change();
    this.traffic = new Traffic(Object.fromEntries(parties) as Record<string, Party>,
      (jid) => this.cast.isOnline(jid), (line) => listener.onLine(line),
      () => this.newcomer.jid);
    this.cast = new Cast({
      onHop: (hop) => this.heard(hop),
      onBoard: (event) => {
        this.watch.onEvent(event);
        this.change();
      },
      onChange,
      onAuthority: (authority) => {
        this.office.follow(authority);
        authority.events.on("invitation", (device, news) => this.newcomer.onNews(device, news));
      },
    }, windowMs);
    this.watch = new Watch(this.cast, this.traffic, windowMs);
    this.office = new Office(this.cast, this.traffic, onChange);
    this.guest = new Guest(this.cast, this.watch, windowMs, onChange);
    this.newcomer = new Newcomer(this.cast, this.traffic, () => this.office.demand(),
      () => this.cast.authority !== null && this.watch.isTrusting() && this.watch.isOnline(),
      onChange);
  }

  async open(): Promise<void> {
    await this.cast.open();
    this.guest.open();
    await this.office.open();
    this.isOpen = true;
    this.change();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.all([this.newcomer.close(), this.cast.close()]);
  }

  state(): StageState {
    const board = this.watch.view();
    const authority = this.office.view();
    const visitor = this.guest.view();
    const isTrusting = this.watch.isTrusting();
    const isFriend = isTrusting || board.friends.includes(JIDS.authority);
    const steps = tell({
      isPowered: board.isPowered, isOnline: board.isOnline, isAuthorityOn: authority.isOn,
      candidate: board.pairing?.who ?? null, isTrusting,
      asking: isFriend ? "accepted" : this.office.asking, isWeary: this.isWeary,
      friendship: visitor.friendship, seesBoard: visitor.seesBoard,
      question: authority.questions.find(({ kind }) => kind === "friend")?.id ?? "",
      rights: authority.rights, isClearing: this.office.isClearing(), ...this.guest.past,
    });
    return { board, authority, visitor, newcomer: this.newcomer.view(), steps };
  }

  async befriend(): Promise<void> {
    const { windows } = this.watch;
    await this.office.befriend();
    this.isWeary = this.office.asking === "refused" && this.watch.windows === windows;
    this.change();
  }

  async changeRights(wish: Record<string, unknown>): Promise<void> {
    if (await this.office.change(wish)) this.guest.forget();
    this.change();
  }

  async answer(id: string, choice: string): Promise<void> {
    if (await this.office.answer(id, choice)) this.guest.forget();
    this.change();
  }

  read(what: "all" | "temperature"): Promise<void> {
    return this.guest.read(what, this.office.view().rights.read === "none");
  }

  power(isOn: boolean): void {
    if (isOn === this.watch.view().isPowered) return;
    this.traffic.note("board", isOn ? "Power is back" : "The plug is pulled",
      isOn ? "plain" : "bad");
    this.isWeary = false;
    if (isOn) {
      this.watch.booted();
      this.cast.plugIn();
    } else {
      this.cast.pullPlug();
    }
    this.guest.past.wasCut = this.guest.past.hasLearned;
    this.change();
  }

  moveButton(isDown: boolean): void {
    const button = this.cast.board?.button;
    if (isDown) {
      this.watch.press();
      this.downMs = performance.now();
    }
    // A tap on a touchpad is over sooner than contacts have settled: let the finger rest a moment.
    if (!isDown && performance.now() - this.downMs < TAP_MS) void button?.press(TAP_MS);
    else button?.move(isDown);
    if (!isDown) setTimeout(() => this.change(), SETTLE_MS).unref();
  }

  async press(ms: number): Promise<void> {
    this.watch.press();
    await this.cast.board?.button.press(ms);
  }

  /** False when there is no such sensor. */
  setSensor(name: string, value: number): boolean {
    const { board } = this.cast;
    if (!board) return this.cast.setWeather(name, value);
    const input = board.inputs().get(name);
    if (input) input.value = value;
    this.change();
    return input !== undefined;
  }

  /** First what it has changed, then that it was said. */
  private heard(hop: Hop): void {
    this.watch.look();
    this.watch.onLine(this.traffic.stanza(hop));
    this.change();
  }

  private change(): void {
    if (this.isOpen) {
      this.watch.look();
      this.listener.onChange();
    }
  }
}
