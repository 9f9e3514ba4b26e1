/**
 * JIDs as this side of the wire sees them (RFC 7622, with the folding that servers do): local part
 * and domain in lower case and NFC, so that equal addresses are equal strings. What a JID must not
 * contain is refused, never repaired.
 */

/** RFC 7622: octets in each part. */
export const JID_PART_BYTES_MAX = 1023;

const FORBIDDEN_LOCAL = /["&'/:<>@\s\u0000-\u001f\u007f]/;
const FORBIDDEN_DOMAIN = /["&'/<>@\s\u0000-\u001f\u007f]/;
const FORBIDDEN_RESOURCE = /[\u0000-\u001f\u007f]/;

export interface Jid {
  local: string;
  domain: string;
  resource: string;
}

/** The parts, canonical, or null for what is no JID. */
export function parseJid(text: string): Jid | null {
  const slash = text.indexOf("/");
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf("@");
  const local = bare.slice(0, Math.max(at, 0)).normalize("NFC").toLowerCase();
  const domain = bare.slice(at + 1).normalize("NFC").toLowerCase().replace(/\.$/, "");
  const resource = slash < 0 ? "" : text.slice(slash + 1).normalize("NFC");
  if (at === 0 || !domain || (slash >= 0 && !resource)) return null;
  if (FORBIDDEN_LOCAL.test(local) || FORBIDDEN_DOMAIN.test(domain)) return null;
  if (FORBIDDEN_RESOURCE.test(resource)) return null;
  if ([local, domain, resource].some(isTooLong)) return null;
  return { local, domain, resource };
}

export function formatJid(jid: Jid): string {
  return jid.resource ? `${formatBare(jid)}/${jid.resource}` : formatBare(jid);
}

export function formatBare(jid: Jid): string {
  return jid.local ? `${jid.local}@${jid.domain}` : jid.domain;
}

/** The canonical bare JID of a text, or "" when it is none. */
export function bareJid(text: string | undefined): string {
  const jid = text ? parseJid(text) : null;
  return jid ? formatBare(jid) : "";
}

function isTooLong(part: string): boolean {
  return Buffer.byteLength(part) > JID_PART_BYTES_MAX;
}
