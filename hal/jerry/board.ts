/**
 * What the C program says of its board (nodes, settings), and what it may call. Names are quoted
 * as in hal.ts.
 */
import type { Settings } from "../../firmware/setting.js";
import type { Status } from "../../firmware/thing/status.js";
import type { NodeSpec } from "../../firmware/thing/node.js";
import type { AnalogIn, DigitalOut, Ticker } from "../hal.js";
import type { Given, GivenNetwork } from "./hal.js";

const XMPPS_PORT = 5223;

class GivenSensor implements AnalogIn {
  constructor(
    private readonly given: Given,
    private readonly nodeId: string,
    private readonly name: string,
  ) {}

  read(): number {
    return this.given["sense"](this.nodeId, this.name);
  }
}

class GivenRelay implements DigitalOut {
  constructor(
    private readonly given: Given,
    private readonly nodeId: string,
    private readonly name: string,
  ) {}

  write(on: boolean): void {
    this.given["relay"](this.nodeId, this.name, on);
  }
}

/** From `nodes`: [{nodeId, sensors: [{name, unit, decimals}], relays: [{name}]}]. */
export function nodesOf(given: Given): NodeSpec[] {
  return given["nodes"].map((node: Given) => {
    const nodeId = node["nodeId"];
    return {
      nodeId,
      sensors: (node["sensors"] || []).map((one: Given) => ({
        name: one["name"], unit: one["unit"], decimals: one["decimals"],
        input: new GivenSensor(given, nodeId, one["name"]),
      })),
      relays: (node["relays"] || []).map((one: Given) => ({
        name: one["name"], output: new GivenRelay(given, nodeId, one["name"]),
      })),
    };
  });
}

/** From `settings`: all of it may be absent. */
export function settingsOf(given: Given): Settings {
  const from = given["settings"] || {};
  return {
    jid: from["jid"] || "",
    password: from["password"] || "",
    host: from["host"] || "",
    port: from["port"] || XMPPS_PORT,
    secure: from["secure"] !== false,
    provisioning: from["provisioning"] || "",
    windowMs: from["windowMs"] || 0,
  };
}

/** What C calls, from its own loop and never from inside one of its functions above. */
export function controls(device: Ticker & { status(): Status }, network: GivenNetwork): Given {
  return {
    "tick": (nowMs: number) => device.tick(nowMs),
    "opened": (number: number) => {
      const listener = network.listener(number);
      if (listener) listener.onOpen();
    },
    "received": (number: number, bytes: string) => {
      const listener = network.listener(number);
      if (listener) listener.onBytes(bytes);
    },
    "drained": (number: number) => {
      const listener = network.listener(number);
      if (listener) listener.onDrain();
    },
    "closed": (number: number, why: string) => {
      const listener = network.listener(number);
      if (listener) listener.onClosed(why);
    },
    "status": () => {
      const status = device.status();
      return {
        "account": status.account, "jid": status.jid, "online": status.online,
        "why": status.why, "trust": status.trust, "friends": status.friends,
        "entries": status.entries, "fault": status.fault, "defect": status.defect,
      };
    },
  };
}
