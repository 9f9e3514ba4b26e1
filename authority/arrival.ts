/**
 * Is the board that came online with an account the one that was let in? The device that let it in
 * says what its proof will be (firmware/rendezvous/handshake.ts); the new board says it itself,
 * with its account. Who else knows the account cannot.
 */
import { timingSafeEqual } from "node:crypto";
import type { Element } from "@xmpp/xml";
import { type InvitationNews, parseCommitted, parseInvitation } from "./invitation.js";

/** Invitations whose board has not come. */
export const ARRIVALS_MAX = 100;
const PROOF = /^[0-9a-f]{64}$/;

interface Arrival {
  /** Bare JID of the device that lets it in. */
  by: string;
  /** Bare JID of its account. */
  jid: string;
  proof: string;
  said: string;
}

export class Arrivals {
  /** By device id. */
  private readonly awaited = new Map<string, Arrival>();

  /** A device has been asked to let it in. */
  expect(deviceId: string, jid: string, by: string): void {
    this.awaited.delete(deviceId);
    if (this.awaited.size >= ARRIVALS_MAX) this.awaited.delete(this.awaited.keys().next().value!);
    this.awaited.set(deviceId, { by, jid, proof: "", said: "" });
  }

  /** What a message says of it: of a device that lets it in, or of the new board itself. */
  hear(jid: string, stanza: Element, isDevice: boolean): InvitationNews[] {
    const said = parseCommitted(stanza);
    const found = isDevice ? parseInvitation(stanza) : null;
    return [
      said === null ? null : this.told(jid, said),
      found && found.news,
      found && this.given(found.news.deviceId, found.proof, jid),
    ].filter((news) => news !== null);
  }

  /** What its proof will be. */
  private given(deviceId: string, proof: string, by: string): InvitationNews | null {
    const arrival = this.awaited.get(deviceId);
    if (arrival === undefined || arrival.by !== by || !PROOF.test(proof)) return null;
    arrival.proof = proof;
    return this.judge(deviceId, arrival);
  }

  /** What somebody with this account says. */
  private told(jid: string, said: string): InvitationNews | null {
    const found = [...this.awaited].find(([, arrival]) => arrival.jid === jid);
    if (found === undefined) return null;
    const [deviceId, arrival] = found;
    arrival.said = PROOF.test(said) ? said : "0";
    return this.judge(deviceId, arrival);
  }

  /** Once, when both are known: an earlier proof is worth nothing the next time. */
  private judge(deviceId: string, { proof, said }: Arrival): InvitationNews | null {
    if (proof === "" || said === "") return null;
    this.awaited.delete(deviceId);
    const isRight = said.length === proof.length
      && timingSafeEqual(Buffer.from(said), Buffer.from(proof));
    return { deviceId, state: isRight ? "proved" : "forged" };
  }
}
