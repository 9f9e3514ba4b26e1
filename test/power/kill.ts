/**
 * `npm run test:kill [COUNT]`: `npm run device` under traffic, killed with SIGKILL at random
 * moments, also while it starts. After each its flash file must hold what was promised: the
 * account, the trust, and no decision from before a clearing that was acknowledged. Then factory
 * resets, killed in the middle (hold.ts).
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, execPath } from "node:process";
import xml from "@xmpp/xml";
import type { Element } from "@xmpp/xml";
import { Link } from "../../authority/link.js";
import type { Reply } from "../../authority/link.js";
import { startServer } from "../../demo/server.js";
import type { Server } from "../../demo/server.js";
import { MockRandom } from "../../hal/mock/random.js";
import { Wire } from "../unit/demo/wire.js";
import { drill as reset } from "./hold.js";
import { boot } from "./part.js";

const DOMAIN = "example.org";
const AUTHORITY = `prov.${DOMAIN}`;
const NS_PROVISIONING = "urn:xmpp:iot:provisioning";
const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
const ONLINE_MS = 15000;
const STEP_MS = 5000;
/** Traffic goes on for at most so long. */
const LIFE_MS = 500;
/** Factory resets at a time, since each is a finger's ten seconds; one for so many other kills. */
const BOARDS = 8;
const RESET_SHARE = 10;
/** One in so many is killed while it starts. */
const EARLY = 5;

interface Count {
  kills: number;
  reads: number;
  clearings: number;
  entries: number;
  violations: string[];
}

/** The process that is up now. */
let device: ChildProcess | null = null;

class Drill {
  readonly count: Count = { kills: 0, reads: 0, clearings: 0, entries: 0, violations: [] };
  private readonly random = new MockRandom("kill");
  private readonly folder = mkdtempSync(join(tmpdir(), "thingward-kill-"));
  private readonly flash = join(this.folder, "flash.bin");
  private readonly authority: Link;
  private answered: (() => void) | null = null;
  private jid = "";
  /** Questions since the last acknowledged clearing; no more decisions may be on flash. */
  private asked = 0;
  private serial = 0;
  private isPaired = false;

  constructor(private readonly server: Server, private readonly visitor: Wire) {
    const port = server.componentPort;
    const nothing = (): void => {};
    this.authority = new Link({ domain: AUTHORITY, secret: "secret", host: "127.0.0.1", port }, {
      onOnline: nothing, onOffline: nothing, onPresence: nothing, onMessage: nothing,
      onFault: nothing, onRequest: (iq) => this.answer(iq),
    });
  }

