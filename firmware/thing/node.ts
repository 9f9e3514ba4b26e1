/**
 * What a board's definition says of its nodes: data, with the pins already attached.
 * Texts are wire bytes (UTF-8, one octet per character): a degree sign is "\xC2\xB0".
 */
import type { AnalogIn, DigitalOut } from "../../hal/hal.js";
import { nodeKey } from "../access/grant.js";

/** A numeric field (XEP-0323). `decimals` is kept in every value sent. */
export interface SensorSpec {
  /** Its field type, "momentary" unless it says otherwise. */
  type?: string;
  name: string;
  unit: string;
  decimals: number;
  input: AnalogIn;
  /** Name and unit as XML has them, where that is not what they are. Set by readout.ts, once. */
  label?: string;
  mark?: string;
}

/** A boolean control parameter (XEP-0325) that can be read as a field of the same name. */
export interface RelaySpec {
  name: string;
  output: DigitalOut;
}

/** Status fields for the provisioning server alone: "Refusal 1", "Refusal 2", … */
export interface Texts {
  name: string;
  lines(nowMs: number): string[];
}

export interface NodeSpec {
  nodeId: string;
  /** Where ids repeat: the source that this one is of, and the cache there (XEP-0326). */
  sourceId?: string;
  cacheType?: string;
  texts?: Texts;
  sensors: SensorSpec[];
  relays: RelaySpec[];
  /** Of the three the key in a list, and the attributes. Set by readout.ts, once. */
  key?: string;
  place?: string;
}

export function keyOf(node: NodeSpec): string {
  return nodeKey(node.nodeId, node.sourceId || "", node.cacheType || "");
}

/** What the board tells of itself, to its provisioning server alone. */
export function boardNode(texts: Texts, erases: AnalogIn): NodeSpec {
  return {
    nodeId: "device", texts, relays: [],
    sensors: [{ type: "status", name: "Erases", unit: "", decimals: 0, input: erases }],
  };
}
