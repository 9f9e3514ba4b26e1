/**
 * One client's stream.
 *
 *   state          | on
 *   ---------------+---------------------------------------------------------------
 *   Authenticating | SASL, success restarts the stream; registration where it is offered
 *   Binding        | the one iq that binds a resource
 *   Bound          | stanzas, to the router; everything else ends the stream
 */
import { randomBytes } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { JID_PART_BYTES_MAX, bareJid, parseJid } from "../../authority/jid.js";
import { errorReply, resultReply } from "../../authority/stanza.js";
import type { Account, Host, Resource } from "./host.js";
import { RESOURCES_MAX, SASL_ATTEMPTS_MAX } from "./limit.js";
import type { Registration } from "./register.js";
import type { Router } from "./router.js";
import { Sasl } from "./sasl.js";
import type { Stream } from "./stream.js";

const NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind";

export class Client {
  private account: Account | null = null;
  private resource: Resource | null = null;
  private readonly sasl: Sasl;
  private attempts = 0;

  constructor(
    private readonly stream: Stream, private readonly host: Host,
    private readonly router: Router, isPlainAllowed: boolean,
    /** Null: accounts are made by the owner alone. */
    private readonly registration: Registration | null = null,
  ) {
    this.sasl = new Sasl(host, isPlainAllowed);
    stream.listener = this;
  }

  onHeader(to: string): void {
    const { domain } = this.host;
    if (bareJid(to) !== domain) return this.stream.fail("host-unknown");
    const features = this.account ? [xml("bind", { xmlns: NS_BIND })]
      : [this.sasl.mechanisms(), this.registration?.feature()];
    this.stream.openWith(domain, xml("stream:features", {}, ...features));
  }

  onElement(element: Element): void {
    if (!this.account) return this.authenticate(element);
    if (!isStanza(element)) return this.stream.fail("unsupported-stanza-type");
    if (this.resource) return this.router.fromClient(this.resource, element);
    this.bind(this.account, element);
  }

  onClosed(): void {
    const { resource } = this;
    if (!resource) return;
    this.resource = null;
    const { resources } = resource.account;
    for (const [part, one] of resources) if (one === resource) resources.delete(part);
    this.router.presence.gone(resource);
  }

  private authenticate(element: Element): void {
    const registered = this.registration?.receive(element);
    if (registered) return this.stream.send(registered);
    const outcome = this.sasl.receive(element);
    if (!outcome) return this.stream.fail("not-authorized");
    const account = outcome.kind === "success" ? this.host.accounts.get(outcome.bare) : undefined;
    this.stream.send(outcome.reply);
    if (account) {
      this.account = account;
      this.stream.restart();
    } else if (outcome.kind === "failure" && ++this.attempts >= SASL_ATTEMPTS_MAX) {
      this.stream.fail("policy-violation", "too many failed attempts");
    }
  }

  private bind(account: Account, iq: Element): void {
    const request = iq.getChild("bind", NS_BIND);
    if (iq.name !== "iq" || iq.attrs["type"] !== "set" || !request || !iq.attrs["id"]) {
      return this.stream.fail("not-authorized", "bind a resource first");
    }
    const part = resourcePart(request.getChildText("resource"));
    account.resources.get(part)?.end("conflict", "Replaced by new connection");
    if (account.resources.size >= RESOURCES_MAX) {
      return this.stream.send(errorReply(iq, "resource-constraint"));
    }
    this.resource = this.newResource(account, `${account.bare}/${part}`);
    account.resources.set(part, this.resource);
    this.stream.settle();
    this.stream.send(resultReply(iq,
      xml("bind", { xmlns: NS_BIND }, xml("jid", {}, this.resource.jid))));
  }

  private newResource(account: Account, jid: string): Resource {
    const { stream } = this;
    return {
      account, jid, presence: null, priority: 0, interested: false, directed: new Set(),
      send: (stanza) => stream.send(stanza),
      end: (condition, text) => stream.fail(condition, text),
      destroy: () => stream.destroy(),
    };
  }
}

function isStanza(element: Element): boolean {
  return !element.attrs["xmlns"] && ["iq", "message", "presence"].includes(element.name);
}

/** What the client wishes if that can be a resource, else 96 random bits. */
function resourcePart(wish: string | null): string {
  const part = wish ? parseJid(`x/${wish}`)?.resource : "";
  if (part && Buffer.byteLength(part) <= JID_PART_BYTES_MAX) return part;
  return randomBytes(12).toString("base64url");
}
