/** What the assembler says of a stream, as lines that can be compared. */
import { Fault } from "../../../firmware/fault.js";
import { Assembler } from "../../../firmware/xml/assembler.js";
import type { ElementSink } from "../../../firmware/xml/assembler.js";
import type { Element } from "../../../firmware/xml/element.js";
import { HEADER } from "../../vectors/xml/stream.js";

export interface Transcript {
  events: string[];
  fault: Fault;
  /** The most octets that ever waited between two chunks. */
  waited: number;
  /** What still waits at the end: the start of a tag or a text. */
  pending: number;
  /** The number of chunks that were read, the one with the fault included. */
  taken: number;
}

/** `{ns}name[attributes, sorted]"text"(children)` */
export function show(element: Element): string {
  const attributes = element.attributes.split("\x01").slice(1, -1)
    .map((entry) => entry.replace("\x02", "=")).sort();
  const children = (element.children ?? []).map(show).join(",");
  return `{${element.ns}}${element.name}[${attributes.join(" ")}]`
    + `${JSON.stringify(element.text)}(${children})`;
}

export class Recorder implements ElementSink {
  readonly events: string[] = [];
  readonly assembler = new Assembler(this);
  /** Holds after each stanza, as a device that has done enough in a tick. */
  brakes = false;

  onHeader(header: Element): Fault {
    this.events.push(`header ${show(header)}`);
    return Fault.None;
  }

  onElement(element: Element, oversized: boolean): Fault {
    this.events.push(`${oversized ? "oversized" : "element"} ${show(element)}`);
    if (this.brakes) this.assembler.tokenizer.held = true;
    return Fault.None;
  }

  onItem(stanza: Element, item: Element): void {
    this.events.push(`item of ${stanza.name} ${stanza.attribute("id")} ${show(item)}`);
  }

  onStreamEnd(): void {
    this.events.push("end");
  }
}

export function play(chunks: Iterable<string>): Transcript {
  const recorder = new Recorder();
  const tokenizer = recorder.assembler.tokenizer;
  let fault: Fault = Fault.None;
  let waited = 0;
  let taken = 0;
  for (const chunk of chunks) {
    taken++;
    fault = tokenizer.push(chunk);
    waited = Math.max(waited, tokenizer.waiting());
    if (fault !== Fault.None) break;
  }
  return { events: recorder.events, fault, waited, pending: tokenizer.waiting(), taken };
}

/** The first stanza of a stream, as the firmware's parts get it. */
export function parse(xml: string): Element {
  const found: Element[] = [];
  const sink: ElementSink = {
    onHeader: () => Fault.None,
    onElement: (element) => (found.push(element), Fault.None),
    onItem: () => undefined,
    onStreamEnd: () => undefined,
  };
  const fault = new Assembler(sink).tokenizer.push(HEADER + xml);
  if (fault !== Fault.None || !found[0]) throw new Error(`fault ${fault} in ${xml}`);
  return found[0];
}

/** The same with a hold after each stanza. */
export function playBraked(xml: string): Transcript {
  const recorder = new Recorder();
  recorder.brakes = true;
  const tokenizer = recorder.assembler.tokenizer;
  let fault = tokenizer.push(xml);
  while (fault === Fault.None && tokenizer.held) {
    tokenizer.held = false;
    fault = tokenizer.push("");
  }
  const pending = tokenizer.waiting();
  return { events: recorder.events, fault, waited: pending, pending, taken: 1 };
}

/** Where an event is told before a later octet of the same chunk is refused is no difference. */
export function sameOutcome(a: Transcript, b: Transcript): boolean {
  if (a.fault !== b.fault) return false;
  const length = a.fault === Fault.None || a.fault === Fault.StreamError
    ? Math.max(a.events.length, b.events.length) : Math.min(a.events.length, b.events.length);
  return a.events.slice(0, length).join("\n") === b.events.slice(0, length).join("\n");
}

/**
 * The first way of cutting `xml` whose outcome is another than that of the whole; "" when all are
 * alike. `stride` 1 tries every position.
 */
export function firstDifference(xml: string, stride = 1): string {
  const whole = play([xml]);
  if (!sameOutcome(whole, play(xml))) return "octet by octet";
  if (!sameOutcome(whole, playBraked(xml))) return "with a hold after each stanza";
  for (let at = 1; at < xml.length; at += stride) {
    if (!sameOutcome(whole, play([xml.slice(0, at), xml.slice(at)]))) return `cut at ${at}`;
  }
  return "";
}
