/**
 * A real Prosody (Debian's package) of a test's own: its files in a new folder, ports that were
 * free, direct TLS (XEP-0368) with a certificate of a CA that lives as long as the test.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { generate } from "selfsigned";

const START_MS = 40000;
const STOP_MS = 3000;
const POLL_MS = 25;
/** Another program may take a port between our look and Prosody's. */
const STARTS_MAX = 3;
/** Not in every user's PATH, but where Debian may put servers. */
const SERVER_FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/local/bin"];

export interface ProsodyOptions {
  domain: string;
  /** Password by user. */
  accounts: Record<string, string>;
  /** Secret by domain. */
  components?: Record<string, string>;
  /** How passwords are kept, and so which SCRAM is offered; Prosody's default is SHA-1. */
  hash?: "SHA-1" | "SHA-256";
  /**
   * For Espruino's TLS on Linux, which knows the old RSA key exchange alone, and always asks for
   * the same host (README, "Running it with Prosody and ejabberd").
   */
  espruino?: boolean;
}

/** The host that stock Espruino asks TLS for (SNI), whatever it connects to. */
const ESPRUINO_HOST = "mbed TLS Server 1";

/** "" when there is a Prosody here. */
export function missingProsody(): string {
  return findProsody() === "" ? "prosody is not installed" : "";
}

export class Prosody {
  readonly host = "127.0.0.1";
  /** Direct TLS for clients. */
  port = 0;
  componentPort = 0;
  private process: ChildProcess | null = null;
  private closed: Promise<void> = Promise.resolve();

  private constructor(
    readonly domain: string, private readonly options: ProsodyOptions, readonly folder: string,
  ) {}

  /** PEM of the CA that signed the server's certificate. */
  get ca(): string { return join(this.folder, "ca.pem"); }

  /** PEM of a CA that did not. */
  get otherCa(): string { return join(this.folder, "other.pem"); }

  static async start(options: ProsodyOptions): Promise<Prosody> {
    const folder = await mkdtemp(join(tmpdir(), "prosody-"));
    const prosody = new Prosody(options.domain, options, folder);
    try {
      await Promise.all([prosody.writeCertificates(), prosody.writeAccounts()]);
      for (let starts = 1; !await prosody.tryStart(); starts++) {
        if (starts === STARTS_MAX) throw new Error(`no Prosody: ${await prosody.log()}`);
      }
    } catch (error) {
      await prosody.stop();
      throw error;
    }
    return prosody;
  }

  jid(user: string): string {
    return `${user}@${this.domain}`;
  }

  /** Everything that it has logged, stanzas included. */
  log(): Promise<string> {
    return readFile(join(this.folder, "log"), "utf8").catch(() => "");
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
    await rm(this.folder, { recursive: true, force: true });
  }

  private async tryStart(): Promise<boolean> {
    [this.port, this.componentPort] = await freePorts();
    await writeFile(join(this.folder, "prosody.cfg.lua"), this.config());
    try {
      await this.run();
      return true;
    } catch {
      await this.kill();
      return false;
    }
  }

  private async run(): Promise<void> {
    const config = join(this.folder, "prosody.cfg.lua");
    const process = spawn(findProsody(), ["-F", "--config", config], { stdio: "ignore" });
    this.process = process;
    let hasEnded = false;
    this.closed = new Promise((resolve) => {
      const end = (): void => { hasEnded = true; resolve(); };
      process.once("exit", end);
      process.once("error", end);
    });
    const ports = this.options.components ? [this.port, this.componentPort] : [this.port];
    for (const deadline = Date.now() + START_MS; ;) {
      if (hasEnded || Date.now() > deadline) throw new Error("Prosody did not start");
      if ((await Promise.all(ports.map(isListening))).every(Boolean)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async writeCertificates(): Promise<void> {
    const day = 86400000;
    const period = {
      notBeforeDate: new Date(Date.now() - day), notAfterDate: new Date(Date.now() + day),
      algorithm: "sha256", keySize: 2048,
      keyType: this.options.espruino ? "rsa" as const : "ec" as const,
    };
    const authority = (name: string) => generate([{ name: "commonName", value: name }], {
      ...period, extensions: [{ name: "basicConstraints", cA: true, critical: true }],
    });
    const [ca, other] = await Promise.all([authority("Test CA"), authority("Other CA")]);
    const { domain } = this;
    const server = await generate([{ name: "commonName", value: domain }], {
      ...period, ca: { key: ca.private, cert: ca.cert },
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: domain }] }],
    });
    await Promise.all([
      writeFile(this.ca, ca.cert), writeFile(this.otherCa, other.cert),
      writeFile(join(this.folder, "server.pem"), server.cert),
      writeFile(join(this.folder, "server.key"), server.private, { mode: 0o600 }),
    ]);
  }

  /** Prosody makes hashes of these passwords when they are first used. */
  private async writeAccounts(): Promise<void> {
    const folder = join(this.folder, "data", encodeStore(this.domain), "accounts");
    await mkdir(folder, { recursive: true });
    await Promise.all(Object.entries(this.options.accounts).map(([user, password]) =>
      writeFile(join(folder, `${encodeStore(user)}.dat`),
        `return { ["password"] = ${JSON.stringify(password)}; };\n`)));
  }

  private config(): string {
    const { folder, domain } = this;
    const { espruino } = this.options;
    const place = (name: string): string => JSON.stringify(join(folder, name));
    const components = Object.entries(this.options.components ?? {}).map(([name, secret]) =>
      `Component "${name}"\n  component_secret = ${JSON.stringify(secret)}\n`);
    return `run_as_root = true
pidfile = ${place("pid")}
data_path = ${place("data")}
certificates = ${place("")}
log = { debug = ${place("log")} }
interfaces = { "${this.host}" }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "time", "version", "posix" }
modules_disabled = { "s2s" }
c2s_ports = {}
c2s_direct_tls_ports = { ${this.port} }
${components.length > 0 ? "" : "-- "}component_ports = { ${this.componentPort} }
authentication = "internal_hashed"
password_hash = "${this.options.hash ?? "SHA-1"}"
ssl = { certificate = ${place("server.pem")}; key = ${place("server.key")}${
  espruino ? '; ciphers = "HIGH:kRSA:!aNULL"' : ""} }

${espruino ? `VirtualHost "tls.${domain}"\n  c2s_direct_tls_host = "${ESPRUINO_HOST}"\n` : ""}
VirtualHost "${domain}"
${components.join("\n")}`;
  }
}

/** The accounts' and rosters' files have names without dots and the like. */
function encodeStore(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

function findProsody(): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SERVER_FOLDERS];
  return folders.map((folder) => join(folder, "prosody")).find(existsSync) ?? "";
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
