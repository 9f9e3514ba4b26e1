/**
 * XMPP addresses (RFC 7622), as octets. ASCII is folded here, once; anything else is equal only
 * to itself, so that no look-alike is ever taken for a trusted JID.
 */
import { JID_PART_BYTES_MAX } from "../config.js";

const UPPER = /[A-Z]/;
const NOT_LOCAL = /[\x00-\x20"&'\/:<>@\x7f]/;
const NOT_DOMAIN = /[\x00-,\/;-@\\^_`{-\x7f]/;

function lower(text: string): string {
  return text.toLowerCase();
}

/** ASCII only: `toLowerCase` of Node would change octets above 127. */
export function fold(text: string): string {
  return UPPER.test(text) ? text.replace(/[A-Z]/g, lower) : text;
}

/** `local@domain` or `domain`, folded, from any JID; "" for what is none. */
export function bareJid(jid: string): string {
  const slash = jid.indexOf("/");
  const bare = slash < 0 ? jid : jid.substring(0, slash);
  const at = bare.indexOf("@");
  const local = at < 0 ? "" : bare.substring(0, at);
  let domain = bare.substring(at + 1);
  if (domain.charAt(domain.length - 1) === ".") domain = domain.substring(0, domain.length - 1);
  if (at === 0 || domain === "" || NOT_LOCAL.test(local) || NOT_DOMAIN.test(domain)) return "";
  // A second dot would go the next time, and nothing may become another's JID by and by.
  if (domain.charAt(domain.length - 1) === ".") return "";
  if (local.length > JID_PART_BYTES_MAX || domain.length > JID_PART_BYTES_MAX) return "";
  const resourceBytes = slash < 0 ? 1 : jid.length - slash - 1;
  if (resourceBytes < 1 || resourceBytes > JID_PART_BYTES_MAX) return "";
  return fold(at < 0 ? domain : local + "@" + domain);
}

/** The bare JID folded, the resource as it is; "" for what is no JID. */
export function normalJid(jid: string): string {
  const bare = bareJid(jid);
  const slash = jid.indexOf("/");
  return bare === "" || slash < 0 ? bare : bare + jid.substring(slash);
}

/** A bare JID without a local part: a component or a server (XEP-0324 "jidvscomponent"). */
export function isComponent(bare: string): boolean {
  return bare.indexOf("@") < 0;
}

/** The domain of a bare JID that `bareJid` gave. */
export function domainOf(bare: string): string {
  return bare.substring(bare.indexOf("@") + 1);
}
