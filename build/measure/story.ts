/**
 * What happens to a board that is measured: it is paired by its button, has one friend, and is
 * asked for things. The server, the authority and the visitor are those of the demo.
 */
import { Authority } from "../../authority/authority.js";
import { type Server, startServer } from "../../demo/server.js";
import { NAMES_MAX, NAME_BYTES_MAX, STANZA_BYTES_MAX } from "../../firmware/config.js";
import { type ReadRequest, Visitor } from "../../demo/visitor.js";
import type { Run } from "./board.js";

const DOMAIN = "example.org";
export const DEVICE = `thing@${DOMAIN}`;
const OWNER = `owner@${DOMAIN}`;
const GUEST = `guest@${DOMAIN}`;
const PASSWORD = "secret";
const PRESS_MS = 300;
/** All of them within the device's window. */
const PRESSES_MAX = 5;
const TRUST_MS = 5000;
/** The embedded server and the interpreter are slow together under valgrind. */
const READ_MS = 120000;
/** Characters that become five octets. */
const LARGE_STEP = 8;

export class Story {
  readonly server: Server;
  private readonly authority: Authority;
  private readonly visitor: Visitor;
  /** The last read-out request as the device heard it, and the largest stanza since then. */
  private request = "";
  private largestBytes = 0;

  private constructor(server: Server) {
    this.server = server;
    const account = (jid: string) =>
      ({ jid, password: PASSWORD, host: "127.0.0.1", port: server.port });
    this.authority = new Authority({ link: account(OWNER) });
    this.visitor = new Visitor(account(GUEST));
    server.onStanza((hop) => {
      if (!hop.to.startsWith(DEVICE)) return;
      if (hop.xml.includes("<req ")) [this.request, this.largestBytes] = [hop.xml, 0];
      this.largestBytes = Math.max(this.largestBytes, Buffer.byteLength(hop.xml));
    });
  }

  static async begin(): Promise<Story> {
    const accounts = { thing: PASSWORD, owner: PASSWORD, guest: PASSWORD };
    const story = new Story(await startServer({ domain: DOMAIN, accounts }));
    await story.authority.start();
    await story.visitor.start();
    return story;
  }

  async end(): Promise<void> {
    await this.visitor.stop();
    await this.authority.stop();
    await this.server.close();
  }

  /** For `thing.json`. */
  given(): object {
    return {
      jid: DEVICE, password: PASSWORD, host: "127.0.0.1", port: this.server.port, secure: false,
    };
  }

  /** From a board that has never been on to one with trust and one friend. */
  async pair(run: Run): Promise<void> {
    await run.until(/online /);
    // The LED says other things as well before that.
    const from = run.text.length;
    const outcome = this.authority.befriend(DEVICE);
    await run.until(/led on/, from);
    await press(run, OWNER);
    if (await outcome !== "accepted") throw new Error(`pairing: ${await outcome}`);
    const rule = { device: DEVICE, peer: GUEST, friend: true, read: true, control: true };
    await this.authority.setRule(rule);
    const friendship = await this.visitor.befriend(DEVICE);
    if (friendship !== "accepted") throw new Error(`friendship: ${friendship}`);
    await this.present();
  }

  /** The server has noticed that the board is off. */
  async absent(): Promise<void> {
    while (this.visitor.fullJid(DEVICE)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Online again after a restart. */
  async present(): Promise<void> {
    if (!await this.visitor.whenPresent(DEVICE, READ_MS)) throw new Error("the device is absent");
  }

  async read(request: ReadRequest, count = 1): Promise<void> {
    for (let i = 0; i < count; i++) {
      const result = await this.visitor.read(DEVICE, request, READ_MS);
      if (result.outcome !== "read") throw new Error(`read-out: ${JSON.stringify(result)}`);
    }
  }

  async switchOn(): Promise<void> {
    const result = await this.visitor.switch(DEVICE, "relay1", "Output", true);
    if (result.outcome !== "set") throw new Error(`switching: ${JSON.stringify(result)}`);
  }

  /** One question to the authority each, hence one decision to remember each. */
  async decide(count: number, prefix: string): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.read({ nodes: ["sensor"], fields: ["Temperature", `${prefix}${i}`] });
    }
  }

  /** The last request for a read-out as the device heard it. */
  asked(): string {
    return this.request;
  }

  /**
   * A read-out with the most names, written in as many octets as the device still accepts of the
   * request and of the authority's answer. How many that are, of the larger of the two.
   */
  async largest(): Promise<number> {
    const nodes = ["sensor", "relay1", "relay2"];
    await this.read({ nodes, fields: largeNames(0) });
    let spare = Math.floor((STANZA_BYTES_MAX - this.largestBytes) / "amp;".length);
    for (; spare > 0; spare -= LARGE_STEP) {
      // What namespaces cost is the device's business, so the limit is found by trying.
      const result = await this.visitor.read(DEVICE, { nodes, fields: largeNames(spare) }, READ_MS);
      if (result.outcome === "read") return this.largestBytes;
    }
    throw new Error(`nothing larger than ${this.largestBytes} octets is accepted`);
  }
}

/** Again where the LED meant something else, as a person does while it still blinks. */
export async function press(run: Run, owner: string, left = PRESSES_MAX): Promise<void> {
  run.type(`board.press(${PRESS_MS})`);
  const trust = run.until(new RegExp(`trust ${owner}`), 0, left > 0 ? TRUST_MS : undefined);
  await (left > 0 ? trust.catch(() => press(run, owner, left - 1)) : trust);
}

/** As many names as may be named, as long as may be, with so many characters to be escaped. */
function largeNames(ampersands: number): string[] {
  const names = ["Temperature", "Humidity", "Output"];
  for (let left = ampersands; names.length < NAMES_MAX;) {
    const own = Math.min(NAME_BYTES_MAX - 4, left);
    left -= own;
    names.push(`n${names.length}`.padEnd(NAME_BYTES_MAX - own, "x") + "&".repeat(own));
  }
  return names;
}