  async run(kills: number): Promise<void> {
    await this.authority.start();
    this.visitor.send("<iq type='get' id='q'><query xmlns='jabber:iq:roster'/></iq><presence/>");
    for (let i = 0; i < kills; i++) {
      await this.live(this.isPaired && this.random.below(EARLY) === 0);
      this.inspect(i);
      this.count.kills++;
    }
    await this.authority.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** One life of the board, to its sudden end. */
  private async live(early: boolean): Promise<void> {
    const device = this.start();
    const gone = new Promise((resolve) => device.once("exit", resolve));
    if (early) {
      await rest(this.random.below(1500));
    } else if (await this.online(device)) {
      if (!this.isPaired) await this.befriend();
      const timer = setTimeout(() => device.kill("SIGKILL"), this.random.below(LIFE_MS));
      while (device.exitCode === null && device.signalCode === null) await this.traffic(gone);
      clearTimeout(timer);
    } else this.violate("does not come online");
    device.kill("SIGKILL");
    await gone;
    this.visitor.received.length = 0;
  }

  private start(): ChildProcess {
    const options = ["--jid", `dev@${DOMAIN}`, "--host", "127.0.0.1", "--port",
      String(this.server.port), "--tls", "off", "--provisioning", AUTHORITY, "--flash", this.flash];
    const env = { ...process.env, THING_PASSWORD: "device-secret" };
    const args = ["--import", "tsx", "hal/host/cli.ts", ...options];
    device = spawn(execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    return device;
  }

  /** True when it has trust and a stream; the log says so. */
  private online(device: ChildProcess): Promise<boolean> {
    return new Promise((resolve) => {
      let log = "";
      const timer = setTimeout(() => resolve(false), ONLINE_MS);
      device.stdout!.on("data", (bytes: Buffer) => {
        log += bytes.toString();
        const found = / online (\S+)/.exec(log);
        if (!found || !(this.isPaired || / trust /.test(log))) return;
        clearTimeout(timer);
        this.jid = found[1]!;
        resolve(true);
      });
    });
  }

  private async befriend(): Promise<void> {
    this.visitor.send(`<presence type='subscribe' to='dev@${DOMAIN}'/>`);
    for (;;) {
      const said = await this.visitor.next("presence");
      if (said.attrs["type"] === "subscribed") break;
    }
    this.isPaired = true;
    this.asked++; // isFriend is a decision, too.
  }

  private async traffic(gone: Promise<unknown>): Promise<void> {
    const answered = new Promise<void>((resolve) => { this.answered = resolve; });
    if (this.random.below(6) > 0) {
      this.asked++;
      this.count.reads++;
      this.visitor.send(`<iq type='get' id='r${++this.serial}' to='${this.jid}'>` +
        `<req xmlns='${NS_SENSORDATA}' seqnr='${this.serial}' momentary='true' ` +
        `userToken='t${this.serial}'/></iq>`);
    } else {
      const clear = xml("clearCache", { xmlns: NS_PROVISIONING });
      this.authority.request(xml("iq", { type: "set", to: this.jid }, clear), STEP_MS).then(() => {
        this.count.clearings++;
        this.asked = 0;
        this.answered?.();
      }).catch(() => {});
    }
    await Promise.race([answered, gone, rest(STEP_MS)]);
  }

  private answer(iq: Element): Reply {
    const [payload] = iq.getChildElements();
    if (iq.attrs["type"] !== "get" || !payload) return null;
    if (payload.name === "query") {
      const ns = "http://jabber.org/protocol/disco#info";
      return xml("query", { xmlns: ns }, xml("feature", { var: NS_PROVISIONING }));
    }
    if (payload.name === "canRead") setTimeout(() => this.answered?.(), this.random.below(8));
    return xml(`${payload.name}Response`,
      { xmlns: NS_PROVISIONING, jid: payload.attrs["jid"], result: "true" });
  }

  private inspect(kill: number): void {
    let image: Buffer;
    try {
      image = readFileSync(this.flash);
    } catch {
      if (this.isPaired) this.violate("the flash file is gone");
      return;
    }
    const parts = boot(image);
    if (!this.isPaired) return;
    const where = `kill ${kill}`;
    if (parts.account.secret !== "device-secret") this.violate(`${where}: the account is lost`);
    if (!parts.trust.has(AUTHORITY)) this.violate(`${where}: trust is lost`);
    if (parts.fault) this.violate(`${where}: fault ${parts.fault}`);
    if (parts.cache.entries > this.asked) {
      this.violate(`${where}: ${parts.cache.entries} decisions of ${this.asked} questions`);
    }
    this.count.entries += parts.cache.entries;
  }

  private violate(text: string): void {
    this.count.violations.push(text);
    console.log(`  ${text}`);
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

async function main(): Promise<void> {
  const server = await startServer({
    domain: DOMAIN, accounts: { dev: "device-secret", visitor: "visitor-secret" },
    components: { [AUTHORITY]: "secret" },
  });
  const visitor = await Wire.login(server.port, "visitor", DOMAIN, "visitor-secret");
  const drill = new Drill(server, visitor);
  await drill.run(Number(argv[2] ?? 500));
  const { kills, reads, clearings, entries, violations } = drill.count;
  await visitor.end();
  await server.close();
  console.log(`${kills} kills under ${reads} read-outs and ${clearings} clearings, ` +
    `${entries} decisions found again, ${violations.length} violations`);
  if (violations.length > 0 || clearings === 0 || entries === 0) process.exitCode = 1;
  const resets = await reset(BOARDS, Math.ceil(kills / BOARDS / RESET_SHARE));
  console.log(`${resets.kills} kills in a factory reset, ${resets.midway} before it was whole, ` +
    `${resets.violations.length} violations`);
  for (const one of resets.violations) console.log(`  ${one}`);
  if (resets.violations.length > 0 || resets.midway === 0) process.exitCode = 1;
}

/** Nothing stays behind, whatever ends us. */
process.on("exit", () => device?.kill("SIGKILL"));
await main();
