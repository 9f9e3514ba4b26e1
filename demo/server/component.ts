/** One external component's stream (XEP-0114). */
import { createHash, timingSafeEqual } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { bareJid, parseJid, formatJid } from "../../authority/jid.js";
import { errorReply } from "../../authority/stanza.js";
import { type Component, type Host, type Session, readdress } from "./host.js";
import type { Router } from "./router.js";
import type { Stream } from "./stream.js";

export const NS_COMPONENT = "jabber:component:accept";

export class ComponentPeer implements Session {
  jid = "";
  private component: Component | null = null;
  private isOnline = false;

  constructor(
    private readonly stream: Stream, private readonly host: Host,
    private readonly router: Router,
  ) {
    stream.listener = this;
  }

  send(stanza: Element): void {
    this.stream.send(stanza);
  }

  end(condition: string, text?: string): void {
    this.stream.fail(condition, text);
  }

  destroy(): void {
    this.stream.destroy();
  }

  onHeader(to: string): void {
    this.jid = bareJid(to);
    this.component = this.host.components.get(this.jid) ?? null;
    if (!this.component) return this.stream.fail("host-unknown", `${to} is no component here`);
    this.stream.openWith(this.jid);
  }

  onElement(element: Element): void {
    if (!this.isOnline) return this.handshake(element);
    if (!["iq", "message", "presence"].includes(element.name)) {
      return this.stream.fail("unsupported-stanza-type");
    }
    this.stanza(element);
  }

  onClosed(): void {
    if (this.component?.session === this) this.component.session = null;
  }

  private handshake(element: Element): void {
    const { component } = this;
    const expected = createHash("sha1").update(this.stream.id + component?.secret).digest("hex");
    const given = element.getText().trim().toLowerCase();
    const isRight = element.name === "handshake" && component !== null
      && given.length === expected.length
      && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
    if (!isRight || !component) return this.stream.fail("not-authorized");
    if (component.session) return this.stream.fail("conflict", "Component already connected");
    component.session = this;
    this.isOnline = true;
    this.stream.settle();
    this.stream.send(xml("handshake"));
  }

  private stanza(received: Element): void {
    // COMPAT: Prosody stamps the domain where a component leaves `from` out; XEP-0114 forbids it.
    const from = parseJid(received.attrs["from"] ?? this.jid);
    if (from?.domain !== this.jid) {
      return this.stream.fail("invalid-from", `only addresses of ${this.jid}`);
    }
    const stanza = readdress(received, { from: formatJid(from) });
    if (stanza.attrs["to"]) return this.router.fromComponent(this, stanza);
    if (stanza.attrs["type"] === "error" || stanza.attrs["type"] === "result") return;
    this.send(errorReply(stanza, "bad-request", "a component's stanzas need a `to`"));
  }
}
