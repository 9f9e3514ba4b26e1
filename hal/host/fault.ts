/** The firmware's fault codes in words; the chip itself has no room for them. */
import { Fault } from "../../firmware/fault.js";

const WORDS: Record<number, string> = {
  [Fault.NotWellFormed]: "the server's XML is not well-formed",
  [Fault.RestrictedXml]: "the server sent XML that XMPP forbids",
  [Fault.Overflow]: "more had to wait than can be held",
  [Fault.StreamRefused]: "the server's stream is not one that we can use",
  [Fault.NoMechanism]: "the server offers no SCRAM mechanism that we may use",
  [Fault.ServerUnproven]: "the server did not prove that it knows the account",
  [Fault.Unauthorised]: "the server refuses the account or its password",
  [Fault.WrongAccount]: "the server bound us to another account",
  [Fault.Timeout]: "the server did not answer in time",
  [Fault.StreamError]: "the server ended the stream",
  [Fault.Conflict]: "another session took our place",
  [Fault.Link]: "no connection",
  [Fault.Oversized]: "the server sent too much before the login",
  [Fault.FlashBroken]: "the flash is damaged",
  [Fault.FlashForeign]: "the flash holds something that is not ours",
  [Fault.FlashFull]: "the flash is full",
  [Fault.ButtonStuck]: "the button has been down for too long",
};

/** `why` is what the other side or the system said of it; "" where it said nothing. */
export function sayFault(fault: number, why: string): string {
  const words = WORDS[fault] ?? "";
  if (why === "" || words === "") return words || why;
  return `${words}: ${why}`;
}
