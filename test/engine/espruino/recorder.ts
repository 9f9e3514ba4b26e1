/**
 * Writes down everything that goes into a device and everything it does, call by call, so that
 * the same firmware can be led through the same life on another engine (replay.js).
 *
 * One JSON array a line: what is called, its arguments, and last what came back. An octet string
 * that is not plain ASCII is `{"b": base64}`, a run of 0xFF `{"f": length}`, NaN `{"n": 0}`.
 */
import { Device } from "../../../firmware/device.js";
import type { Settings } from "../../../firmware/setting.js";
import type { NodeSpec } from "../../../firmware/thing/node.js";
import type { Hal, SocketListener, Socket } from "../../../hal/hal.js";

type Call = (...values: any[]) => any;

export class Recorder {
  lines: string[] = [];
  private serial = 0;

  note(...entry: unknown[]): void {
    this.lines.push(JSON.stringify(entry, encode));
  }

  id(): number {
    return ++this.serial;
  }

  /** `object`, with every call of these methods written down as `name.method`. */
  watch<T extends object>(name: string, object: T, methods: (keyof T & string)[]): T {
    const watched = Object.create(object) as T;
    for (const method of methods) {
      (watched as Record<string, Call>)[method] = (...values) => {
        const result = (object[method] as Call).apply(object, values);
        this.note(`${name}.${method}`, ...values, result ?? null);
        return result;
      };
    }
    return watched;
  }

  hal(hal: Hal): Hal {
    return {
      ...hal,
      clock: this.watch("clock", hal.clock, ["nowMs", "utcMs"]),
      random: this.watch("random", hal.random, ["bytes"]),
      flash: this.watch("flash", hal.flash, ["read", "write", "erase"]),
      led: this.watch("led", hal.led, ["write"]),
      button: this.watch("button", hal.button, ["read"]),
      identity: hal.identity && this.watch("identity", hal.identity, ["certificate", "decrypt"]),
      restart: (why) => this.note("hal.restart", why, null),
      network: {
        verifies: hal.network.verifies,
        isUp: () => {
          const isUp = hal.network.isUp();
          this.note("network.isUp", isUp);
          return isUp;
        },
        connect: (endpoint, listener) => {
          const id = this.id();
          this.note("network.connect", endpoint, id);
          return this.socket(id, hal.network.connect(endpoint, this.listener(id, listener)));
        },
      },
    };
  }

  nodes(nodes: NodeSpec[]): NodeSpec[] {
    return nodes.map(({ nodeId, sensors, relays }, place) => ({
      nodeId,
      sensors: sensors.map((sensor, i) =>
        ({ ...sensor, input: this.watch(`input${place}.${i}`, sensor.input, ["read"]) })),
      relays: relays.map((relay, i) =>
        ({ ...relay, output: this.watch(`output${place}.${i}`, relay.output, ["write"]) })),
    }));
  }

  private socket(id: number, socket: Socket): Socket {
    return this.watch(`socket${id}`, socket, ["writable", "write", "close"]);
  }

  private listener(id: number, listener: SocketListener): SocketListener {
    const tell = (event: string, told: (value: string) => void) => (value: string) => {
      this.note(event, id, value ?? null);
      told(value);
    };
    return {
      onOpen: tell("onOpen", () => listener.onOpen()) as () => void,
      onBytes: tell("onBytes", (bytes) => listener.onBytes(bytes)),
      onDrain: tell("onDrain", () => listener.onDrain()) as () => void,
      onClosed: tell("onClosed", (why) => listener.onClosed(why)),
    };
  }
}

/** Where devices are recorded that are made from now on. */
export const record = { life: new Recorder() };

/** A device class in place of `original` whose instances are recorded. */
export function recorded(original: typeof Device): typeof Device {
  return class extends original {
    private readonly recorder: Recorder;
    private readonly serial: number;

    constructor(hal: Hal, nodes: NodeSpec[], settings: Settings) {
      const life = record.life;
      const serial = life.id();
      life.note("new", serial, nodes, settings, hal.identity !== null);
      super(life.hal(hal), life.nodes(nodes), settings);
      this.recorder = life;
      this.serial = serial;
    }

    override load(): void {
      this.recorder.note("load", this.serial);
      super.load();
    }

    override tick(nowMs: number): void {
      this.recorder.note("tick", this.serial, nowMs);
      super.tick(nowMs);
    }

    override stop(): void {
      this.recorder.note("stop", this.serial);
      super.stop();
    }
  };
}

function encode(key: string, value: unknown): unknown {
  if (key === "input" || key === "output") return undefined;
  if (Number.isNaN(value)) return { n: 0 };
  if (typeof value !== "string" || /^[\x20-\x7e]*$/.test(value)) return value;
  if (/^\xff+$/.test(value)) return { f: value.length };
  return { b: Buffer.from(value, "latin1").toString("base64") };
}
