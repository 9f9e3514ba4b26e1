/**
 * A visitor: somebody with an account who wants to read and switch devices, and who is told yes or
 * no. It speaks to a device by its bare JID and learns the full one from presence, which it sees
 * once the device has accepted its friendship request.
 */
import { EventEmitter } from "node:events";
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "../authority/jid.js";
import type { AccountOptions } from "../authority/entity.js";
import { Link, type Reply, RequestFailure } from "../authority/link.js";
import { NS_DISCO_INFO, NS_ROSTER, errorElement } from "../authority/stanza.js";
import { type Done, type SetRequest, parseSetFailure, parseSetResponse, printSetRequest }
  from "./visitor/control.js";
import { type ReadResult, type Refusal, Readout } from "./visitor/readout.js";
import { type ReadRequest, parseRejection, printReadRequest } from "./visitor/sensor.js";

export type { ReadResult, Refusal } from "./visitor/readout.js";
export type { Field, NodeFailure, ReadRequest } from "./visitor/sensor.js";
export type { Parameter, SetRequest } from "./visitor/control.js";

const NS_CAPS = "http://jabber.org/protocol/caps";
const BOARD_NODE = "urn:x-thingward:device";

/** How long things may take, unless the caller says otherwise. */
export const FRIENDSHIP_MS = 30000;
export const PRESENCE_MS = 10000;
export const READ_MS = 30000;
export const SET_MS = 30000;

export type FriendshipResult = "accepted" | "refused" | "unanswered" | "unreachable";

export type SetResult = ({ outcome: "set" } & Done) | Refusal;

export interface VisitorEvents {
  online: [jid: string];
  offline: [];
  /** A friend's presence; "" when it has gone. */
  presence: [device: string, fullJid: string];
  friendship: [device: string, state: "accepted" | "refused" | "ended"];
  fault: [error: Error];
}

const SEQNR_MAX = 2147483647;

export class Visitor {
  readonly events = new EventEmitter<VisitorEvents>();
  private readonly link: Link;
  /** Full JIDs by device, the one to ask first: other clients may use a device's account. */
  private readonly fullJids = new Map<string, string[]>();
  private readonly subscriptions = new Set<string>();
  private readonly readouts = new Set<Readout>();
  private readonly wishes = new Map<string, (result: FriendshipResult) => void>();
  private seqnr = 0;

  constructor(options: AccountOptions) {
    const { events } = this;
    this.link = new Link(options, {
      onOnline: (jid) => {
        this.announce().catch((error: Error) => events.emit("fault", error));
        events.emit("online", jid);
      },
      onOffline: () => {
        this.fullJids.clear();
        events.emit("offline");
      },
      onRequest: (iq) => this.reply(iq),
      onPresence: (stanza) => this.presence(stanza),
      onMessage: (message) => {
        for (const readout of [...this.readouts]) readout.onMessage(message);
      },
      onFault: (error) => events.emit("fault", error),
    });
  }

  get jid(): string {
    return this.link.jid;
  }

  start(): Promise<string> {
    return this.link.start();
  }

  async stop(): Promise<void> {
    for (const settle of [...this.wishes.values()]) settle("unanswered");
    await this.link.stop();
  }

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

  /** Reads a device, by its bare JID; or anybody at all, by a full one. */
  async read(device: string, request: ReadRequest = {}, timeoutMs = READ_MS): Promise<ReadResult> {
    const to = this.addressOf(device);
    if (!to) return { outcome: "absent" };
    this.seqnr = this.seqnr % SEQNR_MAX + 1;
    const readout = new Readout(to, this.seqnr, timeoutMs);
    this.readouts.add(readout);
    // Once it is accepted only the messages count; they may even come before that.
    this.link.request(printReadRequest(to, readout.seqnr, request), timeoutMs)
      .catch((error: unknown) => readout.end(refusalOf(error, parseRejection)));
    const result = await readout.result;
    this.readouts.delete(readout);
    return result;
  }

  async set(device: string, request: SetRequest, timeoutMs = SET_MS): Promise<SetResult> {
    const to = this.addressOf(device);
    if (!to) return { outcome: "absent" };
    try {
      const iq = await this.link.request(printSetRequest(to, request), timeoutMs);
      const response = parseSetResponse(iq);
      if (response) return { outcome: "set", ...response };
      return { outcome: "refused", condition: "undefined-condition", text: "no setResponse" };
    } catch (error) {
      return refusalOf(error, parseSetFailure);
    }
  }

  /** One boolean parameter of one node. */
  switch(device: string, node: string, name: string, isOn: boolean): Promise<SetResult> {
    const parameters = [{ name, kind: "boolean", value: String(isOn) }];
    return this.set(device, { nodes: [node], parameters });
  }

  private addressOf(device: string): string {
    return device.includes("/") ? device : this.fullJid(device);
  }

  private async announce(): Promise<void> {
    const iq = xml("iq", { type: "get" }, xml("query", { xmlns: NS_ROSTER }));
    const roster = await this.link.request(iq, PRESENCE_MS);
    this.subscriptions.clear();
    for (const item of roster.getChild("query", NS_ROSTER)?.getChildren("item") ?? []) {
      const isSeen = ["to", "both"].includes(item.attrs["subscription"] ?? "");
      if (isSeen) this.subscriptions.add(bareJid(item.attrs["jid"]));
    }
    this.link.send(xml("presence"));
  }

  private reply(iq: Element): Reply {
    const request = iq.getChildElements()[0]!;
    if (iq.attrs["type"] === "set") {
      const isOurs = !iq.attrs["from"] || iq.attrs["from"] === bareJid(this.jid);
      if (!request.is("query", NS_ROSTER)) return null;
      return isOurs ? "done" : errorElement("service-unavailable");
    }
    if (!request.is("query", NS_DISCO_INFO)) return null;
    return xml("query", { xmlns: NS_DISCO_INFO, node: request.attrs["node"] },
      xml("identity", { category: "client", type: "pc", name: "Visitor" }),
      xml("feature", { var: NS_DISCO_INFO }));
  }

  private presence(stanza: Element): void {
    const { from = "", type } = stanza.attrs;
    const device = bareJid(from);
    if (!device || device === bareJid(this.jid)) return;
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

function refusalOf(
  error: unknown, parse: (iq: Element) => { condition: string; text: string },
): Refusal {
  if (!(error instanceof RequestFailure)) throw error;
  if (error.stanza) return { outcome: "refused", ...parse(error.stanza) };
  return { outcome: error.failure.condition === "offline" ? "absent" : "unanswered" };
}
