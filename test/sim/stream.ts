/**
 * One stream of the device, as the server holds it: header, SCRAM, bind, then stanzas. Each part
 * can be told to misbehave (Quirks), for the tests of hostile servers.
 */
import type { Peer } from "../../hal/mock/pipe.js";
import {
  NS_STREAMS, Reader, bareOf, childOf, childrenOf, print, textOf, toBytes,
} from "./markup.js";
import type { Node } from "./markup.js";
import { ScramServer } from "./scram.js";
import type { ScramQuirks } from "./scram.js";
import type { Session, Wire } from "./wire.js";

const NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind";
/** What a segment of TCP carries; the device gets one in each millisecond. */
const SEGMENT_BYTES = 1460;
const DECLARATION = "<?xml";

/** What a hostile or broken server does differently; "" and [] is nothing. */
export interface Quirks {
  /** The whole opening tag. */
  header: string;
  mechanisms: string[];
  /** Beside what belongs there: into both kinds of features. */
  extra: string;
  scram: ScramQuirks;
  /** Said in place of <challenge/>, <success/>, the answer to bind; {id} is its id. */
  challenge: string;
  success: string;
  /** What the server-final-message comes in: RFC 6120 allows a challenge, too. */
  lastWord: "success" | "challenge";
  bound: string;
  /** Where it falls silent: header, challenge, success, features, bind, roster, or a namespace. */
  silent: string[];
  /** Octets a second, for a server that dribbles; 0 is no limit. */
  bytesPerSecond: number;
  /** Said once the device is online. */
  greeting: string;
  /** What time it was when the clock of the tests started; milliseconds since 1970. */
  startMs: number;
}

export function createQuirks(): Quirks {
  return {
    header: "", mechanisms: ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"], extra: "",
    scram: { iterations: "4096", salt: "c2FsdCBvZiB0aGUgdGVzdHM=" },
    challenge: "", success: "", lastWord: "success", bound: "", silent: [],
    bytesPerSecond: 0, greeting: "", startMs: Date.UTC(2026, 10, 5, 8),
  };
}

export class Stream {
  /** Stanzas of the device on this stream. */
  readonly received: Node[] = [];
  /** What it said before it was authenticated: names of elements. */
  readonly handshake: Node[] = [];
  /** The condition with which the device ended it, where it named one. */
  error = "";
  isOver = false;
  /** It was the device that ended it. */
  hasLeft = false;
  session: Session | null = null;
  private user = "";
  private scram: ScramServer | null = null;
  /** Success was said: the device begins a new stream, or ends the old one. */
  private mayRestart = false;
  /** What it says then, until it is clear which of the two. */
  private head = "";
  private reader: Reader;
  private queue = "";
  private isPumping = false;

  constructor(private readonly wire: Wire, readonly peer: Peer) {
    this.reader = this.createReader();
    peer.onBytes = (bytes) => this.read(bytes);
    peer.onClosed = () => {
      this.hasLeft = true;
      this.end();
    };
  }

  get isBusy(): boolean {
    return this.queue !== "";
  }

  send(stanza: Node): void {
    if (this.isOver) return;
    this.wire.observe("in", stanza);
    this.raw(toBytes(print(stanza)));
  }

  /** Octets, whatever they are. */
  raw(bytes: string): void {
    this.queue += bytes;
    if (!this.isPumping) this.pump();
  }

  /** Closes the connection; what is queued is lost. */
  close(why = "closed by the server"): void {
    this.queue = "";
    this.peer.close(why);
    this.end();
  }

  private read(bytes: string): void {
    let said = bytes;
    if (this.mayRestart) {
      said = this.head += bytes;
      if (said.length < DECLARATION.length) return;
      if (said.startsWith(DECLARATION)) this.reader = this.createReader();
      this.mayRestart = false;
      this.head = "";
    }
    this.reader.push(said);
  }

  private pump(): void {
    const slow = this.wire.quirks.bytesPerSecond;
    const size = slow ? 1 : SEGMENT_BYTES;
    const part = this.queue.slice(0, size);
    this.queue = this.queue.slice(size);
    if (part !== "") this.peer.send(part);
    this.isPumping = this.queue !== "" && !this.isOver;
    if (this.isPumping) this.wire.clock.schedule(slow ? 1000 / slow : 1, () => this.pump());
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.queue = "";
    if (this.session) this.wire.detach(this.session);
    this.session = null;
  }

