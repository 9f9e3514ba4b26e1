/**
 * The story, as a pure function of what has happened: seven steps and an encore, each with a
 * sentence, and the button that does the next thing. A person may do things in any order; the
 * first step that has not happened is the one to do.
 */
import type { Action, Party, Rights, Step } from "./state.js";

export interface Facts {
  isPowered: boolean;
  isOnline: boolean;
  isAuthorityOn: boolean;
  /** Whose request the LED blinks for. */
  candidate: Party | null;
  /** The provisioning server's friendship request. */
  asking: "never" | "asked" | "accepted" | "refused";
  /** It has refused without a blink. */
  isWeary: boolean;
  isTrusting: boolean;
  friendship: "none" | "asking" | "refused" | "accepted";
  /** The visitor sees the board. */
  seesBoard: boolean;
  /** The pending question whether the visitor may be a friend; "" for none. */
  question: string;
  rights: Rights;
  /** The board is being told of a change: until it has heard, it may answer by the old rule. */
  isClearing: boolean;
  hasRead: boolean;
  hasSwitched: boolean;
  /** Refused after it had been allowed, the rule being another one. */
  wasForbidden: boolean;
  /** The board remembers that reading is allowed. */
  hasLearned: boolean;
  /** It has been without power since. */
  wasCut: boolean;
  /** And still knew, without anybody to ask. */
  hasRemembered: boolean;
}

type Chapter = { title: string; isDone: boolean; text: string; action: Action | null };

export function tell(facts: Facts): Step[] {
  const chapters = [
    request(facts), press(facts), delegation(facts), friend(facts), read(facts), control(facts),
    refusal(facts), encore(facts),
  ];
  const at = chapters.findIndex((one) => !one.isDone);
  return chapters.map(({ title, text, isDone, action }, index) => {
    const state = isDone ? "done" : index === at ? "now" : "later";
    const need = index === at && index < ENCORE ? remedy(facts) : null;
    const isEnd = at < 0 && index === ENCORE;
    if (state !== "now") return { title, text, state, action: isEnd ? action : null };
    if (need) return { title, state, text: need.text, action: need.action };
    const isEarly = facts.isClearing && ASKING.includes(action?.act ?? "");
    return { title, state, text, action: isEarly ? null : action };
  });
}

const ENCORE = 7;
/** What the board decides by what it remembers. */
const ASKING = ["ask", "read", "switch"];

const act = (label: string, name: string, body: Record<string, unknown> = {}): Action =>
  ({ label, act: name, body });

/** Nothing of the seven goes on without power, or without the provisioning server. */
function remedy(facts: Facts): { text: string; action: Action | null } | null {
  if (!facts.isPowered) {
    return { text: "The board has no power.",
      action: act("Plug the board in", "power", { on: true }) };
  }
  if (!facts.isAuthorityOn) {
    return { text: "The provisioning server is switched off.",
      action: act("Switch it on", "authority", { on: true }) };
  }
  return facts.isOnline ? null : { text: "The board is connecting.", action: null };
}

function request(facts: Facts): Chapter {
  return { title: "The provisioning server asks", isDone: facts.asking !== "never",
    text: "A new board trusts nobody. The server that wants to look after it sends a friendship "
      + "request.",
    action: act("Send the request", "befriend") };
}

function press(facts: Facts): Chapter {
  const chapter = { title: "A person presses the button",
    isDone: facts.asking === "accepted" || facts.isTrusting };
  if (facts.asking === "refused" && facts.isWeary) {
    return { ...chapter, text: "So many requests in so little time: the board does not even blink "
      + "any more. Without power it forgets that.",
      action: act("Pull the plug", "power", { on: false }) };
  }
  if (facts.asking === "refused") {
    return { ...chapter, text: "Nobody pressed, so the board has refused. It can be asked again.",
      action: act("Ask again", "befriend") };
  }
  const text = facts.candidate === "visitor"
    ? "The LED blinks, but for the visitor, who asked first. Wait for it to stop."
    : "The LED blinks: for a short while, whoever can reach the button may accept. Nobody else "
      + "can.";
  const isOurs = facts.candidate === "authority";
  const action = isOurs ? act("Press the button", "button", { press: 250 }) : null;
  return { ...chapter, text, action };
}

function delegation(facts: Facts): Chapter {
  return { title: "Trust is delegated", isDone: facts.isTrusting, action: null,
    text: "The board asks its new friend what it is. A provisioning server! From now on, its word "
      + "decides." };
}

