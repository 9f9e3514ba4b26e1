/** XEP-0325 as the one who switches speaks it. */
import xml, { type Element } from "@xmpp/xml";
import type { NodeRef } from "../../authority/rule.js";
import { parseFailure } from "../../authority/stanza.js";
import { printNodes } from "./sensor.js";

export const NS_CONTROL = "urn:xmpp:iot:control";

export interface Parameter {
  name: string;
  /** The element: boolean, int, string, … */
  kind: string;
  value: string;
}

export interface SetRequest {
  nodes?: (string | NodeRef)[];
  parameters: Parameter[];
}

/** What was really done, where that is less than what was asked for; empty lists: all of it. */
export interface Done {
  nodes: string[];
  parameters: string[];
}

export function printSetRequest(to: string, request: SetRequest): Element {
  return xml("iq", { type: "set", to },
    xml("set", { xmlns: NS_CONTROL },
      ...printNodes(request.nodes),
      ...request.parameters.map(({ name, kind, value }) => xml(kind, { name, value }))));
}

export function parseSetResponse(iq: Element): Done | null {
  const response = iq.getChild("setResponse", NS_CONTROL);
  if (!response) return null;
  return {
    nodes: response.getChildren("node").map((node) => node.attrs["nodeId"] ?? ""),
    parameters: response.getChildren("parameter").map((one) => one.attrs["name"] ?? ""),
  };
}

/** The older dialect (XEP-0325 v0.2) says why in a responseCode. */
export function parseSetFailure(iq: Element): { condition: string; text: string } {
  const { condition, text } = parseFailure(iq);
  const code = iq.getChild("setResponse", NS_CONTROL)?.attrs["responseCode"] ?? "";
  return { condition, text: text || code };
}
