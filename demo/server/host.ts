/** Who there is: accounts with their rosters and resources, components, and those who watch. */
import { Element, type Attributes } from "@xmpp/xml";
import { OFFLINE_MESSAGES_MAX } from "./limit.js";
import { Roster } from "./roster.js";
import { decoyKeys, deriveKeys, type Hash, type Keys } from "./scram.js";
import { randomBytes } from "node:crypto";

/** One authenticated stream, of a client or of a component. */
export interface Session {
  /** Full JID of a resource, or a component's domain. */
  readonly jid: string;
  send(stanza: Element): void;
  end(condition: string, text?: string): void;
  /** As when the cable is cut. */
  destroy(): void;
}

export interface Resource extends Session {
  readonly account: Account;
  /** The last broadcast presence while it is available. */
  presence: Element | null;
  priority: number;
  /** Has asked for the roster (RFC 6121, 2.2), so it is told of changes. */
  interested: boolean;
  readonly directed: Set<string>;
}

export interface Account {
  readonly bare: string;
  readonly keys: Record<Hash, Keys>;
  readonly roster: Roster;
  /** By resource part, oldest first. */
  readonly resources: Map<string, Resource>;
  readonly offline: Element[];
}

export interface Component {
  readonly secret: string;
  session: Session | null;
}

/**
 * One hop of one stanza: from a party to the party that gets it, or to the server itself, when it
 * is the server that answers.
 */
export interface Hop {
  from: string;
  to: string;
  xml: string;
}

export class Host {
  readonly accounts = new Map<string, Account>();
  readonly components = new Map<string, Component>();
  readonly watchers = new Set<(hop: Hop) => void>();
  private readonly decoySecret = randomBytes(32);

  constructor(readonly domain: string) {}

  addAccount(bare: string, password: string): void {
    this.accounts.set(bare, {
      bare,
      keys: { sha1: deriveKeys("sha1", password), sha256: deriveKeys("sha256", password) },
      roster: new Roster(),
      resources: new Map(),
      offline: [],
    });
  }

  keysOf(bare: string, hash: Hash): Keys {
    return this.accounts.get(bare)?.keys[hash] ?? decoyKeys(hash, this.decoySecret, bare);
  }

  /** Hands a stanza to the one it is for. */
  deliver(session: Session, stanza: Element): void {
    this.tell(stanza.attrs["from"] ?? this.domain, session.jid, stanza);
    session.send(stanza);
  }

  /** The server itself deals with this one: watchers see the question as well as the answer. */
  consume(stanza: Element): void {
    this.tell(stanza.attrs["from"] ?? this.domain, stanza.attrs["to"] ?? this.domain, stanza);
  }

  /** False when the shelf is full. */
  keepOffline(account: Account, message: Element): boolean {
    if (account.offline.length >= OFFLINE_MESSAGES_MAX) return false;
    account.offline.push(message);
    return true;
  }

  sessions(): Session[] {
    const all: Session[] =
      [...this.accounts.values()].flatMap((account) => [...account.resources.values()]);
    for (const component of this.components.values()) {
      if (component.session) all.push(component.session);
    }
    return all;
  }

  private tell(from: string, to: string, stanza: Element): void {
    if (this.watchers.size === 0) return;
    const hop = { from, to, xml: stanza.toString() };
    for (const watcher of this.watchers) watcher(hop);
  }
}

/** The same stanza with other addresses; the original may already be on its way elsewhere. */
export function readdress(stanza: Element, attrs: Attributes): Element {
  const copy = new Element(stanza.name, { ...stanza.attrs, ...attrs });
  copy.children = stanza.children;
  return copy;
}

export function available(account: Account): Resource[] {
  return [...account.resources.values()].filter((resource) => resource.presence !== null);
}
