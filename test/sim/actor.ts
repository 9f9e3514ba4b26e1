/**
 * Somebody on the network who is scripted: an account with a full JID, or a component. What it
 * is sent waits in its inbox until the test looks.
 */
import { childrenOf, parse } from "./markup.js";
import type { Node } from "./markup.js";
import { node } from "./service.js";
import { isAccount } from "./wire.js";
import type { Session, Wire } from "./wire.js";

const NS_INFO = "http://jabber.org/protocol/disco#info";

export class Actor {
  /** Not yet looked at. */
  inbox: Node[] = [];
  /** Features of its own disco#info; null leaves the question to the test. */
  features: string[] | null = [];
  /** Answers by itself; true when the stanza needs nobody else. */
  answer: (stanza: Node) => boolean = () => false;
  private session: Session | null = null;
  private serial = 0;

  constructor(readonly wire: Wire, readonly jid: string) {}

  get isOnline(): boolean {
    return this.session !== null;
  }

  /** Logs in, and is available where it is an account. */
  login(): void {
    if (this.session) return;
    this.session = this.wire.attach(this.jid, (stanza) => this.receive(stanza));
    if (isAccount(this.jid)) this.send("<presence/>");
  }

  logout(): void {
    if (this.session) this.wire.detach(this.session);
    this.session = null;
  }

  /** Returns the id, which is made where there is none. */
  send(xml: string): string {
    return this.say(parse(xml));
  }

  say(stanza: Node): string {
    if (!this.session) throw new Error(`${this.jid} is not online`);
    if (stanza.name === "iq") stanza.attributes.id ??= `a${++this.serial}`;
    this.wire.take(this.session, stanza);
    return stanza.attributes.id ?? "";
  }

  /** All that came, which is then forgotten. */
  take(): Node[] {
    return this.inbox.splice(0);
  }

  /** What came, but for presences that only tell who is there. */
  takeSaid(): Node[] {
    return this.take().filter((one) => !isNews(one));
  }

  private receive(stanza: Node): void {
    const payload = childrenOf(stanza)[0];
    const { type, id, from } = stanza.attributes;
    if (stanza.name === "iq" && type === "set" && payload?.ns === "jabber:iq:roster") return;
    if (this.features && type === "get" && payload?.ns === NS_INFO) {
      const features = this.features.map((one) => node("feature", NS_INFO, { var: one }));
      const query = node("query", NS_INFO, {}, [
        node("identity", NS_INFO, { category: "client", type: "bot" }), ...features,
      ]);
      this.say(node("iq", "jabber:client", { type: "result", id: id!, to: from! }, [query]));
    } else if (!this.answer(stanza)) this.inbox.push(stanza);
  }
}

/** Comings and goings, which are no words to anybody. */
export function isNews(stanza: Node): boolean {
  const type = stanza.attributes.type ?? "";
  return stanza.name === "presence" && (type === "" || type === "unavailable");
}
