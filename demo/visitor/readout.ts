/** One read-out under way: the messages of one device, for one sequence number, until done. */
import type { Element } from "@xmpp/xml";
import { type Field, type NodeFailure, parsePart } from "./sensor.js";

/** "refused" is the device's own word; "absent" means that no device was there to ask. */
export type Refusal =
  | { outcome: "refused"; condition: string; text: string }
  | { outcome: "absent" }
  | { outcome: "unanswered"; fields?: Field[] };

export type ReadResult =
  | { outcome: "read"; fields: Field[]; failures: NodeFailure[] }
  | Refusal;

export class Readout {
  readonly result: Promise<ReadResult>;
  private readonly fields: Field[] = [];
  private readonly failures: NodeFailure[] = [];
  private readonly timer: NodeJS.Timeout;
  private resolve!: (result: ReadResult) => void;

  constructor(private readonly from: string, readonly seqnr: number, timeoutMs: number) {
    this.result = new Promise((resolve) => { this.resolve = resolve; });
    this.timer = setTimeout(() => this.end({ outcome: "unanswered", fields: this.fields }),
      timeoutMs);
  }

  /** Only the device that was asked counts; anybody can guess a sequence number. */
  onMessage(message: Element): void {
    const part = message.attrs["from"] === this.from ? parsePart(message, this.seqnr) : null;
    if (!part) return;
    this.fields.push(...part.fields);
    this.failures.push(...part.failures);
    if (!part.isDone) return;
    this.end({ outcome: "read", fields: this.fields, failures: this.failures });
  }

  end(result: ReadResult): void {
    clearTimeout(this.timer);
    this.resolve(result);
  }
}
