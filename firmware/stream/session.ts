/** What goes on over a stream that is up. */
import type { Element } from "../xml/element.js";

/** Told of a stream that is up. Implemented by router/router.ts. */
export interface Session {
  onOnline(nowMs: number): void;
  onOffline(nowMs: number): void;
  onStanza(stanza: Element, oversized: boolean, nowMs: number): void;
  onItem(stanza: Element, item: Element): void;
}
