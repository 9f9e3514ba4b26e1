/**
 * A client made of a bare socket, for tests that care about what is on the wire. It authenticates
 * with SCRAM-SHA-256 (its own few lines, so that the server is not tested against itself).
 */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import net from "node:net";
import { Element } from "@xmpp/xml";
import { StreamParser } from "../../../demo/server/parser.js";

const WAIT_MS = 20000;
/** Ids of our own pings, which no test gets to see. */
const BARRIER = "barrier-";

/** Those whose stanzas a server may still be busy with. */
const bound = new Set<Wire>();

export class Wire {
  readonly received: Element[] = [];
  header: Record<string, string | undefined> = {};
  isEnded = false;
  jid = "";
  private socket!: net.Socket;
  private parser!: StreamParser;
  private wake: () => void = () => undefined;
  private domain = "";
  private pings = 0;
  private pongs = 0;
  private onClose: () => void = () => undefined;
  private readonly closed = new Promise<void>((resolve) => { this.onClose = resolve; });

  static async open(port: number, to: string, ns = "jabber:client"): Promise<Wire> {
    const wire = new Wire();
    wire.socket = net.connect(port, "127.0.0.1");
    wire.socket.on("error", () => undefined);
    wire.socket.on("data", (bytes: Buffer) => wire.feed(bytes));
    wire.socket.on("close", () => wire.over());
    await new Promise((resolve) => wire.socket.once("connect", resolve));
    wire.restart(to, ns);
    return wire;
  }

  /** An external component (XEP-0114) of that domain's server. */
  static async join(port: number, jid: string, secret: string, domain: string): Promise<Wire> {
    const wire = await Wire.open(port, jid, "jabber:component:accept");
    await wire.until(() => wire.header["id"] !== undefined, "header");
    const digest = createHash("sha1").update(`${wire.header["id"]}${secret}`).digest("hex");
    wire.send(`<handshake>${digest}</handshake>`);
    await wire.next("handshake");
    wire.settle(jid, domain);
    return wire;
  }

  static async login(
    port: number, user: string, domain: string, password: string, resource = "",
  ): Promise<Wire> {
    const wire = await Wire.open(port, domain);
    await wire.next("features");
    await wire.scram(user, password);
    wire.restart(domain);
    await wire.next("features");
    const wish = resource ? `<resource>${resource}</resource>` : "";
    wire.send(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${wish}`
      + `</bind></iq>`);
    const answer = await wire.next("iq");
    wire.settle(answer.getChild("bind")!.getChildText("jid")!, domain);
    return wire;
  }

  restart(to: string, ns = "jabber:client"): void {
    this.parser = new StreamParser({
      onHeader: (header) => { this.header = header.attrs; this.wake(); },
      onElement: (element) => this.receive(element),
      onEnd: () => this.socket.end("</stream:stream>"),
    }, Infinity);
    this.send(`<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xmlns='${ns}' `
      + `xmlns:stream='http://etherx.jabber.org/streams'>`);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** The next element of one of these names; what comes before it is dropped. */
  async next(...names: string[]): Promise<Element> {
    let found: Element | undefined;
    await this.until(() => {
      while (!found && this.received.length > 0) {
        const element = this.received.shift()!;
        if (names.includes(element.name)) found = element;
      }
      return found !== undefined;
    }, names.join());
    return found!;
  }

  /**
   * Everything that has come because of what anybody had sent by now. A server takes the stanzas
   * of one stream in their order: with the pongs of all streams all of them have been dealt with,
   * and with the second pong of this one everything that came of them is here.
   */
  async rest(): Promise<string[]> {
    await Promise.all([...bound].map((wire) => wire.ping()));
    await this.ping();
    return this.received.splice(0).map(String);
  }

  async streamError(): Promise<string> {
    const error = await this.next("error");
    await this.closed;
    return error.getChildElements()[0]!.name;
  }

  async end(): Promise<void> {
    this.socket.end("</stream:stream>");
    await this.closed;
  }

  async cut(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }

  private settle(jid: string, domain: string): void {
    this.jid = jid;
    this.domain = domain;
    bound.add(this);
  }

  /** Resolves with the pong, or with the end of the stream: nothing more will come then. */
  private async ping(): Promise<void> {
    if (this.isEnded) return;
    const count = ++this.pings;
    this.send(`<iq type='get' id='${BARRIER}${count}' from='${this.jid}' to='${this.domain}'>`
      + "<ping xmlns='urn:xmpp:ping'/></iq>");
    await this.until(() => this.pongs >= count || this.isEnded, "pong");
  }

  private receive(element: Element): void {
    const isPong = element.name === "iq" && element.attrs["id"]?.startsWith(BARRIER);
    if (isPong) this.pongs++;
    else this.received.push(element);
    this.wake();
  }

  private over(): void {
    this.isEnded = true;
    bound.delete(this);
    this.onClose();
    this.wake();
  }

  private async until(isSo: () => boolean, what: string): Promise<void> {
    for (const deadline = Date.now() + WAIT_MS; !isSo();) {
      if (this.isEnded || Date.now() > deadline) throw new Error(`no <${what}/> came`);
      await this.wait(deadline - Date.now());
    }
  }

  private async scram(user: string, password: string): Promise<void> {
    const bare = `n=${user},r=clientnonce`;
    this.auth(`auth xmlns='${NS_SASL}' mechanism='SCRAM-SHA-256'`, "auth", `n,,${bare}`);
    const challenge = plain(await this.next("challenge"));
    const { r, s, i } = fields(challenge);
    const without = `c=biws,r=${r}`;
    const salted = pbkdf2Sync(password, Buffer.from(s!, "base64"), Number(i), 32, "sha256");
    const key = hmac(salted, "Client Key");
    const stored = createHash("sha256").update(key).digest();
    const message = `${bare},${challenge},${without}`;
    const signature = hmac(stored, message);
    const proof = Buffer.from(key.map((octet, at) => octet ^ signature[at]!)).toString("base64");
    this.auth(`response xmlns='${NS_SASL}'`, "response", `${without},p=${proof}`);
    const end = await this.next("success", "failure");
    if (end.name === "failure") throw new Error(`failure: ${end.getChildElements()[0]?.name}`);
    const success = fields(plain(end));
    const expected = hmac(hmac(salted, "Server Key"), message).toString("base64");
    if (success["v"] !== expected) throw new Error("the server's signature is wrong");
  }

  /** A server that ends a stream it has not yet restarted sends a second header: no XML. */
  private feed(bytes: Buffer): void {
    try {
      this.parser.write(bytes);
    } catch {
      this.socket.destroy();
    }
  }

  private auth(open: string, name: string, message: string): void {
    this.send(`<${open}>${Buffer.from(message).toString("base64")}</${name}>`);
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const others = this.wake;
      this.wake = () => { clearTimeout(timer); this.wake = () => undefined; others(); resolve(); };
    });
  }
}

const NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function plain(element: Element): string {
  return Buffer.from(element.getText(), "base64").toString();
}

function fields(message: string): Record<string, string | undefined> {
  return Object.fromEntries(message.split(",").map((part) => [part[0], part.slice(2)]));
}
