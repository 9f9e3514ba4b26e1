/** XEP-0323 as the one who reads speaks it: the request, and what comes back. */
import xml, { type Element } from "@xmpp/xml";
import type { NodeRef } from "../../authority/rule.js";
import { parseFailure } from "../../authority/stanza.js";

export const NS_SENSOR = "urn:xmpp:iot:sensordata";

export interface ReadRequest {
  /** Field types; default: momentary */
  types?: string[];
  nodes?: (string | NodeRef)[];
  fields?: string[];
}

export interface Field {
  node: string;
  timestamp: string;
  name: string;
  /** The element: numeric, string, boolean, int, … */
  kind: string;
  /** As sent: the number of decimals is information. */
  value: string;
  unit: string;
  types: string[];
}

export interface NodeFailure {
  node: string;
  text: string;
}

/** One message of a read-out. */
export interface Part {
  fields: Field[];
  failures: NodeFailure[];
  isDone: boolean;
}

const VALUE_KINDS = ["boolean", "date", "dateTime", "duration", "enum", "int", "long", "numeric",
  "string", "time", "timeSpan"];

export function printReadRequest(to: string, seqnr: number, request: ReadRequest): Element {
  const types = Object.fromEntries((request.types ?? ["momentary"]).map((type) => [type, "true"]));
  return xml("iq", { type: "get", to },
    xml("req", { xmlns: NS_SENSOR, seqnr: String(seqnr), ...types },
      ...printNodes(request.nodes),
      ...(request.fields ?? []).map((name) => xml("field", { name }))));
}

export function printNodes(nodes: (string | NodeRef)[] = []): Element[] {
  return nodes.map((node) =>
    xml("node", typeof node === "string" ? { nodeId: node } : { ...node }));
}

/** The part that a message carries for this read-out, or null. */
export function parsePart(message: Element, seqnr: number): Part | null {
  const children = message.getChildElements().filter((child) => child.getNS() === NS_SENSOR);
  const mine = children.filter((child) => child.attrs["seqnr"]?.trim() === String(seqnr));
  if (mine.length === 0) return null;
  return {
    fields: mine.filter((child) => child.getName() === "fields").flatMap(parseFields),
    failures: mine.filter((child) => child.getName() === "failure").flatMap(parseFailures),
    isDone: mine.some((child) => child.getName() === "done" || isTrue(child.attrs["done"])),
  };
}

/**
 * Why a read-out was refused. Devices of the older dialect put a text into <rejected/> and may
 * leave the stanza error out altogether (slixmpp 1.8.3 does).
 */
export function parseRejection(iq: Element): { condition: string; text: string } {
  const { condition, text } = parseFailure(iq);
  const rejected = iq.getChild("rejected", NS_SENSOR)?.getChildText("error") ?? "";
  return { condition, text: text || rejected };
}

function parseFields(fields: Element): Field[] {
  return fields.getChildren("node").flatMap((node) =>
    node.getChildren("timestamp").flatMap((timestamp) =>
      timestamp.getChildElements()
        .filter((value) => VALUE_KINDS.includes(value.getName()))
        .map((value) => parseField(node, timestamp, value))));
}

function parseField(node: Element, timestamp: Element, value: Element): Field {
  const { name = "", value: text = "", unit = "", ...flags } = value.attrs;
  return {
    node: node.attrs["nodeId"] ?? "",
    timestamp: timestamp.attrs["value"] ?? "",
    name,
    kind: value.getName(),
    value: text,
    unit,
    types: Object.keys(flags).filter((flag) => isTrue(flags[flag])),
  };
}

function parseFailures(failure: Element): NodeFailure[] {
  return failure.getChildren("error").map((error) =>
    ({ node: error.attrs["nodeId"] ?? "", text: error.getText().trim() }));
}

function isTrue(text: string | undefined): boolean {
  return text?.trim() === "true" || text?.trim() === "1";
}
