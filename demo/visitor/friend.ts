/**
 * The devices that a visitor may see: it asks for their friendship, and learns from presence where
 * each can be reached.
 */
import type { EventEmitter } from "node:events";
import xml, { type Element } from "@xmpp/xml";
import type { Speaker } from "../../authority/friendship.js";
import { bareJid } from "../../authority/jid.js";
import { NS_ROSTER } from "../../authority/stanza.js";

const NS_CAPS = "http://jabber.org/protocol/caps";
const BOARD_NODE = "urn:x-thingward:device";

/** How long things may take, unless the caller says otherwise. */
export const FRIENDSHIP_MS = 30000;
export const PRESENCE_MS = 10000;

export type FriendshipResult = "accepted" | "refused" | "unanswered" | "unreachable";

export interface VisitorEvents {
  online: [jid: string];
  offline: [];
  /** A friend's presence; "" when it has gone. */
  presence: [device: string, fullJid: string];
  friendship: [device: string, state: "accepted" | "refused" | "ended"];
  fault: [error: Error];
}

export class Friends {
  /** Full JIDs by device, the one to ask first: other clients may use a device's account. */
  private readonly fullJids = new Map<string, string[]>();
  private readonly subscriptions = new Set<string>();
  private readonly wishes = new Map<string, (result: FriendshipResult) => void>();

  constructor(
    private readonly link: Omit<Speaker, "isComponent">,
    private readonly events: EventEmitter<VisitorEvents>,
  ) {}

  /** Where a device can be reached now, or "". */
  fullJid(device: string): string {
    return this.fullJids.get(device)?.[0] ?? "";
  }

  /** Asks a device to let us see it, which its provisioning server decides. */
  befriend(device: string, timeoutMs = FRIENDSHIP_MS): Promise<FriendshipResult> {
    this.wishes.get(device)?.("unanswered");
    if (this.subscriptions.has(device)) return Promise.resolve("accepted");
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle("unanswered"), timeoutMs);
      const settle = (result: FriendshipResult): void => {
        clearTimeout(timer);
        this.wishes.delete(device);
        resolve(result);
      };
      this.wishes.set(device, settle);
      this.link.send(xml("presence", { to: device, type: "subscribe" }));
    });
  }

  /** Ends a friendship, so that it can be asked for again. */
  unfriend(device: string): void {
    this.subscriptions.delete(device);
    this.fullJids.delete(device);
    this.link.send(xml("presence", { to: device, type: "unsubscribe" }));
  }

  /** The device's full JID as soon as it is there, or "" when it does not come. */
  whenPresent(device: string, timeoutMs = PRESENCE_MS): Promise<string> {
    const now = this.fullJid(device);
    if (now) return Promise.resolve(now);
    return new Promise((resolve) => {
      const settle = (fullJid: string): void => {
        clearTimeout(timer);
        this.events.off("presence", listener);
        resolve(fullJid);
      };
      const listener = (who: string, fullJid: string): void => {
        if (who === device && fullJid) settle(fullJid);
      };
      const timer = setTimeout(() => settle(""), timeoutMs);
      this.events.on("presence", listener);
    });
  }

  /** An account must ask for its roster to be told of answers at all (RFC 6121, 2.2). */
  async announce(): Promise<void> {
    const iq = xml("iq", { type: "get" }, xml("query", { xmlns: NS_ROSTER }));
    const roster = await this.link.request(iq, PRESENCE_MS);
    this.subscriptions.clear();
    for (const item of roster.getChild("query", NS_ROSTER)?.getChildren("item") ?? []) {
      const isSeen = ["to", "both"].includes(item.attrs["subscription"] ?? "");
      if (isSeen) this.subscriptions.add(bareJid(item.attrs["jid"]));
    }
    this.link.send(xml("presence"));
  }

  offline(): void {
    this.fullJids.clear();
  }

  /** Nobody who waits for an answer should wait for ever. */
  stop(): void {
    for (const settle of [...this.wishes.values()]) settle("unanswered");
  }

  onPresence(stanza: Element): void {
    const { from = "", type } = stanza.attrs;
    const device = bareJid(from);
    if (!device || device === bareJid(this.link.jid)) return;
    if (type === "subscribed") this.friendship(device, "accepted");
    else if (type === "unsubscribed") this.friendship(device, "refused");
    else if (type === "error") this.wishes.get(device)?.("unreachable");
    else if (type === "subscribe" && this.knows(device)) {
      this.link.send(xml("presence", { to: device, type: "subscribed" }));
    } else if (!type && this.subscriptions.has(device)) {
      const others = (this.fullJids.get(device) ?? []).filter((jid) => jid !== from);
      // The board says by its capabilities that it is one (XEP-0115).
      const isBoard = stanza.getChild("c", NS_CAPS)?.attrs["node"] === BOARD_NODE;
      this.fullJids.set(device, isBoard ? [from, ...others] : [...others, from]);
      this.events.emit("presence", device, this.fullJid(device));
    } else if (type === "unavailable" && this.fullJids.get(device)?.includes(from)) {
      this.fullJids.set(device, this.fullJids.get(device)!.filter((jid) => jid !== from));
      this.events.emit("presence", device, this.fullJid(device));
    }
  }

  private friendship(device: string, state: "accepted" | "refused"): void {
    const wasFriend = this.subscriptions.has(device);
    const settle = this.wishes.get(device);
    if (state === "accepted") this.subscriptions.add(device);
    else {
      this.subscriptions.delete(device);
      this.fullJids.delete(device);
    }
    this.events.emit("friendship", device, state === "refused" && wasFriend ? "ended" : state);
    settle?.(state);
  }

  /** Only a device that we have asked ourselves may see us. */
  private knows(device: string): boolean {
    return this.subscriptions.has(device) || this.wishes.has(device);
  }
}
