/**
 * The embedded server against the one it imitates: the same dialogues, stanza for stanza. Runs
 * where there is a Prosody, and is skipped elsewhere.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Server, startServer } from "../../../demo/server.js";
import { Wire } from "./wire.js";

const DOMAIN = "example.org";
const COMPONENT = "prov.example.org";
const START_MS = 60000;
const ROSTER = "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>";

const hasProsody = spawnSync("sh", ["-c", "command -v prosody prosodyctl"]).status === 0;

/** Who says what; afterwards everybody tells what he has got. */
type Step = [who: string, text: string];
const DIALOGUES: Record<string, Step[]> = {
  "initial presence is reflected": [["ann", "<presence/>"]],
  "asking twice, granting, asking again": [
    ["ann", `${ROSTER}<presence/>`], ["bob", `${ROSTER}<presence/>`],
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["bob", "<presence type='subscribed' to='ann@example.org'/>"],
    ["bob", "<presence><status>here</status></presence>"],
    ["bob", "<presence type='unavailable'/>"],
    ["ann", "<presence type='unsubscribe' to='bob@example.org'/>"],
  ],
  "refusing, and refusing what was granted": [
    ["ann", `${ROSTER}<presence/>`], ["bob", `${ROSTER}<presence/>`],
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["bob", "<presence type='unsubscribed' to='ann@example.org'/>"],
    ["bob", "<presence type='unsubscribed' to='ann@example.org'/>"],
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["bob", "<presence type='subscribed' to='ann@example.org'/>"],
    ["bob", "<presence type='unsubscribed' to='ann@example.org'/>"],
  ],
  "a request waits for initial presence, without a roster": [
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["bob", "<presence/>"],
    ["bob", "<presence type='subscribed' to='ann@example.org'/>"],
  ],
  "both ways": [
    ["ann", `${ROSTER}<presence/>`], ["bob", `${ROSTER}<presence/>`],
    ["ann", "<presence type='subscribe' to='bob@example.org'/>"],
    ["bob", "<presence type='subscribed' to='ann@example.org'/>"],
    ["bob", "<presence type='subscribe' to='ann@example.org'/>"],
    ["ann", "<presence type='subscribed' to='bob@example.org'/>"],
    ["ann", "<iq type='set' id='s'><query xmlns='jabber:iq:roster'>"
      + "<item jid='bob@example.org' subscription='remove'/></query></iq>"],
  ],
  "directed presence": [
    ["ann", "<presence/>"], ["bob", "<presence to='ann@example.org/r'/>"],
    ["bob", "<presence type='unavailable'/>"],
    ["ann", "<presence type='probe' to='bob@example.org'/>"],
  ],
  "iqs": [
    ["ann", "<iq type='get' id='1' to='bob@example.org/r'><a xmlns='a'><b/></a></iq>"],
    ["bob", "<iq type='result' id='1' to='ann@example.org/r'/>"],
    ["ann", "<iq type='get' id='2' to='bob@example.org'><a xmlns='a'/></iq>"],
    ["ann", "<iq type='get' id='3' to='bob@example.org/none'><a xmlns='a'/></iq>"],
    ["ann", "<iq type='result' id='4' to='bob@example.org'/>"],
    ["ann", "<iq type='get' id='5' to='example.org'><a xmlns='a'/></iq>"],
    ["ann", "<iq type='set' id='6' to='nobody@example.org'><a xmlns='a'/></iq>"],
    ["ann", "<iq type='get' id='7'><a xmlns='a'/></iq>"],
    ["ann", "<iq type='get' id='8' to='ann@example.org'><ping xmlns='urn:xmpp:ping'/></iq>"],
    ["ann", "<iq type='get' id='9' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>"],
    ["ann", "<iq type='get' id='10' to='bob@example.org'>"
      + "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"],
    ["ann", "<iq type='get' id='11' to='example.org'>"
      + "<query xmlns='http://jabber.org/protocol/disco#items'/></iq>"],
    ["ann", "<iq type='set' id='12' to='bob@example.org'><query xmlns='jabber:iq:roster'/></iq>"],
    ["ann", `<iq type='get' id='13' to='${COMPONENT}'><a xmlns='a'/></iq>`],
  ],
  "messages": [
    ["ann", "<message to='bob@example.org/r' from='x@y'><body>1</body></message>"],
    ["ann", "<message to='nobody@example.org' id='m'><body>2</body></message>"],
    ["bob", "<presence><priority>-1</priority></presence>"],
    ["ann", "<message to='bob@example.org' type='headline'/>"],
    ["bob", "<presence/>"],
    ["ann", "<message to='bob@example.org'><x xmlns='urn:x' a='&lt;&quot;'/></message>"],
    ["ann", "<message to='bob@example.org/none'><body>3</body></message>"],
    ["ann", "<message to='bob@example.org' type='groupchat' id='g'/>"],
    ["ann", "<message to='example.org' id='d'/>"],
  ],
};

