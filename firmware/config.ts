/**
 * Every limit and every duration of the device, on one screen. Limits are inclusive: a value
 * equal to a `_MAX` is accepted, one more is not. Units are the last word of each name.
 */

// ---- XML: what a single peer may make us hold (a JsVar holds about 10 octets) ----

/** A stanza beyond this is skipped without being held: 4 kB of tree is a third of the chip. */
export const STANZA_BYTES_MAX = 4096;
/** One start tag with all its attributes; must be held whole to be understood. */
export const TAG_BYTES_MAX = 2048;
/** Nesting, the stream header being 1. The deepest we understand is 6. */
export const DEPTH_MAX = 16;
export const ATTRIBUTES_MAX = 32;
/** About 10 JsVars an element. The largest sensible read-out request names 3 nodes, 20 fields. */
export const ELEMENTS_MAX = 64;
/** RFC 7622: 1023 octets for each part of a JID, and two separators. */
export const JID_PART_BYTES_MAX = 1023;

// ---- the stream ----

export const TICK_MS = 50;
/** What may wait between two ticks. Espruino cannot stop reading, so beyond it we hang up. */
export const INBOUND_BYTES_MAX = 16384;
/** What may wait for a slow peer; beyond it the stream is closed. */
export const OUTBOUND_BYTES_MAX = 8192;
/** The largest reply to one stanza; no stanza is begun unless this much fits. */
export const REPLY_BYTES_MAX = 2048;
/** Work done per tick: keeps LED and button alive under a flood. */
export const STANZAS_PER_TICK_MAX = 4;
/** From `connect` to bound, whatever the server does in between. */
export const NEGOTIATION_MS = 60000;
/** Silence after which we ask whether the server is still there (XEP-0199). */
export const IDLE_MS = 60000;
/** Silence after that question which ends the stream. */
export const PING_WAIT_MS = 20000;
/** First wait after a lost stream; doubled each time, up to the next, with jitter. */
export const BACKOFF_MIN_MS = 1000;
export const BACKOFF_MAX_MS = 600000;
/** Online for this long: the next loss starts again at BACKOFF_MIN_MS. */
export const STABLE_MS = 60000;
/** RFC 7677 asks for 4096 at least; the ceiling keeps a hostile server from blocking us. */
export const SCRAM_ITERATIONS_MIN = 4096;
export const SCRAM_ITERATIONS_MAX = 20000;
export const SCRAM_SALT_BYTES_MAX = 64;
export const PASSWORD_BYTES_MAX = 256;

// ---- our own questions ----

/** Requests under way at once; each holds about 15 JsVars. */
export const REQUESTS_MAX = 16;
/** A provisioning server that is silent this long is taken for absent (never for a "no"). */
export const ANSWER_MS = 10000;

// ---- flash (DESIGN.md, "On flash") ----

/** Payload of one record. The largest is an account with every part at its limit. */
export const RECORD_BYTES_MAX = 1024;
/** Kept free, so that a page can be moved even when cuts wasted room on the one before. */
export const SPARE_PAGES = 2;
