/**
 * What a board was given together with its account, and where it lives by that: the Wi-Fi, the
 * provisioning server that it may trust to be asked, and the key that opens the next rendezvous
 * with the same owner. It counts only beside the account that it names, whose record is written
 * after it: without that it is what a power cut left (rendezvous/dweller.ts). Until then what
 * counted before stands behind it in the same record.
 */
import { Kind } from "../store/record.js";
import type { Journal } from "../store/journal.js";

export interface Premises {
  ssid: string;
  passphrase: string;
  provisioning: string;
  /** 32 octets in base64; "" where there is none. */
  key: string;
}

/** All "" where the board was given nothing with this account. */
export function premisesOf(journal: Journal, account: string): Premises {
  let parts = journal.value(Kind.Premises).split("\x00");
  if (parts[4] !== account) parts = parts.slice(5);
  if (account === "" || parts[4] !== account) {
    return { ssid: "", passphrase: "", provisioning: "", key: "" };
  }
  return { ssid: parts[0], passphrase: parts[1], provisioning: parts[2], key: parts[3] };
}
