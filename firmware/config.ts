/**
 * Every limit and every duration of the device, on one screen. Limits are inclusive: a value
 * equal to a `_MAX` is accepted, one more is not. Units are the last word of each name.
 */

// ---- XML: what a single peer may make us hold (a JsVar holds about 10 octets) ----

/** Start tags, text, copied namespaces. Beyond it a stanza is skipped: a third of the chip. */
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

/** Two samples make a press: a finger is never quicker than two ticks. */
export const TICK_MS = 40;
/** While nothing is under way, what only time brings about is looked at so often. */
export const ROUND_MS = 1000;
/** What may wait between two ticks. Espruino cannot stop reading, so beyond it we hang up. */
export const INBOUND_BYTES_MAX = 16384;
/** What may wait for a slow peer; beyond it the stream is closed. */
export const OUTBOUND_BYTES_MAX = 8192;
/** The largest reply to one stanza; no stanza is begun unless this much fits. */
export const REPLY_BYTES_MAX = 2048;
/** Id and JID of who asks, escaped: what is left of a reply is enough for what it says. */
export const CALLER_BYTES_MAX = 1024;
/** A stanza that is still not over then, held or skipped, is no stanza (Prosody: 256 KiB). */
export const UNFINISHED_BYTES_MAX = 327680;
/** A request is remembered up to this, to be known again (50 JsVars); usual are 250 octets. */
export const MEMO_BYTES_MAX = 512;
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

// ---- friends and provisioning servers ----

/** Roster entries that are kept; each costs about a fifth of its octets in JsVars. */
export const FRIENDS_MAX = 32;
/** A friend's bare JID: its roster item must fit into a tag that we can hold. */
export const FRIEND_JID_BYTES_MAX = 512;
/** Fabrics in Matter: 5. Each server is asked at every question that is not cached. */
export const SERVERS_MAX = 4;
/** From the acceptance of a candidate to its disco#info answer, while it is online. */
export const DELEGATION_MS = 60000;
/** Items of the own server that are looked at for a provisioning server. */
export const COMPONENTS_MAX = 16;

// ---- the gate ----

/** Questions to provisioning servers under way at once, of friends; strangers get the next. */
export const QUESTIONS_MAX = 8;
/** Subscription requests under way: a crowd of strangers must not keep friends waiting. */
export const STRANGERS_MAX = 3;
/** So long after a silence about one of them (at most STRANGERS_MAX) it is asked about again. */
export const ASK_AGAIN_MS = 60000;
/** Callers that wait for the same answer. */
export const WAITERS_MAX = 8;
/** Nodes, fields or parameters that one request may name. */
export const NAMES_MAX = 32;
/** One name or node id. */
export const NAME_BYTES_MAX = 64;
/** All tokens of a request together. */
export const TOKENS_BYTES_MAX = 1024;

// ---- tokens (XEP-0324 "tokens") ----

/** A token of our own; four of them and their servers' JIDs must fit into one record. */
export const TOKEN_BYTES_MAX = 512;
/** How long after a token was sent to somebody that one may challenge it. */
export const TOKEN_MS = 60000;
/** Sent tokens that are remembered so long; who comes too late to be challenged is refused. */
export const TOKENS_SENT_MAX = 8;
/** A challenge or its answer, in base64: what RSA with 6,144 bits makes. */
export const CHALLENGE_BYTES_MAX = 1024;

/** Refusals of friends that are remembered, to be explained; each costs about 20 JsVars. */
export const EXPLAINED_MAX = 5;
/** A longer JID is not told in them. */
export const EXPLAINED_JID_BYTES_MAX = 100;

// ---- the decision cache ----

/** One JsVar each in RAM, about 100 octets on flash (of 64 kB). */
export const DECISIONS_MAX = 200;
/** Larger ones are asked for each time. */
export const DECISION_BYTES_MAX = 256;
/** Decisions that are kept in RAM alone: strangers' refusals, and those over the next limit. */
export const VOLATILE_MAX = 8;
/** Decisions written in an hour: with 64 kB and 100,000 erases it takes decades to wear out. */
export const DECISION_WRITES_MAX = 60;
export const HOUR_MS = 3600000;
/** Unfriendings written at once, as many as there can be friends; then a list each so often. */
export const REVOCATIONS_MAX = 32;
export const REVOCATION_MS = 300000;
/** What is remembered waits so long for a clearCache that we missed: two round trips. */
export const HOLD_MS = 3000;
/** A decision that nobody used for so long of uptime is asked for again (XEP-0324 "cache"). */
export const AGE_MS = 2592000000;

// ---- pairing ----

export const PAIRING_WINDOW_MS = 30000;
/** Windows in PAIRING_PERIOD_MS, for one JID and in all: nobody keeps the LED lit. */
export const WINDOWS_PER_JID_MAX = 4;
export const WINDOWS_MAX = 8;
export const PAIRING_PERIOD_MS = 600000;
/** A button must stay as it is for so long before it counts: contacts chatter. */
export const DEBOUNCE_MS = 50;
/** Held for so long, a button is broken, not pressed. */
export const STUCK_MS = 30000;
/** Held for so long, the LED begins to say what holding on would do. */
export const RESET_WARN_MS = 3000;
/** Let go from here on, everything is forgotten: nobody holds a button for so long by chance. */
export const RESET_HOLD_MS = 10000;
/** Held on to here, nothing is: something leans on the button, or somebody thought better of it. */
export const RESET_CANCEL_MS = 20000;
/** Octets of goodbyes at a time, so that they fit into OUTBOUND_BYTES_MAX with all the rest. */
export const FAREWELL_BYTES_MAX = 4096;
/** Rosters that are asked for after a reset, one after the other, until nobody is left. */
export const FAREWELL_ROUNDS_MAX = 8;