describe.skipIf(!hasProsody)("like Prosody", () => {
  let prosody: Prosody;
  let server: Server;
  let account = 0;

  beforeAll(async () => { prosody = await Prosody.start(); }, START_MS);
  afterAll(() => prosody?.stop());

  test.each(Object.entries(DIALOGUES))("%s", async (_, steps) => {
    const users = [`ann${++account}`, `bob${account}`];
    prosody.register(users);
    server = await startServer({ domain: DOMAIN, components: { [COMPONENT]: "s" },
      accounts: Object.fromEntries(users.map((user) => [user, "pw"])) });
    try {
      const theirs = await play(prosody.port, users, steps);
      expect(await play(server.port, users, steps)).toEqual(theirs);
    } finally {
      await server.close();
    }
  }, START_MS);
});

/** What each has got after each step, sorted: between two streams there is no order. */
async function play(port: number, users: string[], steps: Step[]): Promise<string[][]> {
  const wires = await Promise.all(users.map((user) => Wire.login(port, user, DOMAIN, "pw", "r")));
  const named = (text: string): string =>
    text.replace(/\b(ann|bob)(?=@)/g, (name) => (name === "ann" ? users[0]! : users[1]!));
  const transcript: string[][] = [];
  for (const [who, text] of steps) {
    wires[who === "ann" ? 0 : 1]!.send(named(text));
    const got = await Promise.all(wires.map((wire) => wire.rest()));
    transcript.push(got.flatMap((all, at) =>
      all.map((one) => `${who}: ${text.slice(0, 50)} => ${at ? "bob" : "ann"} ${normal(one)}`))
      .sort());
  }
  await Promise.all(wires.map((wire) => wire.end()));
  return transcript;
}

/** Without ids of pushes, stamps, human texts, and the order of attributes. */
function normal(text: string): string {
  return text
    .replace(/<text .*?<\/text>/g, "")
    .replace(/<not-connected .*?\/>/g, "")
    .replace(/ (stamp|ver|xml:lang|by)="[^"]*"/g, "")
    .replace(/(<iq [^>]*type="set"[^>]*><query xmlns="jabber:iq:roster">)/g,
      (tag) => tag.replace(/ (id|to)="[^"]*"/g, ""))
    .replace(/<([\w-]+)((?: [\w:-]+="[^"]*")+)/g, (_, name: string, attrs: string) =>
      `<${name} ${attrs.trim().split(/ (?=[\w:-]+=)/).sort().join(" ")}`)
    .replace(/<([\w-]+)([^<>]*)><\/\1>/g, "<$1$2/>");
}

class Prosody {
  private constructor(
    readonly port: number, private readonly folder: string, private readonly config: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Prosody> {
    const folder = await mkdtemp(join(tmpdir(), "prosody-"));
    const config = join(folder, "prosody.cfg.lua");
    const [port, componentPort] = [await freePort(), await freePort()];
    await writeFile(config, `
      run_as_root = true
      data_path = "${folder}"
      pidfile = "${folder}/pid"
      log = { error = "${folder}/log" }
      modules_enabled = { "roster", "saslauth", "disco", "ping", "time", "version", "offline" }
      modules_disabled = { "s2s", "tls" }
      c2s_require_encryption = false
      allow_unencrypted_plain_auth = false
      interfaces = { "127.0.0.1" }
      c2s_ports = { ${port} }
      component_ports = { ${componentPort} }
      authentication = "internal_hashed"
      password_hash = "SHA-256"
      VirtualHost "${DOMAIN}"
      Component "${COMPONENT}"
        component_secret = "s"
    `);
    const child = spawn("prosody", ["--config", config, "-F"], { stdio: "ignore" });
    const prosody = new Prosody(port, folder, config, child);
    await reachable(port);
    return prosody;
  }

  register(users: string[]): void {
    for (const user of users) {
      execFileSync("prosodyctl", ["--config", this.config, "register", user, DOMAIN, "pw"],
        { stdio: "ignore" });
    }
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await exited;
    await rm(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function reachable(port: number): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    const socket = net.connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error("Prosody does not start");
}
