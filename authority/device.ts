/**
 * The devices that this authority knows, and at which full JIDs they can be reached now. A full
 * JID is learned from presence and from a device's own questions, never guessed: iqs for a bare
 * JID are answered by the device's server (RFC 6121, 8.5.2).
 */
import { bareJid, parseJid } from "./jid.js";
import type { DeviceRecord, Store } from "./store.js";

export const DEVICES_MAX = 100000;
/** A device has one; a second is the ghost of a stream that its server still believes in. */
export const FULL_JIDS_MAX = 4;

export interface Device extends DeviceRecord {
  /** Where it is now, as far as presence says; the most recently heard of is the last. */
  fullJids: string[];
}

export class Devices {
  private readonly fullJids = new Map<string, string[]>();

  constructor(private readonly store: Store) {}

  list(): Device[] {
    return [...this.store.devices.values()].map((record) => this.view(record));
  }

  find(jid: string): Device | null {
    const record = this.store.devices.get(jid);
    return record ? this.view(record) : null;
  }

  /** Makes it known. False when it was, or when there are too many. */
  add(jid: string): boolean {
    const { devices } = this.store;
    if (devices.has(jid) || devices.size >= DEVICES_MAX) return false;
    devices.set(jid, { jid, hasAsked: false, isSubscribed: false, isStale: false, lastJids: [] });
    return true;
  }

  /** True when that changes what must be remembered. */
  mark(jid: string, change: Partial<Omit<DeviceRecord, "jid">>): boolean {
    const record = this.store.devices.get(jid);
    if (!record) return false;
    const before = JSON.stringify(record);
    Object.assign(record, change);
    return JSON.stringify(record) !== before;
  }

  /** It can be reached there. False when it is no device of ours. */
  seen(fullJid: string): boolean {
    const jid = bareJid(fullJid);
    if (!this.store.devices.has(jid) || !isReachable(fullJid)) return false;
    const others = this.at(jid).filter((one) => one !== fullJid);
    const all = [...others, fullJid].slice(-FULL_JIDS_MAX);
    this.fullJids.set(jid, all);
    this.store.devices.get(jid)!.lastJids = all;
    return true;
  }

  gone(fullJid: string): void {
    const jid = bareJid(fullJid);
    // Presence from a bare JID speaks for the whole account.
    const others = (all: string[]): string[] =>
      (fullJid === jid ? [] : all.filter((one) => one !== fullJid));
    const left = others(this.at(jid));
    if (left.length > 0) this.fullJids.set(jid, left);
    else this.fullJids.delete(jid);
    const record = this.store.devices.get(jid);
    if (record) record.lastJids = others(record.lastJids);
  }

  /** Our own stream is gone, and what we knew of presence with it. */
  forgetPresence(): void {
    this.fullJids.clear();
  }

  at(jid: string): string[] {
    return this.fullJids.get(jid) ?? [];
  }

  /**
   * Where it is, or was when we last heard of it: whose presence we missed (a component is told
   * once, and of nobody when it starts again) is there still, until its server says otherwise.
   */
  reach(jid: string): string[] {
    const now = this.at(jid);
    return now.length > 0 ? now : this.store.devices.get(jid)?.lastJids ?? [];
  }

  /** Those that a rule for `device` ("*" for all) is about. */
  affected(device: string): string[] {
    if (device !== "*") return this.store.devices.has(device) ? [device] : [];
    return [...this.store.devices.keys()];
  }

  private view(record: DeviceRecord): Device {
    return { ...record, fullJids: [...this.at(record.jid)] };
  }
}

/** An account's client has a resource; a component is reached at its domain. */
function isReachable(jid: string): boolean {
  const parts = parseJid(jid);
  return parts !== null && (parts.resource !== "" || parts.local === "");
}
