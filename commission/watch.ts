/**
 * The board's account, seen from a second login: whether its password is right, before a board
 * gets it; whether somebody has come online with it; and what that one says as a proof that it is
 * the board which was here (RENDEZVOUS 5.6). A server tells an account's resources of each other
 * (RFC 6121, 4.2.2); the priority keeps messages from coming here, but for those to our full JID.
 */
import { randomBytes } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "../authority/jid.js";
import { Link, type RequestFailure } from "../authority/link.js";
import { NS_REGISTER } from "./register.js";
import { NS_RENDEZVOUS } from "../firmware/rendezvous/dweller.js";

const PRIORITY = "-1";
const REMOVE_MS = 5000;
/** Nobody guesses whom the board will tell. */
const RESOURCE_BYTES = 12;

/** What a board says when it has kept what it was given. */
export interface Word {
  /** Full JID of who says it. */
  jid: string;
  /** 64 hexadecimal digits, where it is right. */
  proof: string;
}

export interface WatchOptions {
  jid: string;
  password: string;
  host: string;
  port: number;
  secure: boolean;
  ca: string[] | undefined;
}

export class Watch {
  private readonly link: Link;
  private isExpecting = false;
  private found: (jid: string) => void = () => {};
  /** The board's full JID, once it is online after `expect`. */
  readonly online = new Promise<string>((resolve) => { this.found = resolve; });
  private heard: (word: Word) => void = () => {};
  /** The first that says after `expect` that it was here, whether it can prove it or not. */
  readonly told = new Promise<Word>((resolve) => { this.heard = resolve; });

  constructor(private readonly options: WatchOptions) {
    const { jid, password, host, port, secure, ca } = options;
    this.link = new Link({
      jid, password, host, port, resource: randomBytes(RESOURCE_BYTES).toString("base64url"),
      ...secure && { tls: ca === undefined ? {} : { ca: ca.join("\n") } },
    }, {
      onOnline: () => this.link.send(xml("presence", {}, xml("priority", {}, PRIORITY))),
      onOffline: () => undefined,
      onRequest: () => null,
      onPresence: (stanza) => this.presence(stanza),
      onMessage: (stanza) => this.message(stanza),
      onFault: () => undefined,
    });
  }

  /** Rejects where the account cannot log in. */
  async start(): Promise<void> {
    await this.link.start();
  }

  /** Full JID. */
  get jid(): string {
    return this.link.jid;
  }

  /** A line for people, from the board's account. */
  say(to: string, line: string): void {
    this.link.send(xml("message", { to, type: "chat" }, xml("body", {}, line)));
  }

  /** XEP-0077, 3.2: takes the account away. False: the server does not do that. */
  async remove(): Promise<boolean> {
    const query = xml("query", { xmlns: NS_REGISTER }, xml("remove"));
    try {
      await this.link.request(xml("iq", { type: "set" }, query), REMOVE_MS);
      return true;
    } catch (error) {
      // Some end the stream in place of an answer, as there is nobody to answer.
      return (error as RequestFailure).failure.condition === "offline";
    }
  }

  /** From now on: what is online already is an older one. */
  expect(): void {
    this.isExpecting = true;
  }

  stop(): Promise<void> {
    return this.link.stop();
  }

  private presence(stanza: Element): void {
    const { from = "", type } = stanza.attrs;
    if (this.isOther(from) && !type) this.found(from);
  }

  private message(stanza: Element): void {
    const { from = "", type } = stanza.attrs;
    const committed = stanza.getChild("committed", NS_RENDEZVOUS);
    if (!this.isOther(from) || type === "error" || !committed) return;
    this.heard({ jid: from, proof: committed.getText() });
  }

  /** Somebody else with this account; nobody's word counts before one is expected. */
  private isOther(from: string): boolean {
    return this.isExpecting && from !== this.link.jid
      && bareJid(from) === bareJid(this.options.jid);
  }
}
