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

export const enum Role {
  /** A person pressed the button for it; it has not yet said that it is a provisioning server. */
  Pending = "p",
  Trusted = "t",
  /** No provisioning server after all. */
  None = "",
}

export class Trust {
  /** Packed as attributes are: \x01jid\x02role\x01 */
  private servers: string;
  /** Of these the bare JIDs of the trusted, the first trusted first. */
  private trusted: string[];
  /** The one whose acceptance is not finished; "" where there is none. */
  pending: string;
  /** Where an account's iqs go: the full JID last seen available, packed in the same way. */
  private seen: string;
  /** Whose last answer did not come, packed in the same way. */
  private silent: string;

  constructor(private readonly journal: Journal) {
    this.pending = "";
    this.servers = this.seen = this.silent = "\x01";
    this.trusted = [];
  }

  load(): void {
    this.know(this.journal.value(Kind.Trust) || "\x01");
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

  /**
   * Durable when true, and unchanged when false. A second candidate takes the place of the first;
   * nobody who is trusted is given up.
   */
  put(bare: string, role: Role): boolean {
    if (role === Role.None && this.has(bare)) return true;
    let servers = without(this.servers, role === Role.Pending ? this.pending : bare);
    if (role !== Role.None) servers += bare + "\x02" + role + "\x01";
    if (servers === this.servers) return true;
    if (servers.split("\x02").length > SERVERS_MAX + 1) return false;
    if (!this.journal.append(Kind.Trust, servers)) return false;
    this.know(servers);
    return true;
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

  private know(servers: string): void {
    this.servers = servers;
    this.pending = "";
    this.trusted = [];
    for (const entry of items(servers)) {
      const pair = entry.split("\x02");
      if (pair[1] === Role.Trusted) this.trusted.push(pair[0]);
      else this.pending = pair[0];
    }
  }
}
