/**
 * A new account on an XMPP server that lets everybody make one (XEP-0077, in-band registration
 * before authentication). The stream is direct TLS and verified, or plain TCP on loopback.
 */
import { randomBytes, randomUUID } from "node:crypto";
import xml, { type Element, Parser } from "@xmpp/xml";
import { parseFailure } from "../authority/stanza.js";
import type { Endpoint, Socket } from "../hal/hal.js";
import { HostNetwork } from "../hal/host/network.js";
import { fromWire, toWire } from "../hal/host/text.js";

const NS_STREAMS = "http://etherx.jabber.org/streams";
export const NS_REGISTER = "jabber:iq:register";
const NS_REGISTER_FEATURE = "http://jabber.org/features/iq-register";
const NS_DATA_FORM = "jabber:x:data";
/** From the connect to the new account. */
export const REGISTER_MS = 20000;
/** Nothing that a server says before authentication is long. */
const ANSWER_CHARS_MAX = 32768;
const PASSWORD_BYTES = 24;

export interface RegisterOptions {
  endpoint: Endpoint;
  user: string;
  password: string;
  /** PEM texts that take the place of the system's authorities. */
  ca?: string[] | undefined;
  timeoutMs?: number;
}

/** There is no account, and why, in one line that says what to do. */
export class NoAccount extends Error {}

/** Long enough that nobody finds it by trying (SECURITY.md, "What SCRAM gives"). */
export function makePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

/** Resolves when the account is there. Rejects with a NoAccount. */
export function register(options: RegisterOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const attempt = new Attempt(options, (why) => {
      clearTimeout(timer);
      if (why === "") resolve();
      else reject(new NoAccount(why));
    });
    const timer = setTimeout(() => attempt.end("the XMPP server did not answer in time"),
      options.timeoutMs ?? REGISTER_MS);
    attempt.start();
  });
}

class Attempt {
  private readonly parser = new Parser();
  private readonly decoder = new TextDecoder();
  private readonly id = randomUUID();
  private readonly domain: string;
  private socket: Socket | null = null;
  private heard = 0;
  private isOver = false;

  constructor(
    private readonly options: RegisterOptions, private readonly done: (why: string) => void,
  ) {
    this.domain = fromWire(options.endpoint.name);
    this.parser.on("element", (element) => this.onElement(element));
    this.parser.on("end", () => this.end("the XMPP server ended the stream"));
    this.parser.on("error", () => this.end("the XMPP server does not speak XMPP there"));
  }

  start(): void {
    const network = new HostNetwork({ ...this.options.ca && { ca: this.options.ca } });
    this.socket = network.connect(this.options.endpoint, this);
  }

  onOpen(): void {
    const header = xml("stream:stream", { xmlns: "jabber:client", "xmlns:stream": NS_STREAMS,
      to: this.domain, version: "1.0" }).toString();
    this.write(`<?xml version='1.0'?>${header.replace(/\/>$/, ">")}`);
  }

  onBytes(bytes: string): void {
    // The parser passes over what comes before the first tag.
    const isXml = this.heard > 0 || /^\s*</.test(bytes);
    if (!isXml) return this.end("the XMPP server does not speak XMPP there");
    this.heard += bytes.length;
    if (this.heard > ANSWER_CHARS_MAX) return this.end("the XMPP server says too much");
    const text = this.decoder.decode(Buffer.from(bytes, "latin1"), { stream: true });
    try {
      if (!this.isOver) this.parser.write(text);
    } catch {
      this.end("the XMPP server does not speak XMPP there");
    }
  }

  onDrain(): void {}

  onClosed(why: string): void {
    this.end(`no connection to the XMPP server: ${why}`);
  }

  end(why: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.write("</stream:stream>");
    this.socket?.close();
    this.done(why);
  }

  private onElement(element: Element): void {
    if (this.isOver) return;
    if (element.getName() === "features") return this.begin(element);
    if (element.getName() === "error") {
      return this.end(`the XMPP server says ${element.getChildElements()[0]?.getName()}`);
    }
    if (element.name !== "iq" || element.attrs["id"] !== this.id) return;
    this.end(element.attrs["type"] === "result" ? "" : refusal(element));
  }

  private begin(features: Element): void {
    if (features.getChild("register", NS_REGISTER_FEATURE) === undefined) {
      return this.end("this XMPP server lets nobody make an account: make one with its own tool, "
        + "and give it with --jid and --password");
    }
    const { user, password } = this.options;
    this.write(xml("iq", { type: "set", id: this.id, to: this.domain },
      xml("query", { xmlns: NS_REGISTER }, xml("username", {}, user),
        xml("password", {}, password))).toString());
  }

  private write(text: string): void {
    const bytes = toWire(text);
    if (this.socket && this.socket.writable() >= bytes.length) this.socket.write(bytes);
  }
}

function refusal(iq: Element): string {
  const { condition, text } = parseFailure(iq);
  if (condition === "conflict") {
    return "there is already an account of this name: choose another one with --jid, or give its "
      + "password with --password";
  }
  const query = iq.getChild("query", NS_REGISTER);
  if (condition === "not-acceptable" && query?.getChild("x", NS_DATA_FORM)) {
    return "this XMPP server wants a form to be filled in: make the account with its own tool, "
      + "and give it with --jid and --password";
  }
  const more = text === "" ? "" : `, ${text}`;
  return `the XMPP server refused to make an account (${condition}${more}): make one with its own `
    + "tool, and give it with --jid and --password";
}
