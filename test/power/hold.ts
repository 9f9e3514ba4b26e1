/**
 * Factory resets of `npm run device`, killed in the middle: a finger on the control port holds
 * the button for ten seconds and lets go; with the first octet that changes in the flash file
 * the process gets its SIGKILL, or a moment later.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { Role } from "../../firmware/access/trust.js";
import { RESET_HOLD_MS } from "../../firmware/config.js";
import { MockRandom } from "../../hal/mock/random.js";
import { boot, erased } from "./part.js";

const SERVER = "provisioning.ex.org";
const SECRET = "device-secret";
/** What a dump must not show any more. The JID, too: it came with the same record. */
const SECRETS = [SECRET, SERVER, "dev@ex.org"];
const START_MS = 30000;
/** From letting go to the first write: contacts settle, and a busy machine sleeps. */
const PATIENCE_MS = 5000;
/** A whole reset takes a few milliseconds here. */
const SPREAD_US = 3000;
const HELD_MS = RESET_HOLD_MS + 300;

export interface Tally {
  kills: number;
  /** Killed before the reset was whole. */
  midway: number;
  violations: string[];
}

interface Board {
  file: string;
  process: ChildProcess;
  url: string;
}

/** Nothing stays behind, whatever ends us. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((one) => one.kill("SIGKILL")));

/** A flash that has seen some life: every page of it has something to be erased. */
function worn(): Buffer {
  const parts = erased(16);
  parts.setPassword(SECRET);
  parts.trust.put(SERVER, Role.Trusted);
  for (let i = 0; i < 500; i++) {
    parts.decide(`friend${i % 3}@ex.org`, `field${i}${"x".repeat(90)}`, true, i);
  }
  return parts.flash.image();
}

export async function drill(boards: number, rounds: number, seed = "hold"): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "thingward-hold-"));
  const random = new MockRandom(seed);
  const tally: Tally = { kills: 0, midway: 0, violations: [] };
  const image = worn();
  try {
    for (let round = 0; round < rounds; round++) {
      const files = [...Array(boards).keys()].map((one) => join(folder, `${round}-${one}.flash`));
      const all = await Promise.all(files.map((file) => start(file, image)));
      for (const one of all) await move(one, true);
      await rest(HELD_MS);
      for (const one of all) {
        await kill(one, random.below(SPREAD_US));
        inspect(readFileSync(one.file), tally, `round ${round}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return tally;
}

async function start(file: string, image: Buffer): Promise<Board> {
  writeFileSync(file, image);
  // Nobody listens on the port: a reset needs no network.
  const options = ["--jid", "dev@ex.org", "--host", "127.0.0.1", "--port", "1", "--tls", "off",
    "--flash", file, "--control", "0"];
  const env = { ...process.env, THING_PASSWORD: SECRET };
  const child = spawn(execPath, ["--import", "tsx", "hal/host/cli.ts", ...options],
    { env, stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const url = await new Promise<string>((resolve, reject) => {
    let log = "";
    setTimeout(() => reject(new Error("the board does not start")), START_MS).unref();
    child.stdout.on("data", (bytes: Buffer) => {
      log += String(bytes);
      const found = /control (\S+)\n/.exec(log);
      if (found) resolve(found[1]!);
    });
  });
  return { file, process: child, url };
}

async function move({ url }: Board, down: boolean): Promise<void> {
  await fetch(`${url}/button`, { method: "POST", body: JSON.stringify({ down }) });
}

/** Lets go, and kills at the first change of the file, or so many microseconds later. */
async function kill(board: Board, lateUs: number): Promise<void> {
  const gone = new Promise((resolve) => board.process.once("exit", resolve));
  const before = readFileSync(board.file);
  await move(board, false);
  const file = openSync(board.file, "r");
  const now = Buffer.alloc(before.length);
  const untilMs = performance.now() + PATIENCE_MS;
  do readSync(file, now, 0, now.length, 0);
  while (now.equals(before) && performance.now() < untilMs);
  const atMs = performance.now() + lateUs / 1000;
  while (performance.now() < atMs) {
    // Timers of this process are too coarse.
  }
  board.process.kill("SIGKILL");
  closeSync(file);
  await gone;
}

function inspect(image: Buffer, tally: Tally, where: string): void {
  const parts = boot(image);
  const { account, trust, cache, fault } = parts;
  const facts = [account.secret === SECRET, trust.has(SERVER), cache.entries > 0];
  const isOld = facts.every((one) => one);
  const isNew = !facts.some((one) => one);
  tally.kills++;
  if (isNew && parts.flash.trace.length > 0) tally.midway++;
  if (!isOld && !isNew) tally.violations.push(`${where}: a third state, ${facts.join()}`);
  if (fault) tally.violations.push(`${where}: fault ${fault}`);
  const dump = parts.flash.image().toString("latin1");
  if (isNew) {
    for (const secret of SECRETS) {
      if (dump.includes(secret)) tally.violations.push(`${where}: ${secret} is still there`);
    }
  }
  if (!parts.setPassword("another")) tally.violations.push(`${where}: takes no account`);
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
