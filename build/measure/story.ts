/**
 * What happens to a board that is measured: it is paired by its button, has one friend, and is
 * asked for things. The server, the authority and the visitor are those of the demo.
 */
import { Authority } from "../../authority/authority.js";
import { type Server, startServer } from "../../demo/server.js";
import { type ReadRequest, Visitor } from "../../demo/visitor.js";
import type { Run } from "./board.js";

const DOMAIN = "example.org";
export const DEVICE = `thing@${DOMAIN}`;
const OWNER = `owner@${DOMAIN}`;
const GUEST = `guest@${DOMAIN}`;
const PASSWORD = "secret";
const PRESS_MS = 300;
/** The embedded server and the interpreter are slow together under valgrind. */
const READ_MS = 120000;

export class Story {
  readonly server: Server;
  private readonly authority: Authority;
  private readonly visitor: Visitor;
  /** What the server gave the device last, as it stood on the wire. */
  private lastToDevice = "";

  private constructor(server: Server) {
    this.server = server;
    const account = (jid: string) =>
      ({ jid, password: PASSWORD, host: "127.0.0.1", port: server.port });
    this.authority = new Authority({ link: account(OWNER) });
    this.visitor = new Visitor(account(GUEST));
    server.onStanza((hop) => {
      if (hop.to.startsWith(DEVICE)) this.lastToDevice = hop.xml;
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
    const outcome = this.authority.befriend(DEVICE);
    await run.until(/led on/);
    run.type(`board.press(${PRESS_MS})`);
    await run.until(new RegExp(`trust ${OWNER}`));
    if (await outcome !== "accepted") throw new Error(`pairing: ${await outcome}`);
    const rule = { device: DEVICE, peer: GUEST, friend: true, read: true, control: true };
    await this.authority.setRule(rule);
    const friendship = await this.visitor.befriend(DEVICE);
    if (friendship !== "accepted") throw new Error(`friendship: ${friendship}`);
    await this.present();
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

  /** One question to the authority each, hence one decision to remember each. */
  async decide(count: number, prefix: string): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.read({ nodes: ["sensor"], fields: ["Temperature", `${prefix}${i}`] });
    }
  }

  /** The stanza of the last read-out as the device heard it. */
  heard(): string {
    return this.lastToDevice;
  }
}
