/**
 * The interpreter's console without the interpreter: it reads lines as Espruino does, evaluates
 * them in Node, and has a Storage that behaves like flash. It stands in where no `ESPRUINO` is,
 * and where a test needs a chip, a damaged line, a board that falls asleep.
 */
import { createContext, runInContext, type Context } from "node:vm";
import { crc32 } from "node:zlib";
import type { Line } from "../../../flash/line.js";

const BANNER = "\r\n ____                 _ \r\n         |_| espruino.com\r\n 2v29 (c) 2026 G.Williams\r\n\r\n>";
const HEADER_BYTES = 32;

export interface Kind {
  board: string;
  version: string;
  modules: string;
  jsVars: number;
  storageBytes: number;
}

export const LINUX: Kind = {
  board: "LINUX", version: "2v29.277", jsVars: 4096, storageBytes: 262144,
  modules: "timer,Flash,Storage,heatshrink,fs,net,dgram,tls,http,NetworkJS,TelnetServer,crypto",
};
export const CHIP: Kind = {
  board: "ESP32", version: "2v29", jsVars: 5000, storageBytes: 917504,
  modules: "Flash,Storage,net,dgram,http,tls,Wifi,TelnetServer,crypto,neopixel,ESP32",
};

export class FakeConsole {
  /** Everything that the console said. */
  text = "";
  onText: (text: string) => void = () => undefined;
  files = new Map<string, string>();
  trashBytes = 0;
  compactions = 0;
  reboots = 0;
  hasBluetooth = false;
  pins: string[] = [];
  /** Of the chip, outside of Storage. */
  erased: number[] = [];
  /** The length of the application that was begun; 0 before. */
  started = 0;
  /** What a bad cable does to a line on its way; "" loses it. */
  damage: (line: string) => string = (line) => line;
  /** Nobody reads the console any more. */
  isDeaf = false;
  /** Why the chip was reset: 1 is power. */
  cause = 1;
  private line = "";
  private isSilent = false;
  private timers = new Set<NodeJS.Timeout>();
  private context: Context = createContext({});

  constructor(readonly kind: Kind) {
    this.boot();
  }

  /** As if the power had been cut, or EN pressed. */
  reset(cause = 1): void {
    this.cause = cause;
    this.halt();
    this.line = "";
    this.boot();
  }

