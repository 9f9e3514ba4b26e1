/** The part of ltx that the demo uses; it carries no declarations of its own. */
declare module "ltx" {
  import type { Element } from "@xmpp/xml";
  export function parse(xml: string): Element;
}
