/**
 * A real XMPP server of a test's own: its files in a new folder, ports that were free, direct TLS
 * (XEP-0368) with a certificate of a CA that lives as long as the test. Which program it is, and
 * how that is told all this, is a Recipe: prosody.ts, ../ejabberd/ejabberd.ts.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { writeCertificates } from "./certificate.js";

const START_MS = 60000;
const STOP_MS = 5000;
const POLL_MS = 25;
/** Another program may take a port between our look and the server's. */
const STARTS_MAX = 3;
/** Not in every user's PATH, but where Debian may put servers. */
const FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/local/bin"];

export interface ServerOptions {
  domain: string;
  /** Password by user. */
  accounts: Record<string, string>;
  /** Secret by domain. */
  components?: Record<string, string>;
  /** How passwords are kept, and so which SCRAM is offered; the default is SHA-1. */
  hash?: "SHA-1" | "SHA-256";
  /**
   * For Espruino's TLS on Linux, which knows the old RSA key exchange alone, and always asks for
   * the same host (docs/servers.md).
   */
  espruino?: boolean;
  /** Whoever connects may make an account (XEP-0077). */
  registration?: boolean;
}

/** Where a server lives: its folder has ca.pem, server.pem, server.key and both.pem. */
export interface Place {
  folder: string;
  host: string;
  /** Direct TLS for clients. */
  port: number;
  componentPort: number;
  options: ServerOptions;
}

export interface Recipe {
  /** Its configuration and accounts; once more when other ports had to be found. */
  write(place: Place): Promise<void>;
  /** Stays in the foreground; logs into `log` in the folder. */
  run(place: Place): ChildProcess;
  /** Whether it is ready, once its ports listen. */
  isReady(place: Place): boolean;
  /** How often the log says that somebody has offered credentials. */
  logins(log: string): number;
}

export class Server {
  private process: ChildProcess | null = null;
  private closed: Promise<void> = Promise.resolve();

  private constructor(private readonly recipe: Recipe, private readonly place: Place) {}

  get host(): string { return this.place.host; }
  get port(): number { return this.place.port; }
  get componentPort(): number { return this.place.componentPort; }
  get folder(): string { return this.place.folder; }

  /** PEM of the CA that signed the server's certificate. */
  get ca(): string { return join(this.folder, "ca.pem"); }

  /** PEM of a CA that did not. */
  get otherCa(): string { return join(this.folder, "other.pem"); }

  static async start(recipe: Recipe, options: ServerOptions): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "xmpp-"));
    const server = new Server(recipe, {
      folder, host: "127.0.0.1", port: 0, componentPort: 0, options,
    });
    try {
      await writeCertificates(folder, options.domain, options.espruino ? "rsa" : "ec");
      for (let starts = 1; !await server.tryStart(); starts++) {
        if (starts === STARTS_MAX) throw new Error(`no server: ${await server.log()}`);
      }
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  jid(user: string): string {
    return `${user}@${this.place.options.domain}`;
  }

  /** Everything that it has logged, stanzas included. */
  log(): Promise<string> {
    return readFile(join(this.folder, "log"), "utf8").catch(() => "");
  }

  async logins(): Promise<number> {
    return this.recipe.logins(await this.log());
  }

  /** As in a power cut, without goodbye to anybody. */
  async kill(): Promise<void> {
    this.process?.kill("SIGKILL");
    await this.closed;
  }

  /** After `kill`, with the same ports, accounts and rosters. */
  async restart(): Promise<void> {
    await this.run();
  }

  async stop(): Promise<void> {
    this.process?.kill("SIGTERM");
    const timer = setTimeout(() => this.process?.kill("SIGKILL"), STOP_MS);
    await this.closed;
    clearTimeout(timer);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async tryStart(): Promise<boolean> {
    const { place } = this;
    [place.port, place.componentPort] = await freePorts();
    await this.recipe.write(place);
    try {
      await this.run();
      return true;
    } catch {
      await this.kill();
      return false;
    }
  }

  private async run(): Promise<void> {
    const { place, recipe } = this;
    const process = this.process = recipe.run(place);
    let hasEnded = false;
    this.closed = new Promise((resolve) => {
      const end = (): void => { hasEnded = true; resolve(); };
      process.once("exit", end);
      process.once("error", end);
    });
    const ports = place.options.components ? [place.port, place.componentPort] : [place.port];
    for (const deadline = Date.now() + START_MS; ;) {
      if (hasEnded || Date.now() > deadline) throw new Error("the server did not start");
      const isUp = (await Promise.all(ports.map(isListening))).every(Boolean);
      if (isUp && recipe.isReady(place)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** Where a program is; "" where it is not. */
export function findProgram(name: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...FOLDERS];
  return folders.map((folder) => join(folder, name)).find(existsSync) ?? "";
}

export function startProgram(
  file: string, args: string[], env: Record<string, string> = {},
): ChildProcess {
  return spawn(file, args, { stdio: "ignore", env: { ...process.env, ...env } });
}

async function freePorts(): Promise<[number, number]> {
  const servers = [net.createServer(), net.createServer()];
  const ports = await Promise.all(servers.map((server) => new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => { socket.destroy(); resolve(true); });
    socket.once("error", () => resolve(false));
  });
}