  halt(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  feed(text: string): void {
    if (this.isDeaf) return;
    for (const letter of text) this.key(letter);
  }

  /** In place of a wire; `reset` is what its RTS does. */
  wire(): Line {
    const line: Line = {
      onText: () => undefined, onClosed: () => undefined,
      write: async (text) => void setTimeout(() => this.feed(text), 0),
      reset: async () => {
        this.isDeaf = false;
        this.reset();
        return true;
      },
      close: async () => undefined,
    };
    this.onText = (text) => line.onText(text);
    return line;
  }

  private key(letter: string): void {
    if (letter === "\x03") {
      this.line = "";
      this.isSilent = false;
      return this.say("\r\x1b[J>");
    }
    if (letter === "\x10" && this.line === "") {
      this.isSilent = true;
      return;
    }
    if (letter !== "\n") {
      this.line += letter;
      if (!this.isSilent) this.say(letter);
      return;
    }
    const line = this.damage(this.line);
    this.line = "";
    this.isSilent = false;
    if (line !== "") this.evaluate(line);
    this.say(">");
  }

  private say(text: string): void {
    this.text += text;
    this.onText(text);
  }

  private evaluate(code: string): void {
    try {
      runInContext(code, this.context);
    } catch (error) {
      this.say(`Uncaught ${(error as Error).name}: ${(error as Error).message}\r\n`);
    }
  }

  private boot(): void {
    this.context = createContext(this.globals());
    const boot = this.files.get(".boot0");
    if (boot) this.evaluate(boot);
    this.say(BANNER);
  }

  private later(what: string | ((value: unknown) => void), ms: number, value?: unknown): unknown {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      // The firmware itself is not run here; that it would be is what counts.
      if (typeof what === "string") this.started = what.length;
      else what(value);
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  private globals(): { [name: string]: unknown } {
    const { kind } = this;
    const stop = (): void => this.halt();
    const isChip = kind.board.startsWith("ESP32");
    return {
      ...Object.fromEntries([...Array(40).keys()].map((pin) => [`D${pin}`, `D${pin}`])),
      print: (...what: unknown[]) => this.say(`${what.join(" ")}\r\n`),
      setTimeout: (what: string, ms: number, value: unknown) => this.later(what, ms, value),
      clearTimeout: stop, clearInterval: stop, clearWatch: () => undefined,
      atob: (text: string) => Buffer.from(text, "base64").toString("latin1"),
      btoa: (text: string) => Buffer.from(text, "latin1").toString("base64"),
      reset: () => this.later(() => this.boot(), 0),
      pinMode: (pin: string, mode: string) => this.pins.push(`${pin} ${mode}`),
      digitalWrite: (pin: string, level: number) => this.pins.push(`${pin} ${level}`),
      peek32: () => this.cause,
      process: {
        env: {
          VERSION: kind.version, BOARD: kind.board, MODULES: kind.modules,
          SERIAL: isChip ? "24:0a:c4:00:01:10" : "00000000-addeadde",
        },
        memory: () => ({ total: this.hasBluetooth ? 3200 : kind.jsVars }),
      },
      E: {
        CRC32: (text: string) => crc32(Buffer.from(text, "latin1")),
        enableWatchdog: () => undefined,
        reboot: () => {
          this.reboots++;
          this.later(() => this.reset(12), 0);
        },
      },
      ...(isChip ? { ESP32: this.chip() } : {}),
      require: (name: string) => this.module(name),
    };
  }

  private chip(): object {
    return {
      getState: () => ({ BLE: this.hasBluetooth }),
      enableBLE: (isOn: boolean) => {
        this.hasBluetooth = isOn;
        this.files.delete(".bootcde");
        this.later(() => this.reset(12), 0);
      },
    };
  }

  private module(name: string): object {
    if (name === "Storage") return this.storage();
    if (name === "TelnetServer") return { setOptions: () => this.pins.push("telnet off") };
    if (name === "fs") return { statSync: () => undefined };
    return {
      erasePage: (address: number) => void this.erased.push(address),
      read: (count: number) => new Uint8Array(count).fill(0xff),
    };
  }

  private usedBytes(): number {
    return [...this.files.values()]
      .reduce((sum, text) => sum + HEADER_BYTES + Math.ceil(text.length / 4) * 4, 0);
  }

  private storage(): object {
    const { files } = this;
    const free = (): number => this.kind.storageBytes - this.usedBytes() - this.trashBytes;
    const erase = (name: string): void => {
      this.trashBytes += HEADER_BYTES + Math.ceil((files.get(name) ?? "").length / 4) * 4;
      files.delete(name);
    };
    return {
      list: () => [...files.keys()],
      getFree: free,
      getStats: () => ({
        totalBytes: this.kind.storageBytes, freeBytes: free(), trashBytes: this.trashBytes,
      }),
      read: (name: string, at = 0, count?: number) => files.has(name)
        ? files.get(name)!.substring(at, count === undefined ? undefined : at + count) : undefined,
      erase: (name: string) => files.has(name) && erase(name),
      eraseAll: () => files.clear(),
      compact: () => {
        this.compactions++;
        this.trashBytes = 0;
      },
      write: (name: string, data: string, at = 0, size = 0) => {
        const bytes = size || data.length;
        const old = files.get(name);
        if (at === 0 && old === data && bytes === data.length) return true;
        const isBlank = old?.length === bytes && /^\xff*$/.test(old);
        if (at === 0 && !isBlank) {
          if (old !== undefined) erase(name);
          if (free() < HEADER_BYTES + bytes) throw new Error("Unable to find or create file");
          files.set(name, "\xff".repeat(bytes));
        }
        const text = files.get(name);
        if (text === undefined) throw new Error("Unable to find or create file");
        if (at + data.length > text.length) throw new Error("Too much data for file size");
        if (!/^\xff*$/.test(text.substr(at, data.length))) {
          throw new Error("File already written with different data");
        }
        files.set(name, text.substring(0, at) + data + text.substring(at + data.length));
        return true;
      },
    };
  }
}
