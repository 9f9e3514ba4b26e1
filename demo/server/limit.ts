/**
 * What one client can make the embedded server hold, and how long it may take. The sizes of
 * stanzas are those of a stock Prosody, so that a device meets the same ones here.
 */

/** A stanza once authenticated; Prosody's `c2s_stanza_size_limit`, in characters. */
export const STANZA_CHARACTERS_MAX = 262144;
/** Before that, nothing sensible is long. */
export const NEGOTIATION_CHARACTERS_MAX = 10240;
/** Nesting. Deep enough to hurt a device, shallow enough to be printed by recursion here. */
export const DEPTH_MAX = 1000;
/** Bytes that may wait for a client that does not read; then its socket is destroyed. */
export const OUTBOUND_BYTES_MAX = 4194304;
/** From the accepted socket to a bound resource, or a component's handshake. */
export const NEGOTIATION_MS = 30000;
export const SESSIONS_MAX = 1024;
export const RESOURCES_MAX = 32;
export const ROSTER_ITEMS_MAX = 10000;
/** Subscription requests that wait for one account's answer. */
export const PENDING_MAX = 1000;
export const OFFLINE_MESSAGES_MAX = 100;
/** JIDs to which one resource may have sent directed presence. */
export const DIRECTED_MAX = 1000;
export const SASL_ATTEMPTS_MAX = 3;
/** RFC 7677's minimum: this server is for loopback, and tests make many accounts. */
export const SCRAM_ITERATIONS = 4096;
/** With those made by registration; each keeps a roster. */
export const ACCOUNTS_MAX = 1000;
/** One stream's new accounts. Prosody counts them by address and time. */
export const REGISTRATIONS_MAX = 4;
