/**
 * From options to the firmware's settings. What the command line leaves open, the account in
 * the flash file says, where that is the account meant.
 */
import { Fault } from "../../firmware/fault.js";
import type { Settings } from "../../firmware/setting.js";
import { Journal } from "../../firmware/store/journal.js";
import { Log } from "../../firmware/store/log.js";
import { Pages } from "../../firmware/store/page.js";
import { Account } from "../../firmware/stream/account.js";
import { Agenda } from "../../firmware/stream/agenda.js";
import { isLoopback } from "./address.js";
import { HostCrypto } from "./crypto.js";
import { HostFlash } from "./flash.js";
import { Misuse } from "./argument.js";
import type { Options } from "./option.js";
import { VACANT } from "./newcomer.js";
import { fromWire } from "./text.js";

const XMPPS_PORT = 5223;

/** Throws a Misuse for what cannot work. */
export function settle(options: Options, flash: HostFlash): Settings {
  const kept = readAccount(flash);
  const jid = options.jid !== "" ? options.jid : kept.bare;
  if (jid === "" && !isVacant(options)) throw new Misuse(`--jid is missing${wasLooked(options)}`);
  if (jid === "") return nobody(options);
  const isKept = jid === kept.bare;
  const password = options.password !== "" ? options.password : isKept ? kept.secret : "";
  if (password === "") {
    throw new Misuse(`--password (or THING_PASSWORD) is missing${wasLooked(options)}`);
  }
  // A JID on the command line begins with the defaults; without one the board goes on as it was.
  const isSame = options.jid === "" && isKept;
  const host = options.host !== "" ? options.host : isSame ? kept.server : "";
  const port = options.port !== 0 ? options.port : isSame ? kept.portNumber : XMPPS_PORT;
  const secure = options.secure ?? (isSame ? kept.encrypted : true);
  demandPrivacy(secure, host !== "" ? host : jid.slice(jid.indexOf("@") + 1));
  const isUntouched = isSame && password === kept.secret && host === kept.server
    && port === kept.portNumber && secure === kept.encrypted;
  // What only the flash knows stays the flash's: a factory reset takes it away.
  if (isUntouched) return nobody(options);
  const { provisioning, windowMs } = options;
  return { jid, password, host, port, secure, provisioning, windowMs };
}

/** No account but what is on flash, or is yet to be handed over. */
function nobody({ provisioning, windowMs }: Options): Settings {
  return { ...VACANT, provisioning, windowMs };
}

/** Whoever says something about an account has forgotten whose. */
function isVacant(options: Options): boolean {
  const { password, host, port, secure } = options;
  return password === "" && host === "" && port === 0 && secure === null;
}

/** Plain TCP would show everything to the network: only where there is no network. */
export function demandPrivacy(secure: boolean, host: string): void {
  if (secure || isLoopback(host)) return;
  throw new Misuse(`--tls off is refused for ${fromWire(host)}: it is not loopback`);
}

/** Looks into a copy, since a journal mends its flash when it is loaded. */
function readAccount(flash: HostFlash): Account {
  const historian = { replay: () => {}, isAlive: () => true, moved: () => {} };
  const crypto = new HostCrypto();
  const pages = new Pages(flash.copy(), crypto);
  const journal = new Journal(new Log(pages, crypto), historian);
  journal.load();
  if (pages.fault === Fault.FlashForeign) {
    throw new Misuse("the flash file holds something that is not this firmware's");
  }
  const account = new Account(journal, new Agenda());
  account.load();
  return account;
}

function wasLooked(options: Options): string {
  return options.flash === "" ? "" : ": the flash file holds no account for it";
}
