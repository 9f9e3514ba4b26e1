/**
 * The interpreter's names, as far as hal/espruino uses them on the chip, with behaviour: pins
 * that hold levels, a flash with a fence, a Wi-Fi that is switched by the test.
 */
export class Chip {
  readonly pins: { [pin: string]: { mode: string; level: number; analog: number } } = {};
  readonly printed: string[] = [];
  /** Everything in the order in which it was done to the pins. */
  readonly done: string[] = [];
  readonly flash = new Uint8Array(4 * 1024 * 1024).fill(0xff);
  joins: string[] = [];
  /** There is one from the start, of the interpreter. */
  hasAccessPoint = true;
  /** Each network of our own as it was opened: ssid, authMode, channel. */
  opened: string[] = [];
  /** So often `stopAP` changes nothing. */
  stubborn = 0;
  /** How often `connect` was told to start what runs already: nothing comes of that. */
  vain = 0;
  channel = 6;
  status = "off";
  ip = "0.0.0.0";
  names: { [name: string]: string } = {};
  /** The networks in sight of a scan. */
  air: string[] = [];
  scans = 0;
  leaves = 0;
  kicks = 0;
  freeJsVars = 3000;
  freeHeap = 60000;
  /** What was noted in the file of `.boot0`. */
  notes: string[] = [];

  pin(name: string) {
    return this.pins[name] ??= { mode: "", level: 0, analog: 0 };
  }

  /** What becomes global. */
  globals(): { [name: string]: unknown } {
    return {
      print: (line: string) => this.printed.push(line),
      pinMode: (pin: string, mode: string) => {
        this.pin(pin).mode = mode;
        this.done.push(`${pin} ${mode}`);
      },
      digitalWrite: (pin: string, level: number) => {
        this.pin(pin).level = level;
        this.done.push(`${pin} ${level}`);
      },
      digitalRead: (pin: string) => this.pin(pin).level,
      analogRead: (pin: string) => this.pin(pin).analog,
      E: {
        toString: (octets: Uint8Array) => Buffer.from(octets).toString("latin1"),
        kickWatchdog: () => this.kicks++,
      },
      ESP32: { getState: () => ({ freeHeap: this.freeHeap }) },
      boot: { note: (entry: string) => this.notes.push(entry) },
      process: Object.create(process, { memory: { value: () => ({ free: this.freeJsVars }) } }),
    };
  }

  module(name: string): object {
    if (name === "Flash") return this.flashModule();
    if (name === "Wifi") return this.wifiModule();
    throw new Error(`no module ${name}`);
  }

  private flashModule(): object {
    return {
      read: (count: number, address: number) => this.flash.slice(address, address + count),
      write: (bytes: string, address: number) => {
        if (bytes.length > 1024) throw new Error("Not enough stack memory for data");
        Buffer.from(bytes, "latin1").forEach((octet, i) => (this.flash[address + i]! &= octet));
      },
      erasePage: (address: number) => this.flash.fill(0xff, address, address + 4096),
    };
  }

  private wifiModule(): object {
    return {
      startAP: (ssid: string, { authMode, channel }: { authMode: string; channel: number }) => {
        this.hasAccessPoint = true;
        this.opened.push(`${ssid} ${authMode} ${channel}`);
      },
      stopAP: () => {
        if (this.stubborn > 0) this.stubborn--;
        else this.hasAccessPoint = false;
      },
      getStatus: () => {
        const station = this.joins.length > 0 ? "STA" : "";
        const mode = (this.hasAccessPoint ? "AP" : "") + station || "NULL";
        return this.status === "connected" ? { mode, channel: this.channel } : { mode };
      },
      connect: (ssid: string, { password }: { password: string }) => {
        if (this.hasAccessPoint && this.status !== "connected") this.vain++;
        this.joins.push(`${ssid} ${password}`);
      },
      disconnect: () => {
        this.leaves++;
        this.status = "ASSOC_LEAVE";
        this.ip = "0.0.0.0";
      },
      scan: (done: (found: { ssid: string }[]) => void) => {
        this.scans++;
        done(this.air.map((ssid) => ({ ssid })));
      },
      // Of the network that it was told last, whether it is there or not.
      getDetails: () => ({ status: this.status,
        ssid: this.joins.at(-1)?.replace(/ [^ ]*$/, "") ?? "home" }),
      getIP: () => ({ ip: this.ip }),
      getHostByName: (name: string, found: (address: string | null) => void) =>
        setTimeout(() => found(this.names[name] ?? null), 0),
    };
  }
}
