/**
 * Read-outs a second over a real Prosody: `npm run device` with a provisioning server and the
 * answer in its cache, and a device made of slixmpp's plugin. The same visitor (xmpp.js) asks
 * both for the same field, one request after the other, so that what is measured is the time
 * from the request to the last of its answer.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Authority } from "../../authority/authority.js";
import { ROOT } from "../../build/project.js";
import { Visitor } from "../../demo/visitor.js";
import { Board } from "../prosody/board.js";
import { missingSlixmpp } from "../prosody/client.js";
import { missingProsody, startProsody } from "../prosody/prosody.js";
import type { Server } from "../prosody/server.js";
import { rateOf } from "./median.js";
import type { Rate } from "./median.js";

const PYTHON = "/usr/bin/python3";
const DOMAIN = "home.example";
const COMPONENT = `prov.${DOMAIN}`;
const WAIT_MS = 30000;
const REQUEST = { nodes: ["sensor"], fields: ["Temperature"] };
/** As many as `npm run device` has under way for one caller (CALLS_PER_JID_MAX). */
const TOGETHER = 4;

export interface Readouts {
  name: string;
  /** One after the other, and four under way at any time. */
  single: Rate;
  together: Rate;
}

/** "" when there is what it takes. */
export function missing(): string {
  return missingProsody() || missingSlixmpp();
}

/** `count` read-outs in each of so many runs; the two devices take turns. */
export async function readouts(runs: number, count: number): Promise<Readouts[]> {
  const place = new Place();
  try {
    return await place.measure(runs, count);
  } finally {
    await place.close();
  }
}

class Place {
  private prosody!: Server;
  private readonly ending: (() => Promise<unknown>)[] = [];

  async close(): Promise<void> {
    for (const end of this.ending.reverse()) await end().catch(() => undefined);
  }

  async measure(runs: number, count: number): Promise<Readouts[]> {
    this.prosody = await startProsody({
      domain: DOMAIN, accounts: { device: "one", python: "two", visitor: "three" },
      components: { [COMPONENT]: "four" }, hash: "SHA-256",
    });
    this.ending.push(() => this.prosody.stop());
    await this.device();
    await this.python();
    const visitor = await this.visitor();
    const devices = [this.prosody.jid("device"), this.prosody.jid("python")];
    for (const device of devices) {
      const friendship = await visitor.befriend(device);
      const jid = await visitor.whenPresent(device, WAIT_MS);
      if (friendship !== "accepted" || !jid) throw new Error(`${device}: ${friendship}`);
    }
    const rates: number[][] = [[], [], [], []];
    for (let run = -1; run < runs; run++) {
      for (const [index, device] of devices.entries()) {
        const single = await rate(visitor, device, count, 1);
        const together = await rate(visitor, device, count, TOGETHER);
        if (run < 0) continue;
        rates[2 * index]!.push(single);
        rates[2 * index + 1]!.push(together);
      }
    }
    return ["npm run device", "slixmpp's device"].map((name, index) => ({
      name, single: rateOf(rates[2 * index]!), together: rateOf(rates[2 * index + 1]!),
    }));
  }

  private async device(): Promise<void> {
    const { host, port, componentPort, ca, folder } = this.prosody;
    const link = { domain: COMPONENT, secret: "four", host, port: componentPort };
    const authority = new Authority({ link });
    await authority.start();
    this.ending.push(() => authority.stop());
    await authority.setRule({
      device: this.prosody.jid("device"), peer: this.prosody.jid("visitor"), friend: true,
      read: { fields: ["Temperature"] },
    });
    const board = await Board.start(["--jid", this.prosody.jid("device"), "--host", host,
      "--port", `${port}`, "--ca", ca, "--provisioning", COMPONENT,
      "--flash", join(folder, "flash")], "one");
    this.ending.push(() => board.cut());
    await board.until((state) => state.online && state.trust.length > 0);
  }

  private async python(): Promise<void> {
    const { host, port, ca } = this.prosody;
    const script = join(ROOT, "test/bench/device.py");
    const child = spawn(PYTHON, [script, this.prosody.jid("python"), host, `${port}`, ca], {
      env: { ...process.env, THING_PASSWORD: "two" }, stdio: ["pipe", "pipe", "pipe"],
    });
    this.ending.push(() => ended(child));
    let complaint = "";
    child.stderr.on("data", (bytes: Buffer) => complaint += bytes.toString());
    const timer = setTimeout(() => child.kill(), WAIT_MS);
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith("online ")) break;
    }
    clearTimeout(timer);
    if (child.exitCode !== null) throw new Error(`slixmpp's device: ${complaint}`);
  }

  private async visitor(): Promise<Visitor> {
    const { host, port, ca } = this.prosody;
    const visitor = new Visitor({
      jid: this.prosody.jid("visitor"), password: "three", host, port,
      tls: { ca: await readFile(ca, "utf8") },
    });
    this.ending.push(() => visitor.stop());
    await visitor.start();
    return visitor;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.stdin!.end();
  await exit;
}

/** Read-outs a second, `together` under way at any time. What is no read-out is an error. */
async function rate(
  visitor: Visitor, device: string, count: number, together: number,
): Promise<number> {
  const begun = performance.now();
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const result = await visitor.read(device, REQUEST);
      if (result.outcome !== "read" || result.fields.length !== 1) {
        throw new Error(`${device}: ${JSON.stringify(result)}`);
      }
    }
  };
  await Promise.all([...Array(together)].map(work));
  return count * 1000 / (performance.now() - begun);
}
