/**
 * A virtual board: the firmware on the host HAL, and what can be seen and done from outside.
 * `npm run device` shows one of these, the demo shows it beside others.
 */
import type { Endpoint, Hal, Identity, Ticker } from "../hal.js";
import { HostClock } from "./clock.js";
import { HostCrypto } from "./crypto.js";
import { Driver } from "./driver.js";
import { sayFault } from "./fault.js";
import { createFlash } from "./flash.js";
import type { HostFlash } from "./flash.js";
import { VirtualButton, VirtualOutput } from "./gpio.js";
import type { VirtualAnalog, VirtualNode } from "./gpio.js";
import { HostRandom } from "./random.js";
import { HostNetwork } from "./network.js";
import { Tap } from "./tap.js";
import type { Direction, Stanza } from "./tap.js";
import { fromWire } from "./text.js";

/** What is left of the second that SIGTERM allows, after the process's own work. */
const FAREWELL_MS = 500;

export interface FirmwareStatus {
  jid: string;
  online: boolean;
  why: string;
  trust: string[];
  friends: string[];
  pattern: string;
  entries: number;
  hits: number;
  misses: number;
  fault: number;
  defect: number;
}

/** The device as its board sees it: firmware/device.ts, or a fake. */
export interface Firmware extends Ticker {
  load(): void;
  /** Ends the stream politely. */
  stop(): void;
  status(): FirmwareStatus;
}

export type BoardEvent =
  | { type: "led"; on: boolean }
  | { type: "relay"; node: string; on: boolean }
  | { type: "online"; jid: string }
  | { type: "offline"; why: string }
  | { type: "trust"; jid: string }
  | { type: "stanza"; dir: Direction; xml: string };

export interface BoardOptions {
  nodes: VirtualNode[];
  createFirmware(hal: Hal, nodes: VirtualNode[]): Firmware;
  /** None: nothing outlives the board. */
  flash?: HostFlash;
  /** None: the board can do no RSA, and gets no token. */
  identity?: Identity;
  /** PEM texts that take the place of the system's authorities. */
  ca?: string[];
  /** One line of the log; never a secret in it. */
  log?(line: string): void;
  /** The firmware gave up and wants to begin again. */
  restart?(why: string): void;
}

export class Board {
  readonly button = new VirtualButton();
  readonly nodes: VirtualNode[];
  readonly hal: Hal;
  private readonly led = new VirtualOutput();
  private readonly network: HostNetwork;
  private readonly flash: HostFlash;
  private readonly firmware: Firmware;
  private readonly driver: Driver;
  private readonly tap = new Tap((dir, stanza) => this.onStanza(dir, stanza));
  private readonly listeners = new Set<(event: BoardEvent) => void>();
  private last: FirmwareStatus = NOTHING;
  /** Of a server that stays away the same is said once. */
  private lastWhy = "";

  constructor(private readonly options: BoardOptions) {
    this.nodes = options.nodes;
    this.flash = options.flash ?? createFlash();
    this.network = new HostNetwork({ ca: options.ca, observer: this });
    const clock = new HostClock();
    this.hal = {
      clock, random: new HostRandom(), flash: this.flash, network: this.network,
      crypto: new HostCrypto(), identity: options.identity ?? null,
      led: this.led, button: this.button,
      restart: (why) => this.restart(why),
    };
    this.firmware = options.createFirmware(this.hal, this.nodes);
    this.driver = new Driver(clock, this.firmware, () => this.compare());
    this.button.onChange = () => setImmediate(() => this.sampleButton());
    this.led.onChange = (on) => this.emit({ type: "led", on });
    for (const node of this.nodes) {
      for (const relay of node.relays) {
        relay.output.onChange = (on) => this.emit({ type: "relay", node: node.nodeId, on });
      }
    }
  }

  start(): void {
    this.firmware.load();
    this.driver.start();
  }

