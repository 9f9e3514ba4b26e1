/**
 * What can go wrong, as numbers that fit one octet: for the log, the status and the LED.
 * Expected failures are values, never exceptions (Espruino cannot subclass Error).
 */
export const enum Fault {
  None = 0,
  /** The peer's XML is not XML (RFC 6120 not-well-formed). */
  NotWellFormed = 1,
  /** DTD, processing instruction or comment (RFC 6120 restricted-xml). */
  RestrictedXml = 2,
  /** More waits than we may hold: INBOUND_BYTES_MAX or OUTBOUND_BYTES_MAX. */
  Overflow = 3,
  /** What should be over by now goes on and on: before the login, or UNFINISHED_BYTES_MAX. */
  Oversized = 4,
  /** The server's stream is not one we can speak on (version, namespace, features). */
  StreamRefused = 5,
  /** No mechanism that proves the server's knowledge too; PLAIN is never used. */
  NoMechanism = 6,
  /** The server did not prove that it knows the password, or its challenge is unsound. */
  ServerUnproven = 7,
  /** The server says that our password or account is wrong. */
  Unauthorised = 8,
  /** Bound to another account than ours. */
  WrongAccount = 9,
  /** A phase took longer than its time. */
  Timeout = 10,
  /** The server ended the stream with an error. */
  StreamError = 11,
  /** Another session took our place (stream error `conflict`). */
  Conflict = 12,
  /** The socket was closed or could not be opened. */
  Link = 13,
  /** A flash page does not erase or does not take what is written. */
  FlashBroken = 20,
  /** The flash holds something that is not ours, or of a newer format. */
  FlashForeign = 21,
  /** No free page: more is alive than fits. */
  FlashFull = 22,
  /** The button reads as pressed since the start. */
  ButtonStuck = 30,
}
