/**
 * In-band registration (XEP-0077) before authentication, where the server's owner offers it: a
 * name and a password, nothing else. One stream makes few accounts, and there is an end to them.
 */
import xml, { type Element } from "@xmpp/xml";
import { formatBare, parseJid } from "../../authority/jid.js";
import { errorReply, resultReply } from "../../authority/stanza.js";
import type { Host } from "./host.js";
import { ACCOUNTS_MAX, REGISTRATIONS_MAX } from "./limit.js";

export const NS_REGISTER = "jabber:iq:register";
const NS_REGISTER_FEATURE = "http://jabber.org/features/iq-register";
const INSTRUCTIONS = "Choose a name and a password.";

export class Registration {
  private registrations = 0;

  constructor(private readonly host: Host) {}

  feature(): Element {
    return xml("register", { xmlns: NS_REGISTER_FEATURE });
  }

  /** The reply; null for what is no registration. */
  receive(iq: Element): Element | null {
    const query = iq.getChild("query", NS_REGISTER);
    if (iq.name !== "iq" || !iq.attrs["id"] || !query) return null;
    if (iq.attrs["type"] === "get") {
      return resultReply(iq, xml("query", { xmlns: NS_REGISTER },
        xml("instructions", {}, INSTRUCTIONS), xml("username"), xml("password")));
    }
    return iq.attrs["type"] === "set" ? this.create(iq, query) : null;
  }

  private create(iq: Element, query: Element): Element {
    const user = query.getChildText("username") ?? "";
    const password = query.getChildText("password") ?? "";
    const jid = parseJid(`${user}@${this.host.domain}`);
    if (!jid || !user || !password || jid.local === "" || jid.resource !== "") {
      return errorReply(iq, "not-acceptable", "a name and a password, please");
    }
    const bare = formatBare(jid);
    if (this.host.accounts.has(bare)) return errorReply(iq, "conflict");
    if (this.host.accounts.size >= ACCOUNTS_MAX || ++this.registrations > REGISTRATIONS_MAX) {
      return errorReply(iq, "resource-constraint", "no more accounts");
    }
    this.host.addAccount(bare, password);
    return resultReply(iq);
  }
}
