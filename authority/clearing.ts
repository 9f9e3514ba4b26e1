/**
 * After a rule has changed, each device concerned must clear its cache, and must be told again
 * until it has said that it did (XEP-0324 "clearcache"). One that is away is told on its return.
 *
 *   state   | rule changes      | acknowledged        | no answer           | seen again
 *   --------+-------------------+---------------------+---------------------+-----------
 *   fresh   | stale, send       | -                   | -                   | -
 *   stale   | send once more    | fresh, unless the   | again, later and    | send
 *           | after this answer | rule changed since  | later; then wait    |
 */
import type { Devices } from "./device.js";
import { type Asker, RequestFailure } from "./link.js";
import { clearCacheRequest, isClearCacheResponse } from "./provisioning.js";

/** A chip that writes flash before it answers needs a while. */
export const CLEAR_ANSWER_MS = 10000;
export const CLEAR_ATTEMPTS_MAX = 5;
/** The first pause; doubled after each attempt. */
export const CLEAR_RETRY_MS = 2000;

export type ClearOutcome = "sent" | "acknowledged" | "unanswered" | "waiting";

export interface ClearingListener {
  /** "waiting": the device is away. */
  onClear(device: string, outcome: ClearOutcome): void;
  /** It is fresh again, which should be remembered. */
  onFresh(device: string): void;
}

export class Clearing {
  private readonly running = new Set<string>();
  /** How often the rules of a device have changed; an acknowledgement is for one of these. */
  private readonly changes = new Map<string, number>();
  private isStopped = false;

  constructor(
    private readonly devices: Devices,
    private readonly asker: Asker,
    private readonly listener: ClearingListener,
    private readonly retryMs = CLEAR_RETRY_MS,
  ) {}

  /** A rule of this device has changed. */
  changed(device: string): void {
    this.changes.set(device, this.changeOf(device) + 1);
    this.devices.mark(device, { isStale: true });
  }

  /** It has changed, or been seen: if there is something to be told and a way to, tell it. */
  due(device: string): void {
    if (this.isStopped || this.running.has(device)) return;
    if (!this.devices.find(device)?.isStale) return;
    if (this.devices.reach(device).length === 0) return this.listener.onClear(device, "waiting");
    this.running.add(device);
    void this.run(device).finally(() => this.running.delete(device));
  }

  stop(): void {
    this.isStopped = true;
  }

  private async run(device: string): Promise<void> {
    let attempts = 0;
    while (!this.isStopped && attempts < CLEAR_ATTEMPTS_MAX) {
      const change = this.changeOf(device);
      if (this.devices.reach(device).length === 0) return this.listener.onClear(device, "waiting");
      this.listener.onClear(device, "sent");
      if (await this.ask(device)) {
        this.listener.onClear(device, "acknowledged");
        if (change === this.changeOf(device)) return this.fresh(device);
        attempts = 0;
        continue;
      }
      attempts++;
      await pause(this.retryMs * 2 ** (attempts - 1));
    }
    if (!this.isStopped) this.listener.onClear(device, "unanswered");
  }

  /** True when the device, at any of its addresses, has cleared its cache. */
  private async ask(device: string): Promise<boolean> {
    const answers = await Promise.all(this.devices.reach(device).map(async (fullJid) => {
      try {
        const answer = await this.asker.request(clearCacheRequest(fullJid), CLEAR_ANSWER_MS);
        this.devices.seen(fullJid);
        return isClearCacheResponse(answer);
      } catch (error) {
        if (isGone(error)) this.devices.gone(fullJid);
        return false;
      }
    }));
    return answers.includes(true);
  }

  private fresh(device: string): void {
    this.devices.mark(device, { isStale: false });
    this.listener.onFresh(device);
  }

  private changeOf(device: string): number {
    return this.changes.get(device) ?? 0;
  }
}

/** What a server says for a resource that has left. */
function isGone(error: unknown): boolean {
  return error instanceof RequestFailure
    && ["service-unavailable", "recipient-unavailable", "item-not-found"]
      .includes(error.failure.condition);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms).unref(); });
}
