/** What the server itself answers: disco, ping, time; and the stamp of what waited for a user. */
import { NS_CLIENT, childrenOf } from "./markup.js";
import type { Node } from "./markup.js";
import type { Wire } from "./wire.js";

const NS_INFO = "http://jabber.org/protocol/disco#info";
const NS_ITEMS = "http://jabber.org/protocol/disco#items";
const NS_PING = "urn:xmpp:ping";
const NS_TIME = "urn:xmpp:time";
const NS_DELAY = "urn:xmpp:delay";

export class Service {
  constructor(private readonly wire: Wire) {}

  handle(stanza: Node): void {
    const payload = childrenOf(stanza)[0];
    const { type } = stanza.attributes;
    if (type !== "get" || !payload) return this.wire.bounce(stanza, "service-unavailable");
    if (this.wire.quirks.silent.includes(payload.ns)) return;
    if (payload.ns === NS_PING) return this.wire.result(stanza, []);
    if (payload.ns === NS_TIME) {
      const utc = node("utc", NS_TIME, {}, [this.now()]);
      const tzo = node("tzo", NS_TIME, {}, ["+00:00"]);
      return this.wire.result(stanza, [node("time", NS_TIME, {}, [tzo, utc])]);
    }
    if (payload.ns === NS_ITEMS) {
      const items = [...this.wire.components.keys()].map((jid) => node("item", NS_ITEMS, { jid }));
      return this.wire.result(stanza, [node("query", NS_ITEMS, {}, items)]);
    }
    if (payload.ns === NS_INFO) {
      const identity = { category: "server", type: "im", name: "the server of the tests" };
      const features = [NS_INFO, NS_ITEMS, NS_PING, NS_TIME]
        .map((one) => node("feature", NS_INFO, { var: one }));
      const children = [node("identity", NS_INFO, identity), ...features];
      return this.wire.result(stanza, [node("query", NS_INFO, {}, children)]);
    }
    this.wire.bounce(stanza, "service-unavailable");
  }

  /** XEP-0203: it waited for the account to come back. */
  delayed(stanza: Node): Node {
    const delay = node("delay", NS_DELAY, { from: this.wire.domain, stamp: this.now() });
    return { ...stanza, children: [...stanza.children, delay] };
  }

  private utcMs(): number {
    return this.wire.quirks.startMs + this.wire.clock.nowMs();
  }

  private now(): string {
    return new Date(this.utcMs()).toISOString().replace(/\.\d+/, "");
  }
}

export function node(
  name: string, ns: string, attributes: Record<string, string> = {},
  children: (Node | string)[] = [],
): Node {
  return { name, ns, attributes, children };
}

export function iqOf(type: string, id: string, to: string, children: Node[]): Node {
  return node("iq", NS_CLIENT, { type, id, to }, children);
}
