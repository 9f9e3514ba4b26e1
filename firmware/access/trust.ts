/**
 * The provisioning servers that this device delegates to (XEP-0324 "delegating original
 * trust"). Kept in the journal as one record, so trust is there whole or not at all; a server
 * whose acceptance was not finished before a power cut is kept as pending and has no rights.
 */
import { SERVERS_MAX } from "../config.js";
import type { Journal } from "../store/journal.js";
import { Kind } from "../store/record.js";
import { isComponent } from "../stream/jid.js";
import { items, lookup, without } from "../xml/list.js";

const enum Role {
  /** A person pressed the button for it; it has not yet said that it is a provisioning server. */
  Pending = "p",
  Trusted = "t",
}

export class Trust {
  /** Packed as attributes are: \x01jid\x02role\x01 */
  private servers: string;
  /** Of these the bare JIDs of the trusted, the first trusted first. */
  private trusted: string[];
  /** Where an account's iqs go: the full JID last seen available, packed in the same way. */
  private seen: string;
  /** Whose last answer did not come, packed in the same way. */
  private silent: string;

  constructor(private readonly journal: Journal) {
    this.servers = this.seen = this.silent = "\x01";
    this.trusted = [];
  }

  load(): void {
    const record = this.journal.value(Kind.Trust);
    this.servers = record === "" ? "\x01" : record;
    this.trusted = this.withRole(Role.Trusted);
  }

  /** Factory reset: the journal holds nobody. */
  forget(): void {
    this.load();
    this.unsee();
  }

  /** Until `load` nobody is trusted, whatever is on flash: an account of others is tried. */
  suspend(): void {
    this.servers = "\x01";
    this.trusted = [];
  }

  /** True for the bare JID of a server whose word counts. */
  has(bare: string): boolean {
    return this.trusted.indexOf(bare) >= 0;
  }

  /** Whether there is one at all. */
  any(): boolean {
    return this.trusted.length > 0;
  }

  /** Bare JIDs, the first trusted first. */
  list(): string[] {
    return this.trusted;
  }

  /** The one whose acceptance is not finished; "" where there is none. */
  pending(): string {
    const found = this.withRole(Role.Pending);
    return found.length ? found[0] : "";
  }

  /** Durable when true. A second candidate takes the place of the first. */
  await(bare: string): boolean {
    return this.store(this.pending(), bare, Role.Pending);
  }

  add(bare: string): boolean {
    return this.store(bare, bare, Role.Trusted);
  }

  /** No provisioning server after all. */
  giveUp(bare: string): boolean {
    return this.has(bare) || this.store(bare, "", Role.Pending);
  }

  /** Presence of an account; a component needs none, as its address is all there is. */
  see(bare: string, jid: string, available: boolean): void {
    if (!available && lookup(this.seen, bare) !== jid) return;
    this.seen = without(this.seen, bare);
    if (available) this.seen += bare + "\x02" + jid + "\x01";
  }

  unsee(): void {
    this.seen = this.silent = "\x01";
  }

  /** It has answered, or not. */
  hear(bare: string, isHeard: boolean): void {
    this.silent = without(this.silent, bare);
    if (!isHeard) this.silent += bare + "\x02-\x01";
  }

  /** Whether it can be asked, and answers. */
  isHeard(bare: string): boolean {
    return this.address(bare) !== "" && !lookup(this.silent, bare);
  }

  /** Where to send an iq for this server (ERRATA N28, N29); "" while it is away. */
  address(bare: string): string {
    if (isComponent(bare)) return bare;
    return lookup(this.seen, bare) || "";
  }

  private withRole(role: Role): string[] {
    const found: string[] = [];
    for (const entry of items(this.servers)) {
      const pair = entry.split("\x02");
      if (pair[1] === role) found.push(pair[0]);
    }
    return found;
  }

  /** `old` goes, `bare` comes; nothing changes unless the flash has it. */
  private store(old: string, bare: string, role: Role): boolean {
    let servers = without(this.servers, old);
    if (bare !== "") servers += bare + "\x02" + role + "\x01";
    if (servers === this.servers) return true;
    if (servers.split("\x02").length > SERVERS_MAX + 1) return false;
    if (!this.journal.append(Kind.Trust, servers)) return false;
    this.servers = servers;
    this.trusted = this.withRole(Role.Trusted);
    return true;
  }
}
