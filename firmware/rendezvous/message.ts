/**
 * What is said over the secured channel (inside of Secure frames): u8 type, then what the table
 * says. The provisioner asks, the joiner answers each with exactly one message; only Echo goes
 * the other way.
 *
 *   type  message      content                                    answer
 *    1    ArmFailSafe  u8 mode, u32 BE token                      Status (what the last try gave)
 *    2    Identify     -                                          Description
 *    3    Description  the secured description (description.ts)
 *    4    Provision    Offer as a list (tag.ts): 1 ssid ·         Status: staged
 *                      2 passphrase · 3 jid · 4 password ·
 *                      5 host · 6 port u16 · 7 secure u8 ·
 *                      8 provisioning · 9 owner
 *    5    Commit       -                                          Status; both close, it is tried
 *    6    Echo         -                                          EchoReply
 *    7    EchoReply    -
 *    8    Disarm       - (what was staged is forgotten)           Status
 *   15    Status       u8 Status (framing.ts)
 *
 * Order: ArmFailSafe, Identify, Provision, Commit. A message out of order is answered by Error and
 * ends the connection. Provision may be sent again before Commit; the last one counts.
 */
import { FRAME_BYTES_MAX, PASSWORD_BYTES_MAX } from "../config.js";
import { bareJid, normalJid } from "../stream/jid.js";
import type { Status } from "./framing.js";
import { isSound, numberOf, optional, tagged, u16, valueOf } from "./tag.js";

export const enum MessageType {
  ArmFailSafe = 1,
  Identify = 2,
  Description = 3,
  Provision = 4,
  Commit = 5,
  Echo = 6,
  EchoReply = 7,
  Disarm = 8,
  Status = 15,
}

export const enum FailSafe {
  New = 1,
  /** After a try that failed, with the token of before. */
  Resume = 3,
}

/** What a joiner gets: its network, its account, and whom to ask. All are octets (UTF-8). */
export interface Offer {
  /** 1 to 31 octets: the chip cuts a longer one (ENGINE 2.6). "": it stays where it is (tests). */
  ssid: string;
  /** "" for an open network; else 8 to 63 octets. */
  passphrase: string;
  /** Bare JID. */
  jid: string;
  password: string;
  /** "" is the JID's domain. */
  host: string;
  port: number;
  /** Direct TLS. */
  secure: boolean;
  /** JID of the provisioning server, which is trusted to be asked; or "". */
  provisioning: string;
  /** JID, bare or full, that is told of the success, or "". */
  owner: string;
}

export const SSID_BYTES_MAX = 31;
export const PASSPHRASE_BYTES_MIN = 8;
export const PASSPHRASE_BYTES_MAX = 63;
/** What a record adds to a message at most: number, padding, tag. */
const RECORD_OVERHEAD_BYTES = 36;
const XMPPS_PORT = 5223;

export function armFailSafe(mode: FailSafe, token: number): string {
  return String.fromCharCode(MessageType.ArmFailSafe, mode) + u16(token >>> 16) + u16(token);
}

export function statusMessage(status: Status): string {
  return String.fromCharCode(MessageType.Status, status);
}

/** "" for an offer that no joiner would take, or that is too long for one record. */
export function encodeOffer(offer: Offer): string {
  if (!isUsable(offer)) return "";
  const message = String.fromCharCode(MessageType.Provision) + optional(1, offer.ssid) +
    optional(2, offer.passphrase) + tagged(3, offer.jid) + tagged(4, offer.password) +
    optional(5, offer.host) + tagged(6, u16(offer.port)) +
    tagged(7, offer.secure ? "\x01" : "\x00") + optional(8, offer.provisioning) +
    optional(9, offer.owner);
  return message.length > FRAME_BYTES_MAX - RECORD_OVERHEAD_BYTES ? "" : message;
}

/** From a Provision message; null for one that cannot work. */
export function decodeOffer(message: string): Offer | null {
  const list = message.substring(1);
  if (!isSound(list)) return null;
  const offer = {
    ssid: valueOf(list, 1), passphrase: valueOf(list, 2), jid: bareJid(valueOf(list, 3)),
    password: valueOf(list, 4), host: valueOf(list, 5), port: numberOf(list, 6, XMPPS_PORT),
    secure: numberOf(list, 7, 1) !== 0, provisioning: valueOf(list, 8), owner: valueOf(list, 9),
  };
  return isUsable(offer) ? offer : null;
}

function isUsable(offer: Offer): boolean {
  const length = offer.passphrase.length;
  const named = offer.provisioning;
  return offer.ssid.length <= SSID_BYTES_MAX &&
    (length === 0 || (length >= PASSPHRASE_BYTES_MIN && length <= PASSPHRASE_BYTES_MAX)) &&
    bareJid(offer.jid) === offer.jid && offer.jid.indexOf("@") > 0 &&
    offer.password !== "" && offer.password.length <= PASSWORD_BYTES_MAX &&
    !/[\x00-\x1f]/.test(offer.ssid + offer.passphrase + offer.password + offer.host) &&
    offer.port > 0 && (named === "" || named === "*" || bareJid(named) === named) &&
    normalJid(offer.owner) === offer.owner;
}
