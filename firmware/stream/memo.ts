/**
 * The last request as it arrived, so that the same one need not be read again: whoever polls
 * sends the same octets each time but for the id and the seqnr.
 *
 *   <iq … id=" | 17 | " …><req … seqnr=" | 4 | " …>…</iq>
 *   head       | id | middle             | seqnr | tail
 *
 * What a stanza says is a function of its octets and of the stream's header alone. So a text that
 * is the same but for two values, in which nothing has a meaning for XML, says the same but for
 * these two. That is all that is remembered here: whether it is allowed is asked each time.
 */
import { MEMO_BYTES_MAX, STANZA_BYTES_MAX } from "../config.js";
import { find } from "../xml/list.js";

/** Nothing that XML, base64's reader or we give a meaning to. */
const PLAIN = /^[-+.0-9:=A-Z_a-z\/]+$/;
/** An xs:int in its canonical form, where it has nine digits at the most. */
const NUMBER = /^[1-9][0-9]*$/;
const NUMBER_BYTES_MAX = 9;

/** Does the request once more. Implemented by thing/readout.ts. */
export interface Repeater {
  /** `context` is what it gave to `learn`. False: nothing was done, it must be read as usual. */
  repeat(context: unknown, id: string, seqnr: string): boolean;
}

export class Memo {
  /** The stanza that is being handled, where it came whole and alone; else "". */
  heard: string;
  private head: string;
  private middle: string;
  private tail: string;
  private quote: string;
  private repeater: Repeater | null;
  private context: unknown;

  constructor() {
    this.heard = this.head = this.middle = this.tail = this.quote = "";
    this.repeater = this.context = null;
  }

  /** With another stream the same octets may say something else. */
  forget(): void {
    this.repeater = this.context = null;
    this.head = this.middle = this.tail = "";
  }

  /** True when `text` is the same request again, and is being done. */
  repeats(text: string): boolean {
    const repeater = this.repeater;
    if (!repeater || text.length > MEMO_BYTES_MAX) return false;
    const from = this.head.length;
    const id = text.substring(from, text.indexOf(this.quote, from));
    const at = from + id.length + this.middle.length;
    const seqnr = text.substring(at, text.length - this.tail.length);
    return this.head + id + this.middle + seqnr + this.tail === text &&
      PLAIN.test(id) && seqnr.length <= NUMBER_BYTES_MAX && NUMBER.test(seqnr) &&
      repeater.repeat(this.context, id, seqnr);
  }

  /** The stanza that is being handled has this id, its payload this seqnr, and it was sound. */
  learn(id: string, seqnr: string, repeater: Repeater, context: unknown): void {
    const text = this.heard;
    this.forget();
    const end = text.indexOf(">");
    const quote = text.charAt(text.indexOf("=") + 1);
    const idAt = find(text, " id=" + quote + id + quote, 0) + 5;
    const seqnrAt = find(text, " seqnr=" + quote + seqnr + quote, end) + 8;
    // Both are what they seem: values of the stanza's own tag, and of its payload's behind it.
    if (idAt < 5 || idAt > end || seqnrAt < 8 || !isInTag(text.substring(0, idAt - 1), quote) ||
      !isInTag(text.substring(0, end), quote) ||
      !isInTag(text.substring(end + 1, seqnrAt - 1), quote)) return;
    this.head = text.substring(0, idAt);
    this.middle = text.substring(idAt + id.length, seqnrAt);
    this.tail = text.substring(seqnrAt + seqnr.length);
    this.quote = quote;
    this.repeater = repeater;
    this.context = context;
  }

  /**
   * A stanza came, whole and alone, which made us hold so much. With other values it may be as
   * long as any that we know again, and must still be within the limit of a stanza.
   */
  hear(text: string, heldBytes: number): void {
    const isSmall = text.length <= MEMO_BYTES_MAX;
    this.heard = isSmall && heldBytes + MEMO_BYTES_MAX <= STANZA_BYTES_MAX ? text : "";
  }
}

/** Whether a tag begins where the text does, and the text ends in it, outside of its values. */
function isInTag(text: string, quote: string): boolean {
  const other = quote === "'" ? '"' : "'";
  return text.charAt(0) === "<" && text.lastIndexOf("<") === 0 && text.indexOf(">") < 0 &&
    text.indexOf(other) < 0 && (text.split(quote).length & 1) === 1;
}
