/** What happens at the door, in the words of people. */
import { ANY, Mode } from "../firmware/rendezvous/description.js";
import type { Description } from "../firmware/rendezvous/description.js";
import { Ending, Visit } from "../firmware/rendezvous/existing.js";
import { Status } from "../firmware/rendezvous/framing.js";
import { printId } from "../flash/label.js";
import { fromWire } from "../hal/host/text.js";

/** "" is not worth a line. */
export const VISITS: Record<Visit, string> = {
  [Visit.None]: "",
  [Visit.Identifying]: "a board has connected",
  [Visit.Proving]: "proving to each other that we know its secret; a chip needs half a minute",
  [Visit.Secured]: "it knows it, and so do we: what follows is encrypted",
  [Visit.Described]: "",
  [Visit.Provisioning]: "handing over",
};

export function sayWaiting(ssid: string, port: number, waitMs: number): string {
  const end = new Date(Date.now() + waitMs).toTimeString().slice(0, 8);
  return `waiting for a board until ${end}: network ${ssid}, port ${port}; press its button`;
}

export function sayBoard(board: Description): string {
  const { deviceId, vendor, product, revision, software, flags } = board;
  const pressed = flags & Mode.UserSelected ? ", its button was pressed" : "";
  return `it says that it is ${printId(deviceId)} (device ${fromWire(deviceId)}), vendor `
    + `${word(vendor)}, product ${word(product)}, revision ${revision}, software `
    + `${fromWire(software) || "-"}${pressed}`;
}

export function sayStatus(who: string, why: Status): string {
  switch (why) {
    case Status.Reject: return `${who} is not the board that is wanted: turned away`;
    case Status.Auth: return `${who} does not know this code: check it on the label, and press the `
      + "board's button again";
    case Status.Timeout: return `${who} has fallen silent`;
    case Status.Busy: return `${who} wants us to wait: it was given wrong codes too often`;
    default: return `${who} has gone away`;
  }
}

export function sayEnding(ending: Ending): string {
  switch (ending) {
    case Ending.Timeout: return "no board came in time: press its button while this program waits, "
      + "and see that it is near";
    case Ending.Refusals: return "too many boards did not know the code: check it on the label, "
      + "and start again";
    default: return "ended before a board was here";
  }
}

/** What became of an offer that did not work. */
export function sayTried(last: Status): string {
  switch (last) {
    case Status.NoNetwork: return "the board is back: the Wi-Fi network is not there, or did not "
      + "let it in; check --wifi and --wifi-password";
    case Status.NoLogin: return "the board is back: it could not log in; check --host, --port and "
      + "--tls, and whether that network reaches the XMPP server";
    case Status.NoFlash: return "the board is back: its flash did not take what it got";
    default: return `the board is back: what it got did not work (status ${last})`;
  }
}

/** Whoever knows the account is not yet the board. */
export function sayForger(jid: string): string {
  return `${jid} says that it is the board, and its proof is wrong: somebody else uses this `
    + "account; change its password, and add the board again";
}

export function sayUnproved(jid: string): string {
  return `somebody is online as ${jid}, and does not prove to be the board that was here: see `
    + "whether the board is online, or whether somebody else uses this account";
}

function word(value: number): string {
  return value === ANY ? "-" : value.toString(16).toUpperCase().padStart(4, "0");
}
