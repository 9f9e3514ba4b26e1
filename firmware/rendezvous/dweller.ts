/**
 * What a joiner's board does with an offer: logs in with it, and when that works keeps it.
 *
 * The commit is the account's record, written last. A power cut before it leaves a board without
 * an account, whose next start removes the rest; a cut after it leaves a provisioned one. A board
 * that had an account before (Suite.Access) has it until then, or for good where it does not work.
 * Trust is that of an account, so it goes before another one is kept.
 */
import type { Crypto } from "../../hal/hal.js";
import type { Cache } from "../access/cache.js";
import type { Tokens } from "../access/token.js";
import type { Trust } from "../access/trust.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import type { Sign } from "../pairing/light.js";
import type { Account } from "../stream/account.js";
import { State } from "../stream/connection.js";
import type { Connection } from "../stream/connection.js";
import { premisesOf } from "../stream/premises.js";
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
  /** Which provisioning server it may trust to be asked; "" for none. */
  prefer(provisioning: string): void;
  /** Says so with the LED; Sign.Off leaves it to the device. */
  show(sign: Sign): void;
  send(xml: Markup): void;
}

export class Dweller implements Home {
  constructor(private readonly residence: Residence, private readonly crypto: Crypto) {}

  /** Removes what a cut left of an offer that was not kept. */
  clean(): void {
    const journal = this.residence.journal;
    const isLeft = this.residence.account.bare === "" && journal.value(Kind.Premises) !== "";
    if (isLeft) journal.remove(Kind.Premises);
  }

  attempt(offer: Offer): boolean {
    const account = this.residence.account;
    const connection = this.residence.connection;
    // A stream of before would count as the offer's own: with one radio it is dead anyway.
    connection.close("an offer is tried");
    account.tentative = true;
    if (!account.set(offer.jid, offer.password, offer.host, offer.port, offer.secure)) {
      account.tentative = false;
      return false;
    }
    this.residence.prefer(offer.provisioning);
    // Whatever came of an earlier offer, this one is tried at once.
    connection.attempts = connection.markMs = 0;
    return true;
  }

  isOnline(): boolean {
    return this.residence.connection.state === State.Online;
  }

  keep(offer: Offer, accessKey: string): boolean {
    const account = this.residence.account;
    const record = [offer.ssid, offer.passphrase, offer.provisioning,
      this.crypto.base64(accessKey), offer.jid].join("\x00");
    account.tentative = false;
    const before = this.residence.journal.value(Kind.Account).split("\x00")[0];
    if (before !== "" && before !== account.bare && !this.renounce()) return false;
    return this.residence.journal.append(Kind.Premises, record) > 0 && account.save();
  }

  /** What the old account's servers decided, and who they were; on flash first. */
  private renounce(): boolean {
    const residence = this.residence;
    if (!residence.cache.clear()) return false;
    for (const kind of [Kind.Trust, Kind.Token, Kind.Revoked]) residence.journal.remove(kind);
    residence.trust.forget();
    residence.tokens.forget();
    return true;
  }

  retreat(): void {
    const residence = this.residence;
    const account = residence.account;
    account.tentative = false;
    account.bare = account.secret = account.server = "";
    account.weakest = 0;
    account.load();
    residence.prefer(premisesOf(residence.journal, account.bare).provisioning);
    residence.connection.close("the offer does not work");
    this.clean();
  }

  tell(owner: string, proof: string): void {
    const attributes = attribute("xmlns", NS_RENDEZVOUS);
    this.residence.send(message(owner, tag("committed", attributes, text(proof))));
  }
}
