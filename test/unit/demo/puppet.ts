/** A scripted party: an account whose stanzas a test collects, and whose answers it decides. */
import xml, { type Element } from "@xmpp/xml";
import { Link, type Reply } from "../../../authority/link.js";
import type { Server } from "../../../demo/server.js";

const WAIT_MS = 20000;

export class Puppet {
  /** Requests, messages and presences, in order, except what `waitFor` has taken. */
  readonly seen: Element[] = [];
  readonly link: Link;
  onRequest: (iq: Element) => Reply = () => null;
  private wake: () => void = () => undefined;

  constructor(server: Server, user: string, password: string, resource = "") {
    const keep = (stanza: Element): void => { this.seen.push(stanza); this.wake(); };
    this.link = new Link({ jid: `${user}@${server.domain}`, password, host: "127.0.0.1",
      port: server.port, resource }, {
      onOnline: () => undefined, onOffline: () => undefined, onFault: () => undefined,
      onMessage: keep, onPresence: keep,
      onRequest: (iq) => {
        if (iq.getChild("query", "jabber:iq:roster")) return "done";
        keep(iq);
        return this.onRequest(iq);
      },
    });
  }

  async start(): Promise<string> {
    const jid = await this.link.start();
    await this.ask("", xml("query", { xmlns: "jabber:iq:roster" }));
    this.link.send(xml("presence"));
    return jid;
  }

  /** The child of the result; rejects with a RequestFailure. */
  async ask(to: string, query: Element): Promise<Element | undefined> {
    const iq = await this.link.request(xml("iq", { type: "get", to: to || undefined }, query),
      WAIT_MS);
    return iq.getChildElements()[0];
  }

  presence(to: string, type?: string): void {
    this.link.send(xml("presence", { to, type }));
  }

  /** The first stanza, seen or to come, whose text has all these pieces. */
  async waitFor(...pieces: string[]): Promise<Element> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const at = this.seen.findIndex((one) =>
        pieces.every((piece) => one.toString().includes(piece)));
      if (at >= 0) return this.seen.splice(at, 1)[0]!;
      if (Date.now() > deadline) throw new Error(`nothing with ${pieces.join(" and ")} came`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now() + 1);
        this.wake = () => { clearTimeout(timer); resolve(); };
      });
    }
  }

  stop(): Promise<void> {
    return this.link.stop();
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
