/** The provisioning server as a person sits before it: rules, questions, and its switch. */
import type { Authority } from "../../authority/authority.js";
import { type Cast, JIDS } from "./cast.js";
import { FIRST_RIGHTS, changeRights, rightsOf, ruleOf, sayRights, viewQuestion }
  from "./right.js";
import type { AuthorityView, QuestionView, Rights } from "./state.js";
import type { Traffic } from "./traffic.js";

/** What the caller asks for cannot be done now; a text for people. */
export class Untimely extends Error {}

export class Office {
  /** What has become of the friendship request. */
  asking: "never" | "asked" | "accepted" | "refused" = "never";
  private rights = FIRST_RIGHTS;
  private questions: QuestionView[] = [];
  private clearing: AuthorityView["clearing"] = "none";
  private isSwitching = false;
  /** Rules that are being written, and not told to the board yet. */
  private changes = 0;

  constructor(
    private readonly cast: Cast, private readonly traffic: Traffic,
    private readonly onChange: () => void,
  ) {}

  /** The rule with which the story begins. */
  open(): Promise<void> {
    return this.cast.authority!.setRule(ruleOf(JIDS.board, JIDS.visitor, FIRST_RIGHTS));
  }

  /** Each time it is switched on, it is a new one. */
  follow(authority: Authority): void {
    const { events } = authority;
    const look = (): void => {
      this.rights = rightsAt(authority);
      this.questions = authority.questions()
        .filter(({ question: { device, peer } }) => device === JIDS.board && peer === JIDS.visitor)
        .map(({ id, question, times }) => viewQuestion(id, question, times));
      this.onChange();
    };
    events.on("online", look);
    events.on("change", look);
    events.on("device", look);
    events.on("question", () => {
      this.traffic.note("authority", "No rule for this: a person is asked");
      look();
    });
    events.on("clear", (device, outcome) => {
      if (device !== JIDS.board) return;
      this.clearing = outcome === "unanswered" ? "waiting" : outcome;
      this.onChange();
    });
  }

  async befriend(): Promise<void> {
    const authority = this.demand();
    if (this.asking === "asked") return;
    this.asking = "asked";
    this.onChange();
    const outcome = await authority.befriend(JIDS.board);
    this.asking = outcome === "accepted" || outcome === "refused" ? outcome : "never";
    this.onChange();
  }

  /** True when that changes what the board may have remembered. */
  async change(wish: Record<string, unknown>): Promise<boolean> {
    const authority = this.demand();
    // Not what was seen last: of two changes at once, none may undo the other.
    const before = rightsAt(authority);
    const rights = changeRights(before, wish);
    if (!rights) throw new Untimely("there is no such right");
    if (JSON.stringify(rights) === JSON.stringify(before)) return false;
    for (const text of sayRights(before, rights)) this.traffic.note("authority", text);
    this.changes++;
    try {
      await authority.setRule(ruleOf(JIDS.board, JIDS.visitor, rights));
    } finally {
      this.changes--;
    }
    const isEnded = rights.friend === "no" && before.friend !== "no";
    const isKnown = authority.devices.find(JIDS.board)?.hasAsked === true;
    if (isEnded && isKnown) await authority.unfriend(JIDS.board, JIDS.visitor);
    return true;
  }

  answer(id: string, choice: string): Promise<boolean> {
    this.demand();
    const question = this.questions.find((one) => one.id === id);
    if (!question) throw new Untimely("this question has been answered already");
    return this.change({ [question.kind]: choice });
  }

  async switch(isOn: boolean): Promise<void> {
    if (this.isSwitching || isOn === (this.cast.authority !== null)) return;
    this.isSwitching = true;
    this.traffic.note("authority", isOn ? "Switched on" : "Switched off", isOn ? "plain" : "bad");
    this.onChange();
    try {
      await (isOn ? this.cast.startAuthority() : this.cast.stopAuthority());
    } finally {
      this.isSwitching = false;
      this.onChange();
    }
  }

  /** The board may not have heard of the newest rule. */
  isClearing(): boolean {
    return this.cast.authority !== null && (this.changes > 0 || this.clearing === "sent");
  }

  view(): AuthorityView {
    return {
      jid: JIDS.authority, isOn: this.cast.authority !== null, isSwitching: this.isSwitching,
      rights: this.rights, questions: this.questions, isAsking: this.asking === "asked",
      clearing: this.clearing,
    };
  }

  /** Throws where it is switched off. */
  demand(): Authority {
    const { authority } = this.cast;
    if (!authority) throw new Untimely("the provisioning server is switched off");
    return authority;
  }
}

function rightsAt(authority: Authority): Rights {
  return rightsOf(authority.rules().find(({ device, peer }) =>
    device === JIDS.board && peer === JIDS.visitor));
}
