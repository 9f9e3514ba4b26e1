/** Who we are on XMPP and where our server listens; a secret, kept in the journal. */
import { PASSWORD_BYTES_MAX } from "../config.js";
import { Kind } from "../store/record.js";
import type { Journal } from "../store/journal.js";
import type { Agenda, Doer } from "./agenda.js";
import { bareJid, domainOf } from "./jid.js";

export class Account implements Doer {
  /** Bare JID; "" while the board has no account. */
  bare: string;
  secret: string;
  /** "" means the JID's domain. */
  server: string;
  portNumber: number;
  encrypted: boolean;
  /** The strongest SCRAM hash that ever succeeded, in octets: never a weaker one again. */
  weakest: number;
  /** It is only tried: nothing of it goes to flash (rendezvous/dweller.ts). */
  tentative: boolean;

  constructor(private readonly journal: Journal, private readonly agenda: Agenda) {
    this.bare = this.secret = this.server = "";
    this.portNumber = 5223;
    this.encrypted = true;
    this.weakest = 0;
    this.tentative = false;
  }

  /** The bare JID; "" where there is none. */
  load(): string {
    const parts = this.journal.value(Kind.Account).split("\x00");
    if (parts.length === 6) {
      this.bare = parts[0];
      this.secret = parts[1];
      this.server = parts[2];
      this.portNumber = +parts[3];
      this.encrypted = parts[4] === "1";
      this.weakest = +parts[5];
    }
    return this.bare;
  }

  /** Factory reset: what the board was not flashed with is gone. */
  forget(): void {
    this.bare = this.secret = this.server = "";
    this.weakest = 0;
  }

  /** Takes a new account where it is one, and keeps it. False: it is none, or flash is broken. */
  set(jid: string, password: string, host: string, port: number, secure: boolean): boolean {
    const bare = bareJid(jid);
    const local = bare.indexOf("@");
    if (local < 1 || password === "" || password.length > PASSWORD_BYTES_MAX) return false;
    if (/[\x00-\x1f]/.test(password + host) || !(port > 0 && port < 65536)) return false;
    if (bare !== this.bare || password !== this.secret) this.weakest = 0;
    this.bare = bare;
    this.secret = password;
    this.server = host;
    this.portNumber = port;
    this.encrypted = secure;
    return this.save();
  }

  /** A mechanism succeeded: a server that suddenly knows only a weaker one is not ours. */
  pin(algorithm: number): void {
    if (algorithm <= this.weakest) return;
    this.weakest = algorithm;
    this.agenda.add(this, "");
  }

  /** What `pin` was told goes to flash before anything else is said. */
  act(): void {
    this.save();
  }

  domain(): string {
    return domainOf(this.bare);
  }

  /** Nothing is written when nothing changed. */
  save(): boolean {
    if (this.tentative) return true;
    const record = [this.bare, this.secret, this.server, this.portNumber,
      this.encrypted ? 1 : 0, this.weakest].join("\x00");
    if (record === this.journal.value(Kind.Account)) return true;
    return this.journal.append(Kind.Account, record) > 0;
  }
}