// ---- the LED ----

/** Offline for so long before the LED says why: a connection that is made again is no news. */
export const QUIET_MS = 10000;
/** Darkness between the blinking and what became of it. */
export const SIGNAL_PAUSE_MS = 1500;

// ---- the thing ----

/** Read-outs and control requests under way, in all and for one bare JID. */
export const CALLS_MAX = 8;
export const CALLS_PER_JID_MAX = 4;
/** Read-outs that wait for their time (XEP-0323 `when`), in all and of one bare JID. */
export const QUEUED_MAX = 4;
export const QUEUED_PER_JID_MAX = 2;
/** Names, tokens and full JID of one; with the rest about 80 JsVars. */
export const QUEUED_BYTES_MAX = 512;
/** How far ahead; who plans for longer asks again. */
export const QUEUE_MS_MAX = 86_400_000;
/** How late one may begin, when the board was offline or busy at its time. */
export const QUEUE_LATE_MS = 600_000;
/** Fields that are read and printed in one tick, of all read-outs: 5 ms each on a chip. */
export const FIELDS_PER_TICK_MAX = 16;
/** A fields message is sent before it grows beyond this. */
export const FIELDS_BYTES_MAX = 1024;
/** A relay's contacts: no change sooner than this after the last one; the last wish wins. */
export const RELAY_DWELL_MS = 500;
/** Callers whose last control request is not executed again when they only repeat it. */
export const REPEATS_MAX = 4;
/** How long after it, and how long such a request may be: id, nodes and parameters. */
export const REPEAT_MS = 30000;
export const REPEAT_BYTES_MAX = 512;

// ---- passive rendezvous (a board without a network; DESIGN.md, "Passive rendezvous") ----

/** The port that whoever waits for a board listens on: Weave's unsecured one. */
export const RENDEZVOUS_PORT = 11096;
/** Body of one frame. The largest is a secured one with all credentials. */
export const FRAME_BYTES_MAX = 1024;
/** A device id, a serial number, a version, the name of a provisioner. */
export const LABEL_BYTES_MAX = 64;
/** The joiner's window, from the press or the start of a board without an account. */
export const JOIN_WINDOW_MS = 180000;
/** Networks that are tried in one window, each once. */
export const NETWORKS_MAX = 4;
/** Between the end of a scan and the next, while no network was worth trying. */
export const RESCAN_MS = 5000;
/** A scan that has found nothing by then has failed. */
export const SCAN_MS = 15000;
/** Association and an address. */
export const ASSOCIATE_MS = 15000;
/** One connection attempt; after a failure the next begins so much later, so many times. */
export const DIAL_MS = 5000;
export const REDIAL_MS = 2000;
export const DIALS_MAX = 3;
/** From the connection to the other side's first frame, on both sides. */
export const IDENTIFY_MS = 5000;
/** From our share to theirs: a provisioner has it ready. */
export const SHARE_MS = 15000;
/** From their share to their proof: on a chip there is a multiplication in between. */
export const PROOF_MS = 90000;
/** The whole authentication. Weave's 30 s are too short for an interpreter. */
export const PASE_MS = 150000;
/** A secured connection without a word, and how soon the joiner asks whether it is still there. */
export const SECURE_IDLE_MS = 30000;
export const ECHO_MS = 10000;
/** The joiner's last word must leave before its radio does; the other side closes sooner. */
export const FAREWELL_MS = 2000;
/** What was handed over must work within this: first the network, then the login. */
export const HOME_MS = 30000;
export const LOGIN_MS = 30000;
/** Failed proofs before the first pause; the pause doubles with each further one. */
export const PROOFS_FREE = 3;
export const PAUSE_MIN_MS = 15000;
export const PAUSE_MAX_MS = 3600000;
/** Failed proofs since the last good one after which only a power cycle and a wait help. */
export const PROOFS_MAX = 20;
export const LOCKED_MS = 600000;
/** One-time pairs that are made while nothing else is to do; each lasts for one attempt. */
export const PAIRS_MAX = 4;
/** Of the multiplication in one tick: by the clock, plus one step of at most 105 ms on a chip. */
export const SLICE_MS = 30;
/** And by count, where the clock is virtual or the machine quick. */
export const SLICE_STEPS_MAX = 64;
/** How long a provisioner waits for a joiner, in all. */
export const INVITATION_MS = 300000;
/** Joiners that failed to prove themselves before a provisioner closes. */
export const REFUSALS_MAX = 5;
/** After its last use an access point goes off. */
export const ACCESS_POINT_MS = 120000;

/** XEP-0092, for friends. */
export const VERSION = "0.1.0";
