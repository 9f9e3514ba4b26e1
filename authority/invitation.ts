/**
 * Adding a board by way of another one: a device that trusts us waits for a new board, and hands
 * over its own Wi-Fi and the account that we name (firmware/rendezvous/inviter.ts). The pairing
 * code stays here; what the device gets is the point made of it (flash/generator.ts).
 */
import xml, { type Element } from "@xmpp/xml";
import type { Asker } from "./link.js";

/** How long a device may take to say whether it will wait. */
const ANSWER_MS = 10000;

export const NS_RENDEZVOUS = "urn:thingward:rendezvous";

export interface NewBoard {
  /** 16 hexadecimal digits, as its label says. */
  deviceId: string;
  /** 32 octets. */
  generator: Uint8Array;
  /** The account that it gets. */
  jid: string;
  password: string;
  /** "" is the JID's domain. */
  host: string;
  port: number;
  secure: boolean;
  /** The Wi-Fi that it gets. Default: the one that the device was given */
  network?: { ssid: string; passphrase: string };
  /** How long the device waits, 1 to 300. */
  seconds: number;
}

/** How it goes on, as the device tells it. */
export interface InvitationNews {
  /** Of the new board. */
  deviceId: string;
  state: "open" | "refused" | "given" | "failed" | "ended"
    /** The board that was let in is online; somebody else is, with its account (arrival.ts). */
    | "proved" | "forged";
}

const STATES = ["open", "refused", "given", "failed", "ended"];

/** Resolves with the network in which the device waits; rejects where it will not. */
export async function invite(link: Asker, device: string, board: NewBoard): Promise<string> {
  const answer = await link.request(inviteRequest(device, board), ANSWER_MS);
  return answer.getChildElements()[0]?.attrs["network"] ?? "";
}

/** It need not wait any longer. */
export async function dismiss(link: Asker, device: string): Promise<void> {
  const request = xml("iq", { type: "set", to: device }, xml("dismiss", { xmlns: NS_RENDEZVOUS }));
  await link.request(request, ANSWER_MS);
}

function inviteRequest(device: string, board: NewBoard): Element {
  const { deviceId, generator, jid, password, host, port, secure, seconds, network } = board;
  return xml("iq", { type: "set", to: device }, xml("invite", {
    xmlns: NS_RENDEZVOUS, device: deviceId, generator: Buffer.from(generator).toString("base64"),
    jid, password, host, port: String(port), tls: String(secure), seconds: String(seconds),
    ...network,
  }));
}

/** null for a message that is about something else. `proof` is "" where nothing was given yet. */
export function parseInvitation(stanza: Element): { news: InvitationNews; proof: string } | null {
  const { device = "", state = "", proof = "" } =
    stanza.getChild("invitation", NS_RENDEZVOUS)?.attrs ?? {};
  if (!STATES.includes(state)) return null;
  return { news: { deviceId: device, state: state as InvitationNews["state"] }, proof };
}

/** What a new board says with its account; null for a message that is about something else. */
export function parseCommitted(stanza: Element): string | null {
  return stanza.getChild("committed", NS_RENDEZVOUS)?.getText() ?? null;
}
