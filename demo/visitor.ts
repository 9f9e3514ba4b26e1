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
import { Friends, type FriendshipResult, type VisitorEvents } from "./visitor/friend.js";
import { type ReadResult, type Refusal, Readout } from "./visitor/readout.js";
import { type ReadRequest, parseRejection, printReadRequest } from "./visitor/sensor.js";

export type { FriendshipResult, VisitorEvents } from "./visitor/friend.js";
export type { ReadResult, Refusal } from "./visitor/readout.js";
export type { Field, NodeFailure, ReadRequest } from "./visitor/sensor.js";
export type { Parameter, SetRequest } from "./visitor/control.js";

/** How long things may take, unless the caller says otherwise. */
export const READ_MS = 30000;
export const SET_MS = 30000;

export type SetResult = ({ outcome: "set" } & Done) | Refusal;

const SEQNR_MAX = 2147483647;

export class Visitor {
  readonly events = new EventEmitter<VisitorEvents>();
  private readonly link: Link;
  private readonly friends: Friends;
  private readonly readouts = new Set<Readout>();
  private seqnr = 0;

  constructor(options: AccountOptions) {
    const { events } = this;
    this.link = new Link(options, {
      onOnline: (jid) => {
        this.friends.announce().catch((error: Error) => events.emit("fault", error));
        events.emit("online", jid);
      },
      onOffline: () => {
        this.friends.offline();
        events.emit("offline");
      },
      onRequest: (iq) => this.reply(iq),
      onPresence: (stanza) => this.friends.onPresence(stanza),
      onMessage: (message) => {
        for (const readout of [...this.readouts]) readout.onMessage(message);
      },
      onFault: (error) => events.emit("fault", error),
    });
    this.friends = new Friends(this.link, events);
  }

  get jid(): string {
    return this.link.jid;
  }

  start(): Promise<string> {
    return this.link.start();
  }

  async stop(): Promise<void> {
    this.friends.stop();
    await this.link.stop();
  }

  /** Where a device can be reached now, or "". */
  fullJid(device: string): string {
    return this.friends.fullJid(device);
  }

  /** Asks a device to let us see it, which its provisioning server decides. */
  befriend(device: string, timeoutMs?: number): Promise<FriendshipResult> {
    return this.friends.befriend(device, timeoutMs);
  }

  /** Ends a friendship, so that it can be asked for again. */
  unfriend(device: string): void {
    this.friends.unfriend(device);
  }

  /** The device's full JID as soon as it is there, or "" when it does not come. */
  whenPresent(device: string, timeoutMs?: number): Promise<string> {
    return this.friends.whenPresent(device, timeoutMs);
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
}

function refusalOf(
  error: unknown, parse: (iq: Element) => { condition: string; text: string },
): Refusal {
  if (!(error instanceof RequestFailure)) throw error;
  if (error.stanza) return { outcome: "refused", ...parse(error.stanza) };
  return { outcome: error.failure.condition === "offline" ? "absent" : "unanswered" };
}
