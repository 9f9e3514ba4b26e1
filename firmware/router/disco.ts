/**
 * Service discovery (XEP-0030) and its hash (XEP-0115), computed from the routes, so that they
 * cannot lie. `urn:xmpp:iot:provisioning` is left out although we answer clearCache: that
 * feature means "I am a provisioning server" (XEP-0324 "support", ERRATA N37).
 */
import { Hash } from "../../hal/hal.js";
import type { Crypto } from "../../hal/hal.js";
import { NS_ROSTER } from "../xml/assembler.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Handler, Router } from "./router.js";

const PROTOCOL = "http://jabber.org/protocol/";
export const NS_DISCO_INFO = PROTOCOL + "disco#info";
export const NS_DISCO_ITEMS = PROTOCOL + "disco#items";
export const NS_CAPS = PROTOCOL + "caps";
const NODE = "urn:x-thingward:device";
const HIDDEN = [NS_ROSTER, "urn:xmpp:iot:provisioning"];
/** As the assembler writes a prefixed attribute. */
const XML_LANG = "http://www.w3.org/XML/1998/namespace lang";
/** Ends each part of the hashed text (XEP-0115 "verification string"). */
const END = "\x3c";

export class Disco implements Handler {
  private version: string;

  constructor(private readonly router: Router, private readonly crypto: Crypto) {
    this.version = "";
  }

  handle(caller: Caller, payload: Element): void {
    const node = payload.attribute("node");
    const isInfo = payload.ns === NS_DISCO_INFO;
    if (node !== "" && (!isInfo || node !== NODE + "#" + this.ver())) {
      this.router.reject(caller, Condition.ItemNotFound);
      return;
    }
    let inner = EMPTY;
    if (isInfo) {
      inner = tag("identity", " category='client' type='bot' name='Thingward'", EMPTY);
      for (const feature of this.features()) {
        inner = inner + tag("feature", attribute("var", feature), EMPTY) as Markup;
      }
    }
    const said = attribute("xmlns", payload.ns) + attribute("node", node || null);
    this.router.result(caller, tag("query", said, inner));
  }

  /** For the presence that friends get. */
  caps(): Markup {
    return tag("c", " xmlns='" + NS_CAPS + "' hash='sha-1' node='" + NODE + "'" +
      attribute("ver", this.ver()), EMPTY);
  }

  private ver(): string {
    if (this.version === "") {
      const text = "client/bot//Thingward" + END + this.features().join(END) + END;
      this.version = hashOf(text, this.crypto);
    }
    return this.version;
  }

  /** The namespaces that we answer iqs in, sorted, and caps. */
  private features(): string[] {
    const found = [NS_CAPS];
    for (const key in this.router.routes) {
      const parts = key.split(" ");
      const ns = parts[1];
      if (parts[0] !== "message" && HIDDEN.indexOf(ns) < 0 && found.indexOf(ns) < 0) {
        found.push(ns);
      }
    }
    return found.sort();
  }
}

function hashOf(text: string, crypto: Crypto): string {
  return crypto.base64(crypto.hash(Hash.Sha1, text));
}

/**
 * The hash of somebody's disco#info (XEP-0115 "verification string"); "" where it has none: with
 * doubles, with a form (XEP-0128), or with a text that could pretend to be two.
 */
export function capsOf(info: Element, crypto: Crypto): string {
  const identities: string[] = [];
  const features: string[] = [];
  for (const child of info.children) {
    const isIdentity = child.name === "identity";
    if (!isIdentity && child.name !== "feature") return "";
    const text = !isIdentity ? child.attribute("var")
      : child.attribute("category") + "/" + child.attribute("type") + "/" +
        child.attribute(XML_LANG) + "/" + child.attribute("name");
    const others = isIdentity ? identities : features;
    if (text.indexOf(END) >= 0 || others.indexOf(text) >= 0) return "";
    others.push(text);
  }
  const parts = identities.sort().concat(features.sort());
  return hashOf(parts.join(END) + END, crypto);
}
