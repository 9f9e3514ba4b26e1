/** What a provisioning server orders when it asks us to let a new board in (inviter.ts). */
import { INVITATION_MS } from "../config.js";
import type { Crypto, Random } from "../../hal/hal.js";
import { bareJid, normalJid } from "../stream/jid.js";
import type { Premises } from "../stream/premises.js";
import type { Caller } from "../stream/stanza.js";
import type { Element } from "../xml/element.js";
import { isLabel } from "./description.js";
import { encodeOffer } from "./message.js";
import type { Offer } from "./message.js";
import { JOINABLE, printDiscriminator } from "./network.js";
import { SHARE_BYTES } from "./proof.js";

const TAG_BYTES = 2;

/** One invitation, from the iq on. */
export interface Invitation {
  /** Full JID that is told how it goes on. */
  from: string;
  deviceId: string;
  generator: string;
  network: string;
  offer: Offer;
  untilMs: number;
  /** What the new board will say when it has kept the offer; "" before it has one. */
  proof: string;
}

/** null for an order that no joiner, and no network, could follow. */
export function readInvitation(
  caller: Caller, payload: Element, premises: Premises, crypto: Crypto, random: Random,
  nowMs: number,
): Invitation | null {
  const deviceId = payload.attribute("device");
  const generator = crypto.unbase64(payload.attribute("generator"));
  const seconds = +payload.attribute("seconds");
  const named = payload.attribute("ssid");
  const offer: Offer = {
    ssid: named || premises.ssid,
    passphrase: named === "" ? premises.passphrase : payload.attribute("passphrase"),
    jid: bareJid(payload.attribute("jid")), password: payload.attribute("password"),
    host: payload.attribute("host"), port: +payload.attribute("port"),
    secure: payload.attribute("tls") !== "false", provisioning: caller.bare,
    owner: normalJid(caller.from),
  };
  const inTime = seconds >= 1 && seconds * 1000 <= INVITATION_MS;
  if (deviceId === "" || !isLabel(deviceId) || generator.length !== SHARE_BYTES || !inTime ||
    encodeOffer(offer) === "") return null;
  const tag = random.bytes(TAG_BYTES);
  const number = 65536 + tag.charCodeAt(0) * 256 + tag.charCodeAt(1);
  return {
    from: caller.from, deviceId, generator, offer, untilMs: nowMs + seconds * 1000, proof: "",
    network: JOINABLE + "-" + printDiscriminator(deviceId, crypto) + "-" +
      number.toString(16).substring(1).toUpperCase(),
  };
}
