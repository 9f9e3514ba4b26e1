/** The visitor: asks to be a friend, reads, switches, and says what came of it. */
import { type Cast, JIDS } from "./cast.js";
import { type Context, replyToAsking, replyToRead, replyToSwitch } from "./reply.js";
import type { Reply, VisitorView } from "./state.js";
import type { Watch } from "./watch.js";

/** The device itself gives up after ten seconds; nobody should wait much longer. */
const ANSWER_MS = 15000;

export class Guest {
  friendship: VisitorView["friendship"] = "none";
  /** What has happened to it, for the story. */
  readonly past = {
    hasRead: false, hasSwitched: false, wasForbidden: false, hasLearned: false, wasCut: false,
    hasRemembered: false,
  };
  private reply: Reply | null = null;
  private requests = 0;

  constructor(
    private readonly cast: Cast, private readonly watch: Watch,
    private readonly windowMs: number, private readonly onChange: () => void,
  ) {}

  open(): void {
    const { events } = this.cast.visitor;
    events.on("friendship", (device, state) => {
      if (device !== JIDS.board) return;
      this.friendship = state === "accepted" ? "accepted" : state === "ended" ? "none" : "refused";
      if (state === "ended") {
        this.tell({ tone: "bad", title: "The board has ended our friendship",
          text: "Its provisioning server told it to.", values: [] });
      }
      this.onChange();
    });
    events.on("presence", () => this.onChange());
  }

  async ask(): Promise<void> {
    this.friendship = "asking";
    // A device without trust lets a person decide; give it as long as it gives that person.
    const patienceMs = this.windowMs + ANSWER_MS;
    const { visitor } = this.cast;
    const outcome = await this.busy(visitor.befriend(JIDS.board, patienceMs));
    this.friendship = outcome === "accepted" ? "accepted"
      : outcome === "refused" ? "refused" : "none";
    if (outcome === "accepted") await visitor.whenPresent(JIDS.board, ANSWER_MS);
    this.tell(replyToAsking(outcome, this.context(false)));
  }

  leave(): void {
    this.cast.visitor.unfriend(JIDS.board);
    this.friendship = "none";
    this.tell({ tone: "plain", title: "We are no friends any more",
      text: "I have told the board that I do not want to see it.", values: [] });
  }

  async read(what: "all" | "temperature", isForbidden: boolean): Promise<void> {
    const { hits } = this.watch;
    const wish = what === "all" ? {} : { fields: ["Temperature"] };
    const result = await this.busy(this.cast.visitor.read(JIDS.board, wish, ANSWER_MS));
    const isRemembered = this.watch.hits > hits;
    const { past } = this;
    if (result.outcome === "read") {
      past.hasRead = true;
      if (what === "all") past.hasLearned = true;
      if (isRemembered && past.wasCut && !this.cast.authority) past.hasRemembered = true;
    } else if (result.outcome === "refused" && past.hasRead && isForbidden) {
      past.wasForbidden = true;
    }
    this.tell(replyToRead(result, what, this.context(isRemembered)));
  }

  async switch(relay: string, isOn: boolean): Promise<void> {
    const { hits } = this.watch;
    const parameters = [{ name: "Output", kind: "boolean", value: String(isOn) }];
    const result = await this.busy(
      this.cast.visitor.set(JIDS.board, { nodes: [relay], parameters }, ANSWER_MS));
    if (result.outcome === "set") this.past.hasSwitched = true;
    const isRemembered = this.watch.hits > hits;
    this.tell(replyToSwitch(result, relay, isOn, this.context(isRemembered)));
  }

  /** The rule has changed: what the board has learned is void. */
  forget(): void {
    this.past.hasLearned = false;
    this.past.wasCut = false;
  }

  view(): VisitorView {
    return {
      jid: JIDS.visitor, friendship: this.friendship,
      seesBoard: this.cast.visitor.fullJid(JIDS.board) !== "",
      isBusy: this.requests > 0, reply: this.reply,
    };
  }

  private async busy<T>(work: Promise<T>): Promise<T> {
    this.requests++;
    this.onChange();
    try {
      return await work;
    } finally {
      this.requests--;
      this.watch.look();
    }
  }

  private tell(reply: Reply): void {
    this.reply = reply;
    this.onChange();
  }

  private context(isRemembered: boolean): Context {
    return {
      isFriend: this.friendship === "accepted", isPowered: this.cast.board !== null,
      isTrusting: this.watch.isTrusting(), isAuthorityOn: this.cast.authority !== null,
      isRemembered,
    };
  }
}
