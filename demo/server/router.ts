/**
 * Where a stanza goes (RFC 6120, 10 and RFC 6121, 8). `from` is always ours to stamp; iqs for a
 * bare JID are answered here and never reach the account's clients.
 */
import xml, { type Element } from "@xmpp/xml";
import { type Jid, formatBare, formatJid, parseJid } from "../../authority/jid.js";
import { type Condition, NS_DELAY, errorReply } from "../../authority/stanza.js";
import { type Account, type Host, type Resource, type Session, available, readdress }
  from "./host.js";
import { Presence } from "./presence.js";
import { Service } from "./service.js";

const IQ_TYPES = ["get", "set", "result", "error"];

export class Router {
  readonly presence: Presence;
  private readonly service: Service;

  constructor(private readonly host: Host) {
    this.presence = new Presence(host, this);
    this.service = new Service(host, this.presence);
  }

  fromClient(resource: Resource, received: Element): void {
    const stanza = readdress(received, { from: resource.jid });
    if (!this.isSound(stanza, resource)) return;
    const to = stanza.attrs["to"];
    if (to === undefined || to === "") return this.toSelf(resource, stanza);
    const jid = parseJid(to);
    if (!jid) return this.bounce(stanza, resource, "jid-malformed");
    const sent = readdress(stanza, { to: formatJid(jid) });
    if (stanza.name === "presence") return this.presence.outbound(resource, sent);
    if (sent.attrs["to"] === resource.account.bare && stanza.name === "iq") {
      return this.toSelf(resource, readdress(stanza, { to: undefined }));
    }
    this.post(sent, resource);
  }

  /** The session has checked `from`; it is in the component's domain. */
  fromComponent(session: Session, stanza: Element): void {
    if (!this.isSound(stanza, session)) return;
    const jid = parseJid(stanza.attrs["to"] ?? "");
    if (!jid) return this.bounce(stanza, session, "jid-malformed");
    this.post(readdress(stanza, { to: formatJid(jid) }), session);
  }

  /** To whomever `to` names. A null origin is the server: nobody to send errors to. */
  post(stanza: Element, origin: Session | null): void {
    const to = parseJid(stanza.attrs["to"] ?? "");
    if (!to) return;
    const component = this.host.components.get(to.domain);
    if (component?.session) return this.host.deliver(component.session, stanza);
    if (component) {
      return this.bounce(stanza, origin, "remote-server-timeout", "Component unavailable");
    }
    if (to.domain !== this.host.domain) {
      return this.bounce(stanza, origin, "remote-server-not-found", "No federation here");
    }
    if (stanza.name === "iq") return this.iq(to, stanza, origin);
    if (stanza.name === "message") return this.message(to, stanza, origin);
    if (to.local) return this.presence.inbound(to, stanza, origin);
    this.host.consume(stanza);
  }

  private toSelf(resource: Resource, stanza: Element): void {
    if (stanza.name === "message") {
      return this.toAccount(resource.account, stanza, resource);
    }
    if (stanza.name === "presence") {
      const type = stanza.attrs["type"];
      if (!type || type === "unavailable") return this.presence.broadcast(resource, stanza);
      return this.bounce(stanza, resource, "bad-request", "Invalid presence type");
    }
    this.host.consume(stanza);
    if (!isRequest(stanza)) return;
    const answer = this.service.forSelf(stanza, resource)
      ?? errorReply(stanza, "service-unavailable");
    this.host.deliver(resource, answer);
  }

  private iq(to: Jid, stanza: Element, origin: Session | null): void {
    const account = this.host.accounts.get(formatBare(to));
    const resource = to.resource ? account?.resources.get(to.resource) : undefined;
    if (resource) return this.host.deliver(resource, stanza);
    if (to.resource) return this.bounce(stanza, origin, "service-unavailable");
    this.host.consume(stanza);
    if (!isRequest(stanza) || !origin) return;
    const answer = to.local
      ? this.service.forAccount(stanza, account)
      : this.service.forDomain(stanza);
    this.host.deliver(origin, answer ?? errorReply(stanza, "service-unavailable"));
  }

  private message(to: Jid, stanza: Element, origin: Session | null): void {
    const account = this.host.accounts.get(formatBare(to));
    const resource = to.resource ? account?.resources.get(to.resource) : undefined;
    if (resource) return this.host.deliver(resource, stanza);
    if (!account) return this.bounce(stanza, origin, "service-unavailable");
    this.toAccount(account, stanza, origin);
  }

  /** RFC 6121, 8.5.2: the resources of the highest priority, else the offline shelf. */
  private toAccount(account: Account, stanza: Element, origin: Session | null): void {
    const type = stanza.attrs["type"];
    if (type === "error") return this.host.consume(stanza);
    if (type === "groupchat") return this.bounce(stanza, origin, "service-unavailable");
    const willing = available(account).filter((resource) => resource.priority >= 0);
    const top = Math.max(...willing.map((resource) => resource.priority));
    const takers = type === "headline" ? willing : willing.filter((one) => one.priority === top);
    for (const taker of takers) this.host.deliver(taker, stanza);
    if (takers.length > 0) return;
    const isKept = type === "headline"
      || this.host.keepOffline(account, delayed(stanza, this.host.domain));
    if (isKept) this.host.consume(stanza);
    else this.bounce(stanza, origin, "service-unavailable");
  }

  private isSound(stanza: Element, origin: Session): boolean {
    const { type, id } = stanza.attrs;
    if (stanza.name !== "iq") return true;
    const isOdd = !IQ_TYPES.includes(type ?? "") || !id
      || (isRequest(stanza) && stanza.getChildElements().length !== 1);
    if (isOdd) this.bounce(stanza, origin, "bad-request");
    return !isOdd;
  }

  private bounce(stanza: Element, origin: Session | null, condition: Condition, text = ""): void {
    this.host.consume(stanza);
    const { type } = stanza.attrs;
    // An error is never answered with an error, and neither is a result.
    if (type === "error" || (stanza.name === "iq" && type === "result") || !origin) return;
    this.host.deliver(origin, errorReply(stanza, condition, text));
  }
}

function isRequest(iq: Element): boolean {
  return iq.attrs["type"] === "get" || iq.attrs["type"] === "set";
}

function delayed(message: Element, domain: string): Element {
  const copy = readdress(message, {});
  copy.children = [...message.children,
    xml("delay", { xmlns: NS_DELAY, from: domain, stamp: new Date().toISOString() })];
  return copy;
}