function friend(facts: Facts): Chapter {
  const chapter = { title: "A visitor asks to be a friend",
    isDone: facts.friendship === "accepted" };
  if (facts.friendship === "asking") {
    return { ...chapter, text: "The board asks its provisioning server about the visitor.",
      action: null };
  }
  if (facts.question !== "") {
    return { ...chapter, text: "No rule says so, hence the board has said no. But the provisioning "
      + "server has put the question to a person: you.",
      action: act("Answer yes", "answer", { id: facts.question, choice: "yes" }) };
  }
  if (facts.friendship === "refused") {
    const isAllowed = facts.rights.friend === "yes";
    return { ...chapter, text: isAllowed ? "Now there is a rule. The visitor can ask again."
      : "The board has refused. It would accept if the rule said so.",
      action: isAllowed ? act("Ask again", "ask") : act("Allow it", "right", { friend: "yes" }) };
  }
  return { ...chapter, text: "Somebody else wants to see the board. The board does not decide: it "
    + "asks the provisioning server.", action: act("Ask to be a friend", "ask") };
}

function read(facts: Facts): Chapter {
  const isAllowed = facts.rights.read === "all" || facts.rights.read === "temperature";
  return { title: "The visitor reads", isDone: facts.hasRead,
    text: isAllowed
      ? "Before it answers, the board asks: may this visitor read? Then it sends what is allowed."
      : "The rule does not let the visitor read.",
    action: isAllowed ? act("Read the sensors", "read", { what: "all" })
      : act("Allow reading", "right", { read: "all" }) };
}

function control(facts: Facts): Chapter {
  const { control: right } = facts.rights;
  const isAllowed = right !== "none" && right !== "ask";
  const relay = right === "relay2" ? "relay2" : "relay1";
  return { title: "The visitor switches a relay", isDone: facts.hasSwitched,
    text: isAllowed ? "Switching has a rule of its own. At first it allows relay 1 alone: "
      + "try relay 2 as well."
      : "The rule does not let the visitor switch anything.",
    action: isAllowed ? act(`Switch ${name(relay)} on`, "switch", { relay, on: true })
      : act("Allow relay 1", "right", { control: "relay1" }) };
}

function refusal(facts: Facts): Chapter {
  const isForbidden = facts.rights.read === "none";
  return { title: "The rule changes", isDone: facts.wasForbidden,
    text: isForbidden
      ? "The board was told to forget its remembered answers. So it asks again, and hears no."
      : "Permission can be taken back: the board is told to forget what it remembers.",
    action: isForbidden ? act("Read again", "read", { what: "all" })
      : act("Forbid reading", "right", { read: "none" }) };
}

function encore(facts: Facts): Chapter {
  const chapter = (text: string, action: Action | null): Chapter =>
    ({ title: "Encore: pull the plug", isDone: facts.hasRemembered, text, action });
  if (facts.hasRemembered) {
    return chapter("The board answered from its memory, after a power cut, with nobody to ask.",
      act("Start over", "restart"));
  }
  const { read: right } = facts.rights;
  const isAllowed = right === "all" || right === "temperature";
  const isReady = facts.isPowered && facts.isOnline && facts.isAuthorityOn;
  if (!facts.hasLearned && !isReady) {
    const need = remedy(facts)!;
    return chapter(need.text, need.action);
  }
  if (!isAllowed && !facts.hasLearned) {
    return chapter("What does a board still know after a power cut? First, allow reading again.",
      act("Allow reading", "right", { read: "all" }));
  }
  if (!facts.hasLearned) {
    return chapter("Read once, so that the board has an answer to remember.",
      act("Read the sensors", "read", { what: "all" }));
  }
  if (facts.isAuthorityOn) {
    return chapter("Now take away the one it could ask.",
      act("Switch the provisioning server off", "authority", { on: false }));
  }
  if (!facts.isPowered) {
    return chapter("All that is left of the board is its flash memory.",
      act("Plug it in again", "power", { on: true }));
  }
  if (!facts.wasCut) {
    return chapter("And now the board's own power.", act("Pull the plug", "power", { on: false }));
  }
  return chapter("Whom does it trust, and what was allowed? There is nobody left to ask.",
    facts.seesBoard ? act("Read the sensors", "read", { what: "all" }) : null);
}

function name(relay: string): string {
  return relay.replace("relay", "relay ");
}