  /** A stream is read by a reader of its own; after SASL it begins anew. */
  private createReader(): Reader {
    const reader = new Reader();
    reader.onHeader = () => this.open();
    reader.onStanza = (stanza) => this.take(stanza);
    reader.onEnd = () => {
      this.hasLeft = true;
      if (!this.isOver && this.peer.closed === null) this.close();
    };
    return reader;
  }

  private says(phase: string): boolean {
    return !this.wire.quirks.silent.includes(phase);
  }

  private open(): void {
    const quirks = this.wire.quirks;
    if (!this.says("header")) return;
    const header = quirks.header || `<?xml version='1.0'?><stream:stream xmlns='jabber:client'
      xmlns:stream='${NS_STREAMS}' id='${this.wire.newId()}' version='1.0'
      from='${this.wire.domain}' xml:lang='en'>`;
    this.raw(toBytes(header));
    if (this.user !== "" && !this.says("features")) return;
    let features = quirks.extra;
    if (this.user === "") {
      const list = quirks.mechanisms.map((one) => `<mechanism>${one}</mechanism>`).join("");
      if (list) features += `<mechanisms xmlns='${NS_SASL}'>${list}</mechanisms>`;
    } else features += `<bind xmlns='${NS_BIND}'><required/></bind>`;
    this.raw(toBytes(`<stream:features>${features}</stream:features>`));
  }

  private take(stanza: Node): void {
    if (stanza.ns === NS_STREAMS && stanza.name === "error") {
      this.error = childrenOf(stanza)[0]!.name;
    } else if (this.session) {
      this.received.push(stanza);
      this.wire.observe("out", stanza);
      this.wire.take(this.session, stanza);
    } else {
      this.handshake.push(stanza);
      if (stanza.ns === NS_SASL) this.authenticate(stanza);
      else this.bind(stanza);
    }
  }

  private authenticate(stanza: Node): void {
    const quirks = this.wire.quirks;
    const said = Buffer.from(textOf(stanza), "base64").toString();
    if (stanza.name === "auth") {
      if (!this.says("challenge")) return;
      const password = this.wire.passwords[/n=([^,]+)/.exec(said)?.[1] ?? ""] ?? "";
      this.scram = new ScramServer(stanza.attributes.mechanism!, password, quirks.scram);
      const { user, challenge } = this.scram.challenge(said);
      this.user = user;
      this.raw(quirks.challenge || this.sasl("challenge", challenge));
    } else if (this.says("success")) {
      const final = said === "" ? "-" : this.scram!.finish(said);
      this.mayRestart = final !== "";
      if (quirks.success) this.raw(quirks.success);
      else if (final === "-") this.raw(`<success xmlns='${NS_SASL}'/>`);
      else if (final !== "") this.raw(this.sasl(quirks.lastWord, final));
      else {
        this.user = "";
        this.raw(`<failure xmlns='${NS_SASL}'><not-authorized/></failure>`);
      }
    }
  }

  private bind(stanza: Node): void {
    const quirks = this.wire.quirks;
    if (!childOf(stanza, "bind", NS_BIND) || !this.says("bind")) return;
    const id = stanza.attributes.id!;
    const jid = `${this.user}@${this.wire.domain}/${this.wire.newId()}-${this.user.length}xY`;
    if (quirks.bound) return this.raw(toBytes(quirks.bound.replaceAll("{id}", id)));
    this.session = this.wire.attach(jid, (one) => this.send(one));
    this.raw(toBytes(`<iq type='result' id='${id}'><bind xmlns='${NS_BIND}'>` +
      `<jid>${jid}</jid></bind></iq>`));
    if (quirks.greeting) this.raw(toBytes(quirks.greeting));
  }

  private sasl(name: string, text: string): string {
    const said = Buffer.from(text).toString("base64");
    return `<${name} xmlns='${NS_SASL}'>${said}</${name}>`;
  }

  /** The full JID that it was given; "" before. */
  get jid(): string {
    return this.session?.jid ?? "";
  }

  get bare(): string {
    return bareOf(this.jid);
  }
}
