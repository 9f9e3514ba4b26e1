/**
 * The board's account, seen from a second login: whether its password is right, before a board
 * gets it; and whether the board has come online with it. A server tells an account's resources
 * of each other (RFC 6121, 4.2.2); the priority keeps messages from coming here.
 */
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "../authority/jid.js";
import { Link } from "../authority/link.js";

const PRIORITY = "-1";

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

  constructor(private readonly options: WatchOptions) {
    const { jid, password, host, port, secure, ca } = options;
    this.link = new Link({
      jid, password, host, port,
      ...secure && { tls: ca === undefined ? {} : { ca: ca.join("\n") } },
    }, {
      onOnline: () => this.link.send(xml("presence", {}, xml("priority", {}, PRIORITY))),
      onOffline: () => undefined,
      onRequest: () => null,
      onPresence: (stanza) => this.presence(stanza),
      onMessage: () => undefined,
      onFault: () => undefined,
    });
  }

  /** Rejects where the account cannot log in. */
  async start(): Promise<void> {
    await this.link.start();
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
    const isOther = from !== this.link.jid && bareJid(from) === bareJid(this.options.jid);
    if (this.isExpecting && isOther && !type) this.found(from);
  }
}
