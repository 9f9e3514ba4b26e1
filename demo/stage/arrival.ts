/**
 * A new board's way, as a pure function of what has happened: from its box to its first read-out.
 * The first step that has not happened is the one to do; what failed says so, and can be repeated.
 */
import type { ArrivalStep } from "./state.js";

/** How far the board and whoever waits for it have come with each other. */
export enum Way {
  Apart,
  /** The board has been pressed, and looks for networks. */
  Looking,
  /** It has joined the waiting network, and said what it is. */
  Met,
  /** It knows the code, and so does the other side. */
  Proved,
  /** It has a network and an account, and tries them. */
  Given,
  /** They work. */
  Online,
}

export interface ArrivalFacts {
  isHere: boolean;
  isAwaited: boolean;
  way: Way;
  /** Why the last attempt came to nothing; "" where none has. */
  fault: "" | "code" | "gone" | "offer";
  isAuthorityOn: boolean;
  isTrusting: boolean;
  hasRead: boolean;
}

interface Chapter {
  title: string;
  text: string;
  isDone: boolean;
}

const FAULTS: Record<Exclude<ArrivalFacts["fault"], "">, string> = {
  code: "It was another code, and the board has noticed without learning which. Type the one on "
    + "its label, and press its button again.",
  gone: "The board has gone away in the middle. Press its button again.",
  offer: "What it was given did not work, so it has forgotten it. Press its button again.",
};

export function tellArrival(facts: ArrivalFacts): ArrivalStep[] {
  if (!facts.isHere) return [];
  const chapters = tellAll(facts);
  const at = chapters.findIndex((one) => !one.isDone);
  return chapters.map(({ title, text, isDone }, index) => {
    if (index !== at) return { title, text, state: isDone ? "done" : "later" };
    if (facts.fault === "") return { title, text, state: "now" };
    return { title, text: FAULTS[facts.fault], state: "failed" };
  });
}

function tellAll(facts: ArrivalFacts): Chapter[] {
  const { isAwaited, way, isAuthorityOn, isTrusting, hasRead } = facts;
  return [
    { title: "Somebody waits for it", isDone: isAwaited || way >= Way.Proved,
      text: "Whoever wants the board must know the code on its label. Type it, or another one: "
        + "it will not do." },
    { title: "Its button is pressed", isDone: way >= Way.Looking,
      text: "It looks for networks since it has power. But only a press shows that a person is "
        + "standing here." },
    { title: "They meet", isDone: way >= Way.Met,
      text: "It joins the waiting network, which leads to one port and nowhere else, and says what "
        + "it is. It never says its code." },
    { title: "Both prove that they know the code", isDone: way >= Way.Proved,
      text: "Each sees that the other knows it, and nobody who listens learns anything. A real "
        + "board multiplies for half a minute here." },
    { title: "It is given a network and an account", isDone: way >= Way.Given,
      text: "Encrypted by what only these two know. The account has just been made for it." },
    { title: "It tries them", isDone: way >= Way.Online,
      text: "It leaves the waiting network, logs in, and only then keeps what it was given." },
    { title: "It trusts the provisioning server", isDone: isTrusting,
      text: isAuthorityOn ? "Its name came along with the account, so no button is needed for this."
        : "It knows the name, but the provisioning server is switched off: switch it on." },
    { title: "The visitor reads it", isDone: hasRead,
      text: "A rule for the new board, a friendship, a read-out: as with the first one." },
  ];
}
