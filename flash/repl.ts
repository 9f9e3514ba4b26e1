/**
 * The interpreter's console as a server of questions: one line out, one marked line back. What a
 * running program prints in between is heard and passed over.
 *
 *   0x03  interrupts what runs, or empties the line that is being typed
 *   0x10  at the start of a line: it is not echoed, so no secret appears and no mark twice
 */
import { randomBytes } from "node:crypto";
import { Trouble } from "./line.js";
import type { Line } from "./line.js";

const INTERRUPT = "\x03";
const SILENT = "\x10";
/** The chip's input takes 4,096 octets, and Linux's 1,024; a line must fit in whole. */
export const LINE_BYTES_MAX = 1000;
/** A line of 1,000 octets at 115,200 baud takes 90 ms; erasing flash behind it half a second. */
const ANSWER_MS = 5000;
const TRIES = 3;
/** A board that has just been reset is in its loader for a second. */
const BREAK_MS = 1000;
/** The longest that the firmware does not look at its console is a blocking `connect`, 18 s. */
const BREAKS = 25;
/** Ends whatever would run by itself; the watchdog is content while the console is. */
export const HALT =
  "[E.enableWatchdog(60,true),clearTimeout(),clearInterval(),clearWatch(),1].pop()";
/** Of what the console said, the end is kept for whoever must explain a failure. */
const HEARD_CHARS_MAX = 65536;

/** No answer, in time, to a question. */
export class Silence extends Trouble {}

export class Repl {
  /** What the console said last. */
  heard = "";
  private count = 0;
  /** Whoever used this wire before us may still be answered. */
  private readonly prefix = `t${randomBytes(2).toString("hex")}x`;
  private failure = "";
  private look: () => void = () => undefined;

  constructor(private readonly line: Line, private readonly answerMs = ANSWER_MS) {
    line.onText = (text) => {
      this.heard = (this.heard + text).slice(-HEARD_CHARS_MAX);
      this.look();
    };
    line.onClosed = (why) => {
      this.failure ||= why;
      this.look();
    };
  }

  /** Until somebody answers, whatever it was doing; then nothing is half typed any more. */
  async wake(breaks = BREAKS, breakMs = BREAK_MS): Promise<boolean> {
    for (let i = 0; i < breaks; i++) {
      const mark = this.mark();
      await this.line.write(`${INTERRUPT}${SILENT}print("<"+"${mark}:0>")\n`);
      if (await this.wait(new RegExp(`<${mark}:0>`), breakMs)) return true;
      if (this.failure) throw new Trouble(this.failure);
    }
    return false;
  }

  /**
   * The value of an expression, as JSON brings it over; throws what the board throws. A line in
   * which the cable lost something is never answered, so it is said again: the expression must be
   * one that may be evaluated twice, or `tries` must be 1.
   */
  async ask<T>(expression: string, ms = this.answerMs, tries = TRIES): Promise<T> {
    for (let i = 0; i < tries; i++) {
      const mark = this.mark();
      const command = `try{print("<"+"${mark}:"+JSON.stringify(${expression})+">")}`
        + `catch(e){print("<"+"${mark}!"+e+">")}`;
      if (command.length >= LINE_BYTES_MAX) throw new Error(`too long: ${command.length}`);
      await this.line.write(`${SILENT}${command}\n`);
      const found = await this.wait(new RegExp(`<${mark}([:!])([^]*?)>\r?\n`), ms);
      if (this.failure) throw new Trouble(this.failure);
      if (found?.[1] === "!") throw new Trouble(`the board says: ${found[2]}`);
      if (found) return (found[2] === "undefined" ? undefined : JSON.parse(found[2]!)) as T;
      if (!await this.wake()) break;
    }
    throw new Silence(`the board does not answer any more${this.last()}`);
  }

  /** A line whose end nobody can answer, such as a reboot. */
  async tell(statement: string): Promise<void> {
    await this.line.write(`${SILENT}${statement}\n`);
  }

  /** Waits for something on the console; null when it does not come. */
  async wait(wanted: RegExp, ms: number): Promise<RegExpExecArray | null> {
    return new Promise((resolve) => {
      const end = (found: RegExpExecArray | null): void => {
        clearTimeout(timer);
        this.look = () => undefined;
        resolve(found);
      };
      const timer = setTimeout(() => end(null), ms);
      this.look = () => {
        const found = wanted.exec(this.heard);
        if (found || this.failure) end(found);
      };
      this.look();
    });
  }

  /** A number that was never said before, so that an old answer is never taken for a new one. */
  private mark(): string {
    return `${this.prefix}${++this.count}`;
  }

  private last(): string {
    const lines = this.heard.split(/[\r\n]+/).filter((each) => /[A-Za-z]/.test(each)).slice(-2);
    const text = lines.join(" / ").replace(/[^\x20-\x7e]/g, "");
    return text === "" ? "" : `; it said last: ${text}`;
  }
}
