/**
 * Friendships between this authority and devices: presence subscriptions. We ask when a person
 * tells us to ("delegatingoriginaltrust"); a device that asks us is always let in, since that
 * gives it nothing but our presence. As a component we have no server to do our presence for us.
 */
import xml, { type Element } from "@xmpp/xml";
import type { Devices } from "./device.js";
import { capsElement } from "./disco.js";
import { bareJid } from "./jid.js";
import type { Asker } from "./link.js";
import { NS_ROSTER } from "./stanza.js";

/** The device's own window is at most two minutes; after that its answer cannot come any more. */
export const BEFRIEND_MS = 150000;

export type BefriendOutcome = "accepted" | "refused" | "unanswered" | "unreachable";

export interface FriendshipListener {
  onFriendship(device: string, state: "requested" | "ended" | BefriendOutcome): void;
  /** Something that must be remembered has changed. */
  onDevice(device: string): void;
}

export interface Speaker extends Asker {
  readonly jid: string;
  readonly isComponent: boolean;
  send(stanza: Element): void;
}

const ROSTER_MS = 10000;

export class Friendship {
  private readonly waiting = new Map<string, (outcome: BefriendOutcome) => void>();

  constructor(
    private readonly devices: Devices,
    private readonly link: Speaker,
    private readonly listener: FriendshipListener,
  ) {}

  /** Asks a device to be our friend, and tells what became of that. */
  befriend(device: string): Promise<BefriendOutcome> {
    this.waiting.get(device)?.("unanswered");
    if (this.devices.find(device)?.isSubscribed) return Promise.resolve("accepted");
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle("unanswered"), BEFRIEND_MS);
      const settle = (outcome: BefriendOutcome): void => {
        clearTimeout(timer);
        this.waiting.delete(device);
        this.listener.onFriendship(device, outcome);
        resolve(outcome);
      };
      this.waiting.set(device, settle);
      this.listener.onFriendship(device, "requested");
      this.say(device, "subscribe");
    });
  }

  /** An account must ask for its roster to be told of answers at all (RFC 6121, 2.2). */
  async online(): Promise<void> {
    if (this.link.isComponent) {
      for (const device of this.devices.list()) if (device.isSubscribed) this.greet(device.jid);
      return;
    }
    const iq = xml("iq", { type: "get" }, xml("query", { xmlns: NS_ROSTER }));
    const roster = await this.link.request(iq, ROSTER_MS);
    this.reconcile(roster.getChild("query", NS_ROSTER)?.getChildren("item") ?? []);
    this.link.send(xml("presence", {}, capsElement(false)));
  }

  /** Nobody who waits for an answer should wait for ever. */
  stop(): void {
    for (const settle of [...this.waiting.values()]) settle("unanswered");
  }

  onPresence(stanza: Element): void {
    const device = bareJid(stanza.attrs["from"]);
    const type = stanza.attrs["type"];
    if (!device || device === bareJid(this.link.jid)) return;
    if (type === "subscribe") this.asked(device);
    else if (type === "subscribed") this.accepted(device);
    else if (type === "unsubscribed") this.refused(device);
    else if (type === "error") this.waiting.get(device)?.("unreachable");
    else if (type === "probe" && this.link.isComponent) this.announce(device);
  }

  private asked(device: string): void {
    this.say(device, "subscribed");
    if (this.link.isComponent) return this.announce(device);
    const isOurWish = this.waiting.has(device) || this.devices.find(device)?.isSubscribed;
    // A device with a preprogrammed authority asks first; we want to see its presence too.
    if (!isOurWish) this.say(device, "subscribe");
  }

  private accepted(device: string): void {
    this.remember(device, true);
    this.waiting.get(device)?.("accepted");
  }

  private refused(device: string): void {
    const wasFriend = this.devices.find(device)?.isSubscribed ?? false;
    if (wasFriend) this.remember(device, false);
    const settle = this.waiting.get(device);
    if (settle) settle("refused");
    else if (wasFriend) this.listener.onFriendship(device, "ended");
  }

  private reconcile(items: Element[]): void {
    const seen = items.filter((item) => ["to", "both"].includes(item.attrs["subscription"] ?? ""));
    const jids = new Set(seen.map((item) => bareJid(item.attrs["jid"])));
    for (const jid of jids) this.remember(jid, true);
    for (const { jid } of this.devices.list()) if (!jids.has(jid)) this.remember(jid, false);
  }

  private remember(device: string, isSubscribed: boolean): void {
    const isNew = isSubscribed && this.devices.add(device);
    if (this.devices.mark(device, { isSubscribed }) || isNew) this.listener.onDevice(device);
  }

  private greet(device: string): void {
    this.announce(device);
    this.say(device, "probe");
  }

  private announce(device: string): void {
    this.link.send(xml("presence", { to: device }, capsElement(true)));
  }

  private say(device: string, type: string): void {
    this.link.send(xml("presence", { to: device, type }));
  }
}
