/**
 * Prints what a person at the console wants to follow: one line for each event, never a secret.
 */
import type { Ticker } from "../hal.js";

const LOOK_MS = 500;

/** What of a device is reported. */
export interface Watched {
  /** "" while it is not online. */
  jid(): string;
  trust: { list(): string[] };
  /** Costs more. */
  status(): { fault: number; why: string };
}

export class Report implements Ticker {
  private lookMs = 0;
  private link = "";
  private trust = "";

  constructor(private readonly device: Watched) {}

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    const jid = this.device.jid();
    this.link = say(jid === "" ? this.lost() : "online " + jid, this.link);
    this.trust = say("trust " + this.device.trust.list().join(" "), this.trust);
  }

  private lost(): string {
    const status = this.device.status();
    return "offline " + status.fault + " " + status.why;
  }
}

function say(line: string, before: string): string {
  if (line !== before) print(line);
  return line;
}
