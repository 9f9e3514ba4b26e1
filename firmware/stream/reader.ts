/**
 * What one stream brings, element by element. It only reads, and remembers what it has completed:
 * whoever asked for it acts on it after it has returned.
 */
import { INBOUND_BYTES_MAX, REPLY_BYTES_MAX, UNFINISHED_BYTES_MAX } from "../config.js";
import { Fault } from "../fault.js";
import { Assembler, type ElementSink } from "../xml/assembler.js";
import type { Element } from "../xml/element.js";
import type { Link } from "./link.js";
import type { Memo } from "./memo.js";

export class Reader implements ElementSink {
  /** What was completed last: the stream's header, a stanza, or the stanza of a roster's item. */
  element: Element | null;
  item: Element | null;
  isHeader: boolean;
  /** Only the root of the stanza is there. */
  oversized: boolean;
  /** When the last octet came. */
  heardMs: number;
  private assembler: Assembler | null;
  /** Octets since the last stanza was complete. */
  private unfinished: number;

  constructor(private readonly link: Link, private readonly memo: Memo) {
    this.element = this.item = this.assembler = null;
    this.isHeader = this.oversized = false;
    this.heardMs = this.unfinished = 0;
  }

  /** A stream, or what comes behind its login. */
  begin(nowMs: number): void {
    this.heardMs = nowMs;
    this.unfinished = 0;
    this.assembler = new Assembler(this);
  }

  end(): void {
    this.assembler = null;
    this.rest();
    this.memo.forget();
  }

  /** What was read has been done: nothing of it is held any longer. */
  rest(): void {
    this.element = this.item = null;
    this.memo.heard = "";
  }

  /** Whether a header of ours has been said. */
  isOpen(): boolean {
    return this.assembler !== null;
  }

  /** Whether octets came behind the last element. */
  isWaiting(): boolean {
    return this.assembler !== null && this.assembler.tokenizer.waiting() > 0;
  }

  /**
   * Reads on to the end of a stanza or item, while a reply would fit. False: none is here.
   * `isOnline`: a request that comes again may be known by its octets, and is done at once.
   */
  read(isOnline: boolean, nowMs: number): boolean {
    const assembler = this.assembler;
    const link = this.link;
    this.element = this.item = null;
    this.isHeader = false;
    if (!assembler || link.fault !== Fault.None || link.room() < REPLY_BYTES_MAX) return false;
    const tokenizer = assembler.tokenizer;
    const bytes = link.take();
    if (bytes !== "") this.heardMs = nowMs;
    else if (!tokenizer.held) return false;
    if (tokenizer.waiting() + bytes.length > INBOUND_BYTES_MAX) {
      link.fail(Fault.Overflow, "");
      return false;
    }
    const memo = this.memo;
    const isAlone = assembler.depth < 2 && !tokenizer.waiting();
    if (isAlone && isOnline && memo.repeats(bytes)) return false;
    tokenizer.held = false;
    const fault = tokenizer.push(bytes);
    if (fault !== Fault.None) link.fail(fault, "");
    const isWhole = this.element !== null;
    const isBetween = assembler.depth < 2 && !tokenizer.waiting();
    this.unfinished = isWhole || isBetween ? 0 : this.unfinished + bytes.length;
    if (isAlone && isWhole && isBetween && !this.item) memo.hear(bytes, assembler.heldBytes);
    if (this.unfinished > UNFINISHED_BYTES_MAX) link.fail(Fault.Oversized, "");
    return isWhole && link.fault === Fault.None;
  }

  onHeader(header: Element): Fault {
    this.isHeader = true;
    return this.onElement(header, false);
  }

  /** Kept until `read` has returned. */
  onElement(element: Element, oversized: boolean): Fault {
    this.element = element;
    this.oversized = oversized;
    if (this.assembler) this.assembler.tokenizer.held = true;
    return Fault.None;
  }

  onItem(stanza: Element, item: Element): void {
    this.item = item;
    this.onElement(stanza, false);
  }

  onStreamEnd(): void {
    this.link.fail(Fault.StreamError, "");
  }
}
