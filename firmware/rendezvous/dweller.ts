/**
 * What a joiner's board does with an offer: logs in with it, and when that works keeps it.
 *
 * The commit is the account's record, written last. A power cut before it leaves a board without
 * an account, whose next start removes the rest; a cut after it leaves a provisioned one. A board
 * that had an account before (Suite.Access) has it until then, or for good where it does not work.
 *
 * Trust is that of an account, and an account is a JID with its password: SCRAM shows that the
 * server is the one of before only to who has a password that nobody was told since. With any
 * other, nobody is trusted as soon as it is tried, and nothing of before is left when it is kept.
 * Nor does a provisioning server come with it: the key that brought it may be stolen, and who
 * decides about relays is a person's choice, at the button (XEP-0324 "delegating original trust").
 */
import type { Crypto } from "../../hal/hal.js";
import type { Cache } from "../access/cache.js";
import type { Challenges } from "../access/challenge.js";
import type { Farewell } from "../access/farewell.js";
import type { Refusals } from "../access/refusal.js";
import type { Tokens } from "../access/token.js";
import type { Trust } from "../access/trust.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import type { Sign } from "../pairing/light.js";
import type { Forgetful } from "../pairing/reset.js";
import type { Account } from "../stream/account.js";
import { State } from "../stream/connection.js";
import type { Connection } from "../stream/connection.js";
import { premisesOf } from "../stream/premises.js";
import type { Premises } from "../stream/premises.js";
import { message } from "../stream/stanza.js";
import { attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { Offer } from "./message.js";
import type { Home } from "./trial.js";

export const NS_RENDEZVOUS = "urn:thingward:rendezvous";

/** The parts of a device that take part. Implemented by device.ts. */
export interface Residence {
  readonly account: Account;
  readonly journal: Journal;
  readonly connection: Connection;
  readonly cache: Cache;
  readonly trust: Trust;
  readonly tokens: Tokens;
  readonly farewell: Farewell;
  readonly challenges: Challenges;
  readonly refusals: Refusals;
  readonly relays: Forgetful[];
  premises: Premises;
  /** Which provisioning server it may trust to be asked; "" for none. */
  prefer(provisioning: string): void;
  /** Says so with the LED; Sign.Off leaves it to the device. */
  show(sign: Sign): void;
  send(xml: Markup): void;
}

export class Dweller implements Home {
  constructor(private readonly residence: Residence, private readonly crypto: Crypto) {}

  /** Removes what is not of the account that is there: what a cut left, or the one before it. */
  clean(): void {
    const journal = this.residence.journal;
    const bare = this.residence.account.bare;
    const premises = this.residence.premises = premisesOf(journal, bare);
    const record = journal.value(Kind.Premises);
    if (premises.key === "") {
      if (record !== "") journal.remove(Kind.Premises);
      return;
    }
    const own = write(premises, bare);
    if (own !== record) journal.append(Kind.Premises, own);
  }

  attempt(offer: Offer): boolean {
    const residence = this.residence;
    const account = residence.account;
    const connection = residence.connection;
    // A stream of before would count as the offer's own: with one radio it is dead anyway.
    connection.close("an offer is tried");
    if (this.isForeign(offer)) {
      residence.trust.suspend();
      residence.challenges.forget();
      offer.provisioning = "";
    }
    account.tentative = true;
    if (!account.set(offer.jid, offer.password, offer.host, offer.port, offer.secure)) {
      account.tentative = false;
      return false;
    }
    residence.prefer(offer.provisioning);
    // Whatever came of an earlier offer, this one is tried at once.
    connection.attempts = connection.markMs = 0;
    return true;
  }

  isOnline(): boolean {
    return this.residence.connection.state === State.Online;
  }

  keep(offer: Offer, accessKey: string): boolean {
    const residence = this.residence;
    const account = residence.account;
    const journal = residence.journal;
    const before = journal.value(Kind.Premises);
    const premises = {
      ssid: offer.ssid, passphrase: offer.passphrase, provisioning: offer.provisioning,
      key: this.crypto.base64(accessKey),
    };
    const own = write(premises, offer.jid);
    account.tentative = false;
    if (this.isForeign(offer) && !this.renounce()) return false;
    // The way back in, until the account is another one: a cut must not take that, too.
    if (!journal.append(Kind.Premises, before === "" ? own : own + "\x00" + before) ||
      !account.save()) return false;
    this.clean();
    return true;
  }

  /** Of others than those whose account the board has. */
  private isForeign(offer: Offer): boolean {
    const parts = this.residence.journal.value(Kind.Account).split("\x00");
    return parts[0] !== "" && (parts[0] !== offer.jid || parts[1] !== offer.password);
  }

  /** What the old account's servers decided, and who they were; on flash first. */
  private renounce(): boolean {
    const residence = this.residence;
    if (!residence.cache.clear()) return false;
    for (const kind of [Kind.Trust, Kind.Token, Kind.Revoked]) residence.journal.remove(kind);
    residence.trust.forget();
    residence.tokens.forget();
    residence.farewell.load();
    residence.refusals.forget();
    for (const relay of residence.relays) relay.forget();
    return true;
  }

  retreat(): void {
    const residence = this.residence;
    const account = residence.account;
    account.tentative = false;
    account.bare = account.secret = account.server = "";
    account.weakest = 0;
    account.load();
    residence.trust.load();
    this.clean();
    residence.prefer(residence.premises.provisioning);
    residence.connection.close("the offer does not work");
  }

  tell(owner: string, proof: string): void {
    const attributes = attribute("xmlns", NS_RENDEZVOUS);
    this.residence.send(message(owner, tag("committed", attributes, text(proof))));
  }
}

/** The record of what counts beside that account (premises.ts). */
function write(premises: Premises, bare: string): string {
  return [premises.ssid, premises.passphrase, premises.provisioning, premises.key, bare]
    .join("\x00");
}
