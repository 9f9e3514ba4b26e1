/**
 * What a device keeps, without its network: journal, cache, account and trust over one flash,
 * and the facts that it would act on after a start.
 */
import { Cache } from "../../firmware/access/cache.js";
import { Verb, list } from "../../firmware/access/grant.js";
import type { Grant, Question } from "../../firmware/access/grant.js";
import { Trust } from "../../firmware/access/trust.js";
import type { Fault } from "../../firmware/fault.js";
import { Journal } from "../../firmware/store/journal.js";
import { Log } from "../../firmware/store/log.js";
import { Pages } from "../../firmware/store/page.js";
import { Kind } from "../../firmware/store/record.js";
import { Account } from "../../firmware/stream/account.js";
import { Agenda } from "../../firmware/stream/agenda.js";
import { HostCrypto } from "../../hal/host/crypto.js";
import { createErased } from "../../hal/host/nor.js";
import { MockFlash } from "../../hal/mock/flash.js";

export const crypto = new HostCrypto();

/** Remembers what its operations were: the octets of a write, -1 for an erase. */
export class TracedFlash extends MockFlash {
  readonly trace: number[] = [];

  override write(page: number, offset: number, bytes: string): boolean {
    this.trace.push(bytes.length);
    return super.write(page, offset, bytes);
  }

  override erase(page: number): boolean {
    this.trace.push(-1);
    return super.erase(page);
  }
}

export class Parts {
  readonly cache = new Cache(crypto);
  readonly pages: Pages;
  readonly journal: Journal;
  account: Account;
  trust: Trust;

  constructor(readonly flash: TracedFlash) {
    this.pages = new Pages(flash, crypto);
    this.journal = this.cache.journal = new Journal(new Log(this.pages, crypto), this.cache);
    this.account = new Account(this.journal, new Agenda());
    this.trust = new Trust(this.journal);
  }

  get fault(): Fault {
    return this.pages.fault;
  }

  load(): this {
    this.journal.load();
    this.account.load();
    this.trust.load();
    return this;
  }

  /** What the device does at the end of a tick. */
  rest(): void {
    if (this.journal.compaction.isDue) this.journal.compaction.spare();
  }

  /** As a device does it: a reset is followed by a start. */
  reset(): void {
    this.journal.reset();
    this.journal.finish();
    this.account = new Account(this.journal, new Agenda());
    this.trust = new Trust(this.journal);
  }

  setPassword(password: string): boolean {
    return this.account.set("dev@ex.org", password, "", 5223, true);
  }

  /** Asked and answered: some of what the caller wanted. `hour` keeps the budget out of it. */
  decide(jid: string, name: string, granted = true, hour = 0): void {
    const grants: Grant[] = granted ? [{ types: "", nodes: "", names: list([name]) }] : [];
    this.cache.put(question(jid, name), grants, true, hour * 3600000);
  }

  served(jid: string, name: string): boolean {
    return this.cache.get(question(jid, name)) !== null;
  }
}

export function question(jid: string, name: string): Question {
  return { verb: Verb.Read, jid, from: "", tokens: [], types: "", nodes: "", names: list([name]) };
}

export function boot(image: Uint8Array): Parts {
  return new Parts(new TracedFlash(image)).load();
}

export function erased(pages: number): Parts {
  return boot(createErased(pages));
}

export interface Facts {
  /** Everything that is one at a time, as one text. */
  state: string;
  /** Decisions that are served, as `caller name`. */
  decisions: Set<string>;
}

export function facts(parts: Parts, universe: string[]): Facts {
  const { account, trust, journal } = parts;
  const state = [
    account.bare, account.secret, trust.list().join(), trust.pending,
    journal.value(Kind.Revoked), journal.value(Kind.Token),
  ].join("|");
  const known = universe.filter((one) => parts.served(one.split(" ")[0]!, one.split(" ")[1]!));
  return { state, decisions: new Set(known) };
}
