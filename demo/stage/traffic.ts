/**
 * The conversation so far: each hop of each stanza, and notes of what happened in between.
 */
import { parse } from "ltx";
import { bareJid } from "../../authority/jid.js";
import type { Hop } from "../server.js";
import type { Lane, Line, Party, Tone } from "./state.js";
import { describe } from "./word.js";

/** The oldest go first; a story has about a hundred, housekeeping included. */
export const LINES_MAX = 1000;

export class Traffic {
  readonly lines: Line[] = [];
  private readonly startedMs = performance.now();
  /** The last presence that went from one to another: it is often repeated. */
  private readonly presences = new Map<string, string>();
  private serial = 0;

  constructor(
    /** Who has which bare JID. */
    private readonly parties: Record<string, Party>,
    /** Whether this address is somebody's who is there. */
    private readonly isOnline: (jid: string) => boolean,
    private readonly onLine: (line: Line) => void,
    /** The bare JID of the second board, which shares the first one's lane; "" for none. */
    private readonly newcomer: () => string = () => "",
  ) {}

  stanza(hop: Hop): Line {
    const stanza = parse(hop.xml);
    const meant = this.laneOf(hop.to);
    const sender = this.laneOf(hop.from);
    // What an account hears from itself, its server has made.
    const said = sender === meant ? "server" : sender;
    const { label, words, tone, isNoise } = describe(stanza, said, meant);
    const isPresence = stanza.name === "presence";
    const isNew = this.isNew(hop.from) || this.isNew(hop.to);
    // The server keeps, or answers, what is for somebody who is away.
    const to = this.isOnline(hop.to) ? meant : "server";
    const from = isPresence || this.isOnline(hop.from) ? said : "server";
    const isRequest = label.endsWith("subscribe");
    const isIdle = isPresence && !isRequest
      && (to === "server" || this.isRepeated(`${from} ${to} ${isNew}`, label));
    return this.add({ kind: "stanza", from, to, label, words, tone, xml: hop.xml,
      isNoise: isNoise || isIdle, isNew });
  }

  note(party: Party, words: string, tone: Tone = "plain", isNew = false): Line {
    return this.add({ kind: "note", from: party, to: party, label: "", words, xml: "", tone,
      isNoise: false, isNew });
  }

  private add(line: Omit<Line, "id" | "ms">): Line {
    const ms = Math.round(performance.now() - this.startedMs);
    const whole = { ...line, id: ++this.serial, ms };
    this.lines.push(whole);
    if (this.lines.length > LINES_MAX) this.lines.shift();
    this.onLine(whole);
    return whole;
  }

  private laneOf(jid: string): Lane {
    return this.parties[bareJid(jid)] ?? (this.isNew(jid) ? "board" : "server");
  }

  private isNew(jid: string): boolean {
    const newcomer = this.newcomer();
    return newcomer !== "" && bareJid(jid) === newcomer;
  }

  /** Only "I am here" and "I am gone" are states; requests and answers count each time. */
  private isRepeated(key: string, label: string): boolean {
    if (label !== "presence" && label !== "unavailable") return false;
    const isSame = this.presences.get(key) === label;
    this.presences.set(key, label);
    return isSame;
  }
}
