/** Who we are (XEP-0030), and the short form of it in our presence (XEP-0115). */
import { createHash } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { NS_PROVISIONING } from "./provisioning.js";
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, errorElement } from "./stanza.js";

const NS_CAPS = "http://jabber.org/protocol/caps";
const NODE = "urn:thingward:authority";
const NAME = "Provisioning";
const FEATURES = [NS_CAPS, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_PROVISIONING].sort();

interface Identity {
  category: string;
  type: string;
}

export function capsElement(isComponent: boolean): Element {
  return xml("c", { xmlns: NS_CAPS, hash: "sha-1", node: NODE, ver: verification(isComponent) });
}

/** The answer to a disco request, or null for something else. */
export function discoAnswer(query: Element, isComponent: boolean): Element | null {
  const { node } = query.attrs;
  if (query.is("query", NS_DISCO_ITEMS)) {
    return node ? errorElement("item-not-found") : xml("query", { xmlns: NS_DISCO_ITEMS });
  }
  if (!query.is("query", NS_DISCO_INFO)) return null;
  const isOurs = !node || node === `${NODE}#${verification(isComponent)}`;
  if (!isOurs) return errorElement("item-not-found");
  return xml("query", { xmlns: NS_DISCO_INFO, node },
    xml("identity", { ...identityOf(isComponent), name: NAME }),
    ...FEATURES.map((feature) => xml("feature", { var: feature })));
}

/** XEP-0115, 5.1. */
function verification(isComponent: boolean): string {
  const { category, type } = identityOf(isComponent);
  const text = `${category}/${type}//${NAME}<${FEATURES.join("<")}<`;
  return createHash("sha1").update(text).digest("base64");
}

function identityOf(isComponent: boolean): Identity {
  return isComponent
    ? { category: "component", type: "generic" }
    : { category: "client", type: "bot" };
}
