/**
 * Keys of boards that were paired before, by device id: whoever has one needs no pairing code
 * (RENDEZVOUS 1.10, "access token"). The file is as secret as the codes themselves.
 */
import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { Misuse } from "../hal/host/option.js";

const FILE_MODE = 0o600;
const KEY = /^[0-9a-f]{64}$/;

export class Keys {
  private readonly keys = new Map<string, string>();

  /** Without a file nothing is kept. Throws a Misuse for a file that is none of ours. */
  constructor(private readonly path: string) {
    if (path === "") return;
    for (const [deviceId, key] of Object.entries(read(path))) {
      if (typeof key !== "string" || !KEY.test(key)) throw strange(path);
      this.keys.set(deviceId, key);
    }
  }

  get count(): number {
    return this.keys.size;
  }

  /** 32 octets; "" for a board that is not known. */
  find(deviceId: string): string {
    return Buffer.from(this.keys.get(deviceId) ?? "", "hex").toString("latin1");
  }

  async keep(deviceId: string, key: string): Promise<void> {
    this.keys.set(deviceId, Buffer.from(key, "latin1").toString("hex"));
    if (this.path === "") return;
    const text = `${JSON.stringify(Object.fromEntries(this.keys), null, 2)}\n`;
    await writeFileAtomic(this.path, text, { mode: FILE_MODE });
  }
}

function read(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Misuse(`the --key-file ${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) {
      return found as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw strange(path);
}

function strange(path: string): Misuse {
  return new Misuse(`the --key-file ${path} does not hold keys of boards: name another one`);
}
