/**
 * Keys of boards that were paired before, by device id: whoever has one needs no pairing code
 * (RENDEZVOUS 1.10, "access token"). The file is as secret as the codes themselves.
 *
 * Each pairing makes a new key. Until the board has proved that it keeps that one, it may still
 * have the one before: both are in the file then, the new one first.
 */
import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { Suite } from "../firmware/rendezvous/description.js";
import { NONCE_BYTES, SHARE_BYTES, namedShare } from "../firmware/rendezvous/proof.js";
import type { Proof } from "../firmware/rendezvous/proof.js";
import type { Crypto, Random } from "../hal/hal.js";
import { Misuse } from "../hal/host/argument.js";

const FILE_MODE = 0o600;
const KEY = /^[0-9a-f]{64}$/;
const KEYS_MAX = 2;

/** Keys in hexadecimal, by device id. */
type Ring = Map<string, string[]>;

export class Keys {
  private keys: Ring = new Map();

  /** Without a file nothing is kept. Throws a Misuse for a file that is none of ours. */
  constructor(private readonly path: string) {
    if (path !== "") this.keys = read(path);
  }

  get count(): number {
    return this.keys.size;
  }

  /** 32 octets each, the newest first; none for a board that is not known. */
  find(deviceId: string): string[] {
    return (this.keys.get(deviceId) ?? [])
      .map((key) => Buffer.from(key, "hex").toString("latin1"));
  }

  /** The board has gone to try what it got: `key` is new, `proved` it has had till now, or "". */
  async add(deviceId: string, key: string, proved: string): Promise<void> {
    await this.write(deviceId, proved === "" ? [key] : [key, proved]);
  }

  /** The board has shown that it has this one, so no other. */
  async settle(deviceId: string, key: string): Promise<void> {
    await this.write(deviceId, [key]);
  }

  private async write(deviceId: string, keys: string[]): Promise<void> {
    // Somebody else may have added another board meanwhile.
    if (this.path !== "") this.keys = read(this.path);
    this.keys.set(deviceId, keys.map((key) => Buffer.from(key, "latin1").toString("hex")));
    if (this.path === "") return;
    const entries = [...this.keys].map(([id, all]) => [id, all.length === 1 ? all[0] : all]);
    const text = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
    await writeFileAtomic(this.path, text, { mode: FILE_MODE });
  }
}

/** The side of whoever waits: which of its keys the board has, the board's share tells. */
export class KeyProof implements Proof {
  readonly suite = Suite.Access;
  readonly share: string;
  secret = "";
  broken = false;

  constructor(
    private readonly keys: string[], random: Random, private readonly crypto: Crypto,
  ) {
    this.share = random.bytes(SHARE_BYTES);
  }

  meet(theirs: string): void {
    const nonce = theirs.slice(0, NONCE_BYTES);
    this.secret = this.keys.find((key) => namedShare(key, nonce, this.crypto) === theirs) ?? "";
    this.broken = this.secret === "";
  }

  work(): boolean {
    return true;
  }
}

function read(path: string): Ring {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw new Misuse(`the --key-file ${path} cannot be read: ${(error as Error).message}`);
  }
  return parse(text, path);
}

function parse(text: string, path: string): Ring {
  const ring: Ring = new Map();
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Error();
    for (const [deviceId, entry] of Object.entries(found)) {
      const keys: unknown[] = Array.isArray(entry) ? entry : [entry];
      const isRight = keys.length > 0 && keys.length <= KEYS_MAX
        && keys.every((key) => typeof key === "string" && KEY.test(key));
      if (!isRight) throw new Error();
      ring.set(deviceId, keys as string[]);
    }
  } catch {
    throw new Misuse(`the --key-file ${path} does not hold keys of boards: name another one`);
  }
  return ring;
}
