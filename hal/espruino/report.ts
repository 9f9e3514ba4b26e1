/**
 * Prints what a person at the console wants to follow: one line for each event, never a secret.
 */
import type { Ticker } from "../hal.js";

/** Asking costs some 30 JsVars for a moment. */
const LOOK_MS = 500;

/** What of a device is reported. */
export interface Watched {
  status(): { jid: string; online: boolean; fault: number; why: string; trust: string[] };
}

export class Report implements Ticker {
  private lookMs = 0;
  private link = "";
  private trust = "";

  constructor(private readonly device: Watched) {}

  tick(nowMs: number): void {
    if (nowMs < this.lookMs) return;
    this.lookMs = nowMs + LOOK_MS;
    const status = this.device.status();
    const lost = "offline " + status.fault + " " + status.why;
    this.link = say(status.online ? "online " + status.jid : lost, this.link);
    this.trust = say("trust " + status.trust.join(" "), this.trust);
  }
}

function say(line: string, before: string): string {
  if (line !== before) print(line);
  return line;
}
