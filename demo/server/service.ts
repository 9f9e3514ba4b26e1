/** The iqs that the server answers itself: for its domain, and on behalf of accounts. */
import xml, { type Element } from "@xmpp/xml";
import { bareJid } from "../../authority/jid.js";
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_ROSTER, errorReply, resultReply }
  from "../../authority/stanza.js";
import type { Account, Host, Resource } from "./host.js";
import type { Presence } from "./presence.js";
import { printRoster } from "./roster.js";

const NS_TIME = "urn:xmpp:time";
const NS_VERSION = "jabber:iq:version";

const DOMAIN_FEATURES = [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_TIME, NS_VERSION, NS_ROSTER];

export class Service {
  constructor(private readonly host: Host, private readonly presence: Presence) {}

  /** For the domain. Null: nothing here answers that. */
  forDomain(iq: Element): Element | null {
    const query = iq.getChildElements()[0]!;
    if (iq.attrs["type"] !== "get") return null;
    if (query.is("query", NS_DISCO_INFO)) {
      return this.disco(iq, query, xml("identity", { category: "server", type: "im" }),
        ...DOMAIN_FEATURES.map((feature) => xml("feature", { var: feature })));
    }
    if (query.is("query", NS_DISCO_ITEMS)) {
      const domains = [...this.host.components.keys()];
      return this.disco(iq, query, ...domains.map((jid) => xml("item", { jid })));
    }
    if (query.is("query", NS_VERSION)) {
      return resultReply(iq, xml("query", { xmlns: NS_VERSION },
        xml("name", {}, "Thingward demo server"), xml("version", {}, "0")));
    }
    return commonAnswer(iq, query);
  }

  /** For a bare JID: the account itself never sees these (RFC 6121, 8.5.2). */
  forAccount(iq: Element, account: Account | undefined): Element | null {
    const query = iq.getChildElements()[0]!;
    if (iq.attrs["type"] !== "get") return null;
    const common = commonAnswer(iq, query);
    if (common || !account?.roster.seenBy(bareJid(iq.attrs["from"]))) return common;
    return this.accountDisco(iq, query);
  }

  /** For one's own account: no `to`, or the own bare JID. */
  forSelf(iq: Element, resource: Resource): Element | null {
    const query = iq.getChildElements()[0]!;
    if (query.is("query", NS_ROSTER)) return this.roster(iq, query, resource);
    if (iq.attrs["type"] !== "get") return null;
    return commonAnswer(iq, query) ?? this.accountDisco(iq, query);
  }

  private accountDisco(iq: Element, query: Element): Element | null {
    if (query.is("query", NS_DISCO_ITEMS)) return this.disco(iq, query);
    if (!query.is("query", NS_DISCO_INFO)) return null;
    return this.disco(iq, query, xml("identity", { category: "account", type: "registered" }));
  }

  private disco(iq: Element, query: Element, ...children: Element[]): Element {
    if (query.attrs["node"]) return errorReply(iq, "item-not-found", "Node does not exist");
    return resultReply(iq, xml("query", { xmlns: query.attrs["xmlns"] }, ...children));
  }

  private roster(iq: Element, query: Element, resource: Resource): Element {
    const { account } = resource;
    if (iq.attrs["type"] === "get") {
      resource.interested = true;
      return resultReply(iq, printRoster(account.roster));
    }
    const items = query.getChildElements();
    const item = items[0];
    const jid = bareJid(item?.attrs["jid"]);
    if (items.length !== 1 || !item?.is("item", NS_ROSTER) || !jid) {
      return errorReply(iq, "bad-request");
    }
    if (jid === account.bare) return errorReply(iq, "not-allowed");
    const fault = item.attrs["subscription"] === "remove"
      ? this.remove(resource, jid)
      : this.rename(account, jid, item);
    if (fault) return errorReply(iq, fault);
    this.presence.subscriptions.push(account, jid);
    return resultReply(iq);
  }

  private rename(account: Account, jid: string, item: Element): "resource-constraint" | null {
    const groups = item.getChildren("group").map((group) => group.getText()).filter(Boolean);
    const isKept = account.roster.rename(jid, item.attrs["name"] ?? "", groups);
    return isKept ? null : "resource-constraint";
  }

  /** RFC 6121, 2.5: removing a contact ends both subscriptions. */
  private remove(resource: Resource, jid: string): "item-not-found" | null {
    if (!resource.account.roster.contacts.has(jid)) return "item-not-found";
    this.presence.subscriptions.forget(resource, jid);
    return null;
  }
}

/** What the server answers for any of its addresses. */
function commonAnswer(iq: Element, query: Element): Element | null {
  if (query.is("ping", NS_PING)) return resultReply(iq);
  if (!query.is("time", NS_TIME)) return null;
  const utc = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return resultReply(iq, xml("time", { xmlns: NS_TIME },
    xml("tzo", {}, "+00:00"), xml("utc", {}, utc)));
}
