/** Who we are on XMPP and where our server listens; a secret, kept in the journal. */
import { PASSWORD_BYTES_MAX } from "../config.js";
import { Kind } from "../store/record.js";
import type { Journal } from "../store/journal.js";
import { bareJid, domainOf } from "./jid.js";

export class Account {
  /** Bare JID; "" while the board has no account. */
  jid: string;
  password: string;
  /** "" means the JID's domain. */
  host: string;
  port: number;
  secure: boolean;
  /** The strongest SCRAM hash that ever succeeded, in octets: never a weaker one again. */
  floor: number;

  constructor(private readonly journal: Journal) {
    this.jid = this.password = this.host = "";
    this.port = 5223;
    this.secure = true;
    this.floor = 0;
  }

  load(): void {
    const parts = this.journal.value(Kind.Account).split("\x00");
    if (parts.length !== 6) return;
    this.jid = parts[0];
    this.password = parts[1];
    this.host = parts[2];
    this.port = parseInt(parts[3], 10);
    this.secure = parts[4] === "1";
    this.floor = parseInt(parts[5], 10);
  }

  /** Takes a new account where it is one, and keeps it. False: it is none, or flash is broken. */
  set(jid: string, password: string, host: string, port: number, secure: boolean): boolean {
    const bare = bareJid(jid);
    const local = bare.indexOf("@");
    if (local < 1 || password === "" || password.length > PASSWORD_BYTES_MAX) return false;
    if (/[\x00-\x1f]/.test(password + host) || !(port > 0 && port < 65536)) return false;
    if (bare !== this.jid || password !== this.password) this.floor = 0;
    this.jid = bare;
    this.password = password;
    this.host = host;
    this.port = port;
    this.secure = secure;
    return this.save();
  }

  /** A mechanism succeeded: a server that suddenly knows only a weaker one is not ours. */
  pin(algorithm: number): void {
    if (algorithm <= this.floor) return;
    this.floor = algorithm;
    this.save();
  }

  domain(): string {
    return domainOf(this.jid);
  }

  /** Nothing is written when nothing changed. */
  private save(): boolean {
    const record = [this.jid, this.password, this.host, "" + this.port, this.secure ? "1" : "0",
      "" + this.floor].join("\x00");
    if (record === this.journal.value(Kind.Account)) return true;
    return this.journal.append(Kind.Account, record) > 0;
  }
}
