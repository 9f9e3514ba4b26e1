/**
 * The model behind the page: one story at a time, what can be done in it, and what is told to
 * those who watch.
 */
import { Untimely } from "./stage/office.js";
import { Play } from "./stage/play.js";
import type { Bulletin, StageState } from "./stage/state.js";

export type { Bulletin } from "./stage/state.js";

export interface StageOptions {
  /** How long the LED blinks for a friendship request. Default: 30 s */
  windowMs?: number;
}

/** What somebody asked for is no order of ours (400), or cannot be done now (409). */
export class Refusal extends Error {
  constructor(readonly status: 400 | 404 | 409, message: string) {
    super(message);
  }
}

export type Order = Record<string, unknown>;

const WINDOW_MS = 30000;
const PRESS_MS_MAX = 60000;
/** States that follow each other faster than this are told as one. */
const TELL_MS = 15;

export class Stage {
  private readonly listeners = new Set<(bulletin: Bulletin) => void>();
  private readonly windowMs: number;
  private play: Play | null = null;
  /** Not ready to be seen. */
  private coming: Play | null = null;
  private opening: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(options: StageOptions = {}) {
    this.windowMs = options.windowMs ?? WINDOW_MS;
  }

  async open(): Promise<void> {
    const play = new Play(this.windowMs, {
      // An old story that is still ending is nobody's any more.
      onLine: (line) => { if (this.play === play) this.emit({ type: "line", line }); },
      onChange: () => { if (this.play === play) this.changed(); },
    });
    this.coming = play;
    try {
      await play.open();
    } catch (error) {
      await play.close();
      throw error;
    } finally {
      this.coming = null;
    }
    this.play = play;
    this.emit(this.hello());
  }

  async close(): Promise<void> {
    clearTimeout(this.timer ?? undefined);
    this.timer = null;
    const play = this.play ?? this.coming;
    this.play = null;
    await play?.close();
  }

  /** The whole story again, with new parties who know nothing of each other. */
  restart(): Promise<void> {
    this.opening ??= this.close().then(() => this.open()).finally(() => { this.opening = null; });
    return this.opening;
  }

  state(): StageState {
    return this.demand().state();
  }

  /** Told everything at once, then what is new. Returns how to stop listening. */
  listen(listener: (bulletin: Bulletin) => void): () => void {
    this.listeners.add(listener);
    if (this.play) listener(this.hello());
    return () => this.listeners.delete(listener);
  }

  /** Resolves when it has been begun; what comes of it is told to the listeners. */
  async act(name: string, order: Order): Promise<void> {
    const act = Object.hasOwn(ACTS, name) ? ACTS[name]! : null;
    if (!act) throw new Refusal(404, "there is no such act");
    if (name === "restart") return this.restart();
    const done = act(this.demand(), order);
    if (done === null) throw new Refusal(400, "this order is not understood");
    try {
      // What needs another party's answer may take long: only what fails at once is told here.
      await Promise.race([done, tick()]);
    } catch (error) {
      if (error instanceof Untimely) throw new Refusal(409, error.message);
      throw error;
    }
    Promise.resolve(done).catch((error: Error) => {
      if (this.play) console.error(error);
    });
  }

  private demand(): Play {
    if (!this.play) throw new Refusal(409, "the story is just beginning");
    return this.play;
  }

  private hello(): Bulletin {
    const play = this.demand();
    return { type: "hello", lines: play.traffic.lines, state: play.state() };
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.play) this.emit({ type: "state", state: this.play.state() });
    }, TELL_MS);
  }

  private emit(bulletin: Bulletin): void {
    for (const listener of this.listeners) listener(bulletin);
  }
}

/** null for an order that is none. */
type Act = (play: Play, order: Order) => Promise<void> | void | null;

const ACTS: Record<string, Act> = {
  restart: () => undefined,
  befriend: (play) => play.befriend(),
  right: (play, order) => play.changeRights(order),
  answer: (play, { id, choice }) => typeof id === "string" && typeof choice === "string"
    ? play.answer(id, choice) : null,
  authority: (play, { on }) => typeof on === "boolean" ? play.office.switch(on) : null,
  ask: (play) => play.guest.ask(),
  leave: (play) => play.guest.leave(),
  read: (play, { what }) => what === "all" || what === "temperature" ? play.read(what) : null,
  switch: (play, { relay, on }) =>
    (relay === "relay1" || relay === "relay2") && typeof on === "boolean"
      ? play.guest.switch(relay, on) : null,
  power: (play, { on }) => typeof on === "boolean" ? play.power(on) : null,
  button: (play, { down, press }) => typeof down === "boolean" ? play.moveButton(down)
    : typeof press === "number" && press > 0 && press <= PRESS_MS_MAX ? play.press(press) : null,
  unpack: (play) => play.newcomer.unpack(),
  await: (play, { code, board = false }) => typeof code === "string" && typeof board === "boolean"
    ? play.newcomer.await(code, board) : null,
  newbutton: (play, { down, press }) =>
    typeof down === "boolean" ? play.newcomer.moveButton(down)
      : typeof press === "number" && press > 0 && press <= PRESS_MS_MAX
        ? play.newcomer.press(press) : null,
  meet: (play) => play.newcomer.meet(),
  sensor: (play, { name, value }) => typeof name === "string" && typeof value === "number"
    && Number.isFinite(value) && play.setSensor(name, value) ? undefined : null,
};

function tick(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
