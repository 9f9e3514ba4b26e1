/**
 * What the authority must not forget: its rules, the devices that ask it, which of them have not
 * yet acknowledged a change, and the tokens that it gave out. One JSON file, replaced in one step;
 * without a file, memory only.
 */
import { readFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { bareJid } from "./jid.js";
import { ANYBODY, type Rule, parseRule } from "./rule.js";

const FORMAT = 1;
export const RULES_MAX = 100000;
/** Only the owner reads who may open which door. */
const FILE_MODE = 0o600;

export interface DeviceRecord {
  jid: string;
  /** It has asked us who its friends are, so it may be told to end friendships. */
  hasAsked: boolean;
  /** It lets us see its presence. */
  isSubscribed: boolean;
  /** A rule has changed since it last cleared its cache. */
  isStale: boolean;
  /** The full JIDs where it was when it was last heard of. */
  lastJids: string[];
}

/** Whom a token stands for. */
export interface TokenRecord {
  jid: string;
  /** X.509, DER in base64. */
  certificate: string;
}

interface Content {
  rules: unknown[];
  devices: DeviceRecord[];
  tokens: [string, TokenRecord][];
}

export class Store {
  readonly devices = new Map<string, DeviceRecord>();
  readonly tokens = new Map<string, TokenRecord>();
  private readonly byPair = new Map<string, Rule>();
  private saving: Promise<void> | null = null;
  private isDirty = false;

  constructor(private readonly file = "") {}

  /** Throws when the file is there but cannot be believed: better no start than other rules. */
  async load(): Promise<void> {
    if (!this.file) return;
    const text = await readFile(this.file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    if (!text) return;
    const content = parseContent(text, this.file);
    for (const entry of content.rules) {
      const rule = parseRule(entry);
      if (typeof rule === "string") throw new Error(`${this.file}: ${rule}`);
      this.byPair.set(keyOf(rule.device, rule.peer), rule);
    }
    for (const device of content.devices) {
      if (!device.jid || bareJid(device.jid) !== device.jid) {
        throw new Error(`${this.file}: not a device: "${device.jid}"`);
      }
      this.devices.set(device.jid, device);
    }
    for (const [token, owner] of content.tokens) this.tokens.set(token, owner);
  }

  rules(): Rule[] {
    return [...this.byPair.values()];
  }

  rule(device: string, peer: string): Rule | undefined {
    return this.byPair.get(keyOf(device, peer));
  }

  /** All that speak about the pair: what a question needs, however many rules there are. */
  about(device: string, peer: string): Rule[] {
    const keys = new Set([device, ANYBODY].flatMap((one) =>
      [peer, ANYBODY].map((other) => keyOf(one, other))));
    return [...keys].flatMap((key) => this.byPair.get(key) ?? []);
  }

  /** False when nothing changes. */
  put(rule: Rule): boolean {
    const key = keyOf(rule.device, rule.peer);
    const before = this.byPair.get(key);
    if (JSON.stringify(before) === JSON.stringify(rule)) return false;
    if (!before && this.byPair.size >= RULES_MAX) throw new Error("too many rules");
    this.byPair.set(key, rule);
    return true;
  }

  remove(device: string, peer: string): boolean {
    return this.byPair.delete(keyOf(device, peer));
  }

  /** Resolves when what is in memory now is in the file. */
  async save(): Promise<void> {
    if (!this.file) return;
    this.isDirty = true;
    this.saving ??= this.write().finally(() => { this.saving = null; });
    return this.saving;
  }

  private async write(): Promise<void> {
    while (this.isDirty) {
      this.isDirty = false;
      const content = { format: FORMAT, rules: this.rules(), devices: [...this.devices.values()],
        tokens: Object.fromEntries(this.tokens) };
      await writeFileAtomic(this.file, `${JSON.stringify(content, null, 2)}\n`,
        { mode: FILE_MODE });
    }
  }
}

function keyOf(device: string, peer: string): string {
  return `${device} ${peer}`;
}

function parseContent(text: string, file: string): Content {
  const content = parseJson(text, file) as
    { format?: unknown; rules?: unknown; devices?: unknown; tokens?: Record<string, TokenRecord> };
  if (content.format !== FORMAT) throw new Error(`${file}: format ${String(content.format)}`);
  if (!Array.isArray(content.rules) || !Array.isArray(content.devices)) {
    throw new Error(`${file}: rules and devices are lists`);
  }
  const tokens = Object.entries(content.tokens ?? {}).filter(([, owner]) =>
    typeof owner?.jid === "string" && typeof owner.certificate === "string");
  return { rules: content.rules, devices: content.devices.map(recordOf), tokens };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

function recordOf(value: Partial<DeviceRecord> | null): DeviceRecord {
  return {
    jid: String(value?.jid ?? ""),
    hasAsked: value?.hasAsked === true,
    isSubscribed: value?.isSubscribed === true,
    isStale: value?.isStale === true,
    lastJids: (Array.isArray(value?.lastJids) ? value.lastJids : [])
      .filter((one) => typeof one === "string" && bareJid(one) === value?.jid),
  };
}
