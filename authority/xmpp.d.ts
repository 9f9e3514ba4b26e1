/**
 * The parts of xmpp.js, ltx and write-file-atomic that this project uses; none of them carries
 * declarations of its own.
 */
declare module "@xmpp/xml" {
  export type Attributes = Record<string, string | undefined>;
  export type Child = Element | string | undefined | null;

  export class Element {
    constructor(name: string, attrs?: Attributes | string);
    name: string;
    attrs: Attributes;
    children: (Element | string)[];
    parent: Element | null;
    is(name: string, xmlns?: string): boolean;
    getName(): string;
    getNS(): string | undefined;
    getChild(name: string, xmlns?: string): Element | undefined;
    getChildren(name: string, xmlns?: string): Element[];
    getChildText(name: string, xmlns?: string): string | null;
    getChildElements(): Element[];
    remove(name: string, xmlns?: string): this;
    getText(): string;
    append(...children: (Element | string)[]): void;
    t(text: string): this;
    toString(): string;
  }

  export class Parser {
    on(event: "start" | "element" | "end", listener: (element: Element) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    write(text: string): void;
  }

  export default function xml(
    name: string, attrs?: Attributes | string | null, ...children: Child[]): Element;
}

declare module "@xmpp/client" {
  import type { Entity } from "@xmpp/component";
  export function client(options: {
    service: string; domain: string; username: string; password: string; resource?: string;
  }): Entity;
}

declare module "@xmpp/component" {
  import type { Element } from "@xmpp/xml";

  export interface Context {
    stanza: Element;
    name: string;
    type: string;
  }

  export interface Socket {
    destroy?(): void;
    end(): void;
    socket?: Socket | null;
  }

  export interface Transport {
    socketParameters(service: string): Record<string, unknown> | undefined;
  }

  export interface Entity {
    jid: { toString(): string } | null;
    status: string;
    /** For each step of the negotiation and of the goodbye. */
    timeout: number;
    socket: Socket | null;
    transports?: (new () => Transport)[];
    reconnect: { delay: number; start(): void; stop(): void };
    middleware: {
      use(handler: (context: Context, next: () => Promise<unknown>) => unknown): void;
    };
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    send(element: Element): Promise<void>;
    prependListener(event: "element", listener: (element: Element) => void): void;
    on(event: "stanza", listener: (stanza: Element) => void): void;
    on(event: "online", listener: (jid: { toString(): string }) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    on(event: "disconnect" | "offline", listener: () => void): void;
  }

  export function component(options: {
    service: string; domain: string; password: string;
  }): Entity;
}

declare module "write-file-atomic" {
  export default function writeFileAtomic(
    path: string, data: string, options?: { encoding?: string; mode?: number }): Promise<void>;
}
