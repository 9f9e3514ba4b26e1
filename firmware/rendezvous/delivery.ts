/**
 * What a joiner says to the messages of a provisioner that has proved itself (message.ts has the
 * table). Each step only from the one before; Provision may be repeated, Echo is always answered.
 *
 *   step        ArmFailSafe   Identify      Provision        Commit      Disarm
 *   ----------+-------------+-------------+----------------+-----------+----------
 *   Begun       Armed         Broken        Broken           Broken      Broken
 *   Armed       Broken        Identified    Broken           Broken      Begun
 *   Identified  Broken        Broken        Staged           Broken      Begun
 *   Staged      Broken        Broken        Staged           Committed   Begun
 *   Committed, Broken: nothing more is heard
 *
 * Staged means in memory: the flash hears of it when it has worked (trial.ts).
 */
import { Status } from "./framing.js";
import { FailSafe, MessageType, decodeOffer, statusMessage } from "./message.js";
import type { Offer } from "./message.js";

export const enum Step {
  Begun,
  Armed,
  Identified,
  Staged,
  Committed,
  Broken,
}

/** What a window remembers from one connection to the next: the fail-safe, and what came of it. */
export interface Memory {
  /** u32 as four octets; "" while nothing was armed. */
  token: string;
  /** What the last offer came to; Ok where there was none. */
  last: Status;
}

export class Delivery {
  step: Step;
  offer: Offer | null;

  /** `description` is the secured one, as octets. */
  constructor(private readonly description: string, private readonly memory: Memory) {
    this.step = Step.Begun;
    this.offer = null;
  }

  /** The answer to a message; "" where none is due. */
  answer(message: string): string {
    const type: MessageType = message.charCodeAt(0);
    const isPlain = message.length === 1;
    const step = this.step;
    if (step >= Step.Committed) return "";
    if (type === MessageType.Echo && isPlain) return String.fromCharCode(MessageType.EchoReply);
    if (type === MessageType.EchoReply && isPlain) return "";
    if (type === MessageType.ArmFailSafe && step === Step.Begun) return this.arm(message);
    if (type === MessageType.Identify && step === Step.Armed && isPlain) {
      this.step = Step.Identified;
      return String.fromCharCode(MessageType.Description) + this.description;
    }
    if (type === MessageType.Provision && (step === Step.Identified || step === Step.Staged)) {
      return this.stage(message);
    }
    if (type === MessageType.Commit && step === Step.Staged && isPlain) {
      this.step = Step.Committed;
      return statusMessage(Status.Ok);
    }
    if (type === MessageType.Disarm && step > Step.Begun && isPlain) return this.disarm();
    return this.refuse();
  }

  private arm(message: string): string {
    const mode: FailSafe = message.charCodeAt(1);
    const token = message.substring(2);
    if (token.length !== 4 || (mode !== FailSafe.New && mode !== FailSafe.Resume)) {
      return this.refuse();
    }
    // Also after a reboot: whatever it was, it is not there any more.
    if (mode === FailSafe.Resume && token !== this.memory.token) {
      return statusMessage(Status.FailSafe);
    }
    const last = mode === FailSafe.New ? Status.Ok : this.memory.last;
    this.memory.token = token;
    this.memory.last = Status.Ok;
    this.step = Step.Armed;
    return statusMessage(last);
  }

  /** One that cannot work is refused and may be put right; the one before is gone all the same. */
  private stage(message: string): string {
    this.offer = decodeOffer(message);
    this.step = this.offer ? Step.Staged : Step.Identified;
    return statusMessage(this.offer ? Status.Ok : Status.Reject);
  }

  private disarm(): string {
    this.step = Step.Begun;
    this.offer = null;
    this.memory.token = "";
    return statusMessage(Status.Ok);
  }

  private refuse(): string {
    this.step = Step.Broken;
    this.offer = null;
    return statusMessage(Status.Error);
  }
}