  /** Takes leave of the server, and resolves when that is done or has taken too long. */
  async stop(): Promise<void> {
    this.driver.stop();
    this.firmware.stop();
    await this.network.closeAll(FAREWELL_MS);
    this.flash.close();
  }

  /** Returns how to stop listening. */
  listen(listener: (event: BoardEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** As VIRTUAL-BOARD promises it for `GET /state`. */
  state(): object {
    const { pattern, online, jid, trust, friends, entries, hits, misses } = this.firmware.status();
    const relays: Record<string, boolean> = {};
    for (const node of this.nodes) {
      for (const relay of node.relays) relays[node.nodeId] = relay.output.on;
    }
    const sensors: Record<string, number> = {};
    for (const [name, input] of this.inputs()) sensors[name] = input.value;
    return {
      led: { on: this.led.on, pattern }, relays, sensors, online,
      jid: jid === "" ? null : fromWire(jid),
      trust: trust.map(fromWire), friends: friends.map(fromWire),
      cache: { entries, hits, misses },
      flash: { bytesWritten: this.flash.bytesWritten, erases: this.flash.erases },
    };
  }

  /** The sensors' pins by the names of their fields. */
  inputs(): Map<string, VirtualAnalog> {
    const sensors = this.nodes.flatMap((node) => node.sensors);
    return new Map(sensors.map((sensor) => [fromWire(sensor.name), sensor.input]));
  }

  onConnect(endpoint: Endpoint): void {
    this.tap.reset();
    const how = endpoint.secure ? "TLS" : "plain";
    this.log(`connect ${fromWire(endpoint.host)}:${endpoint.port} ${how}`);
  }

  onTraffic(dir: Direction, bytes: string): void {
    this.tap.push(dir, bytes);
  }

  onClosed(why: string): void {
    this.log(`closed ${why}`);
  }

  onEvent(): void {
    this.driver.tick();
  }

  private onStanza(dir: Direction, stanza: Stanza): void {
    this.log(`${dir} ${stanza.summary}`);
    this.emit({ type: "stanza", dir, xml: stanza.xml });
  }

  /** The firmware believes two equal samples; a click shorter than a tick counts, too. */
  private sampleButton(): void {
    this.driver.tick();
    this.driver.tick();
  }

  /** What the last tick changed becomes events. */
  private compare(): void {
    const was = this.last;
    const is = this.firmware.status();
    this.last = { ...is, trust: [...is.trust], friends: [...is.friends] };
    if (is.pattern !== was.pattern) this.log(`led ${is.pattern}`);
    const isNew = is.online && (!was.online || is.jid !== was.jid);
    if (isNew) {
      this.lastWhy = "";
      this.emit({ type: "online", jid: fromWire(is.jid) });
    }
    const why = sayFault(is.fault, fromWire(is.why));
    if (!is.online && (was.online || (is.fault !== 0 && why !== this.lastWhy))) {
      this.lastWhy = why;
      this.emit({ type: "offline", why });
    }
    if (is.defect !== was.defect) this.log(`defect ${sayFault(is.defect, "")}`);
    for (const jid of is.trust) {
      if (!was.trust.includes(jid)) this.emit({ type: "trust", jid: fromWire(jid) });
    }
  }

  private emit(event: BoardEvent): void {
    if (event.type === "relay") this.log(`relay ${event.node} ${event.on ? "on" : "off"}`);
    if (event.type === "online") this.log(`online ${event.jid}`);
    if (event.type === "offline") this.log(`offline ${event.why}`);
    if (event.type === "trust") this.log(`trust ${event.jid}`);
    for (const listener of this.listeners) listener(event);
  }

  private restart(why: string): void {
    this.driver.stop();
    this.log(`restart ${why}`);
    this.options.restart?.(why);
  }

  private log(line: string): void {
    this.options.log?.(line);
  }
}

const NOTHING: FirmwareStatus = {
  jid: "", online: false, why: "", trust: [], friends: [], pattern: "",
  entries: 0, hits: 0, misses: 0, fault: 0, defect: 0,
};
