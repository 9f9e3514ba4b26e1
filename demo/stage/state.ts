/**
 * What the page is told: types only, shared by both ends of the wire.
 */

/** The three that a person sees. */
export type Party = "board" | "authority" | "visitor";

/** And the XMPP server between them, where it is itself the one that is spoken to. */
export type Lane = Party | "server";

export interface Rights {
  friend: "yes" | "no" | "ask";
  read: "all" | "temperature" | "none" | "ask";
  control: "both" | "relay1" | "relay2" | "none" | "ask";
}

/** One line of the conversation: a stanza on its way, or something that happened to a party. */
export interface Line {
  id: number;
  /** Since the story began. */
  ms: number;
  kind: "stanza" | "note";
  from: Lane;
  to: Lane;
  /** The protocol's word for it; "" for a note. */
  label: string;
  /** The same for people. */
  words: string;
  xml: string;
  /** Housekeeping of XMPP, which the story does not need. */
  isNoise: boolean;
  tone: Tone;
  /** It is the second board that speaks, or is spoken to, in the board's lane. */
  isNew: boolean;
}

export type Tone = "plain" | "good" | "bad";

export interface BoardView {
  jid: string;
  isPowered: boolean;
  isOnline: boolean;
  led: boolean;
  /** What it says, in words; "" where there is nothing to be said. */
  says: string;
  relays: Record<string, boolean>;
  sensors: Record<string, number>;
  trust: string[];
  friends: string[];
  cache: { entries: number; hits: number; misses: number };
  /** Whose friendship request the LED blinks for, and for how long still; null: for nobody's. */
  pairing: { who: Party; leftMs: number; windowMs: number } | null;
}

export interface QuestionView {
  id: string;
  kind: "friend" | "read" | "control";
  text: string;
  times: number;
  choices: { choice: string; label: string }[];
}

export interface AuthorityView {
  jid: string;
  isOn: boolean;
  isSwitching: boolean;
  rights: Rights;
  questions: QuestionView[];
  /** It waits for the board's answer to its friendship request. */
  isAsking: boolean;
  /** What has become of the last change of a rule. */
  clearing: "none" | "waiting" | "sent" | "acknowledged";
}

export interface Reply {
  tone: Tone;
  title: string;
  text: string;
  values: { name: string; value: string }[];
}

export interface VisitorView {
  jid: string;
  friendship: "none" | "asking" | "refused" | "accepted";
  /** Sees the board's presence, so it knows where to send requests. */
  seesBoard: boolean;
  isBusy: boolean;
  reply: Reply | null;
}

/** What a board that has no network yet goes through. */
export interface ArrivalStep {
  title: string;
  text: string;
  state: "done" | "now" | "later" | "failed";
}

/** A second board, and whoever waits for it. */
export interface NewcomerView {
  /** Out of its box. */
  isHere: boolean;
  /** "" until it has an account. */
  jid: string;
  isOnline: boolean;
  led: boolean;
  /** What is printed on it; the symbol is an `<svg>`. */
  label: { id: string; code: string; symbol: string } | null;
  /** Somebody knows its code, and waits. */
  isAwaited: boolean;
  /** The network that leads to whoever waits. */
  network: string;
  steps: ArrivalStep[];
  /** The first board could be the one that waits. */
  isLendable: boolean;
  /** Whether the visitor can be let in now. */
  isReady: boolean;
  isBusy: boolean;
  reply: Reply | null;
}

/** Something that a button does: the name of an act, and its body. */
export interface Action {
  label: string;
  act: string;
  body: Record<string, unknown>;
}

export interface Step {
  title: string;
  text: string;
  state: "done" | "now" | "later";
  /** The next thing to do for it; null when it happens by itself. */
  action: Action | null;
}

export interface StageState {
  board: BoardView;
  authority: AuthorityView;
  visitor: VisitorView;
  newcomer: NewcomerView;
  steps: Step[];
}

/** What comes through the feed: all of it at first, then what is new. */
export type Bulletin =
  | { type: "hello"; lines: Line[]; state: StageState }
  | { type: "state"; state: StageState }
  | { type: "line"; line: Line };
