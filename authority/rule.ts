/**
 * What a rule is: it speaks about one device and one peer, each a bare JID or "*". What it means
 * for a question is in decision.ts.
 */
import { bareJid } from "./jid.js";

export const ANYBODY = "*";

/** Entries of any list in a rule, and of any list in a question. */
export const LIST_MAX = 256;
export const NAME_CHARACTERS_MAX = 1023;

/** XEP-0323: what kinds of field there are; `all` and `historical` are shorthands on the wire. */
export const HISTORICAL_TYPES = [
  "historicalSecond", "historicalMinute", "historicalHour", "historicalDay", "historicalWeek",
  "historicalMonth", "historicalQuarter", "historicalYear", "historicalOther",
];
export const FIELD_TYPES = [
  "momentary", "peak", "status", "computed", "identity", ...HISTORICAL_TYPES,
];
export const TYPE_WORDS = [...FIELD_TYPES, "all", "historical"];

/** A node without sourceId is another node than one with (XEP-0324 "largesubsystems"). */
export interface NodeRef {
  nodeId: string;
  sourceId?: string;
  cacheType?: string;
}

/** A list that is absent allows everything; an empty one nothing. */
export interface ReadScope {
  nodes?: NodeRef[];
  fields?: string[];
  types?: string[];
}

export interface ControlScope {
  nodes?: NodeRef[];
  parameters?: string[];
}

/** An aspect that is absent is no opinion. */
export interface Rule {
  device: string;
  peer: string;
  friend?: boolean;
  /** May the device, when this peer is refused, look for trust elsewhere? Default: no */
  secondaryTrust?: boolean;
  read?: boolean | ReadScope;
  control?: boolean | ControlScope;
}

/** The rule in canonical form, or a sentence saying why it is none. */
export function parseRule(value: unknown): Rule | string {
  if (!isRecord(value)) return "a rule is an object";
  const device = partyOf(value["device"]);
  const peer = partyOf(value["peer"]);
  if (!device || !peer) return "device and peer are bare JIDs or \"*\"";
  const rule: Rule = { device, peer };
  for (const name of ["friend", "secondaryTrust"] as const) {
    const flag = value[name];
    if (flag === undefined) continue;
    if (typeof flag !== "boolean") return `${name} is true or false`;
    rule[name] = flag;
  }
  const read = parseScope(value["read"], ["fields", "types"]);
  const control = parseScope(value["control"], ["parameters"]);
  if (typeof read === "string") return `read: ${read}`;
  if (typeof control === "string") return `control: ${control}`;
  if (read !== undefined) rule.read = read;
  if (control !== undefined) rule.control = control;
  if (typeof read === "object" && read.types?.some((type) => !TYPE_WORDS.includes(type))) {
    return "read: types are those of XEP-0323";
  }
  return rule;
}

type Scope = boolean | (ReadScope & ControlScope);

function parseScope(value: unknown, lists: string[]): Scope | string | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  if (!isRecord(value)) return "true, false, or an object of lists";
  const odd = Object.keys(value).find((key) => key !== "nodes" && !lists.includes(key));
  if (odd) return `no such list: ${odd}`;
  const scope: Record<string, unknown> = {};
  for (const name of lists) {
    const list = value[name];
    if (list === undefined) continue;
    if (!isList(list) || !list.every(isName)) return `${name} is a list of names`;
    scope[name] = [...new Set(list)];
  }
  if (value["nodes"] !== undefined) {
    const nodes = isList(value["nodes"]) ? value["nodes"].map(parseNode) : [null];
    if (nodes.includes(null)) return "nodes is a list of node ids, or of {nodeId, sourceId}";
    scope["nodes"] = nodes;
  }
  return scope;
}

function parseNode(value: unknown): NodeRef | null {
  if (isName(value)) return { nodeId: value };
  if (!isRecord(value) || !isName(value["nodeId"])) return null;
  const node: NodeRef = { nodeId: value["nodeId"] };
  for (const name of ["sourceId", "cacheType"] as const) {
    const text = value[name];
    if (text === undefined) continue;
    if (!isName(text)) return null;
    node[name] = text;
  }
  return node;
}

function partyOf(value: unknown): string {
  return value === ANYBODY ? ANYBODY : typeof value === "string" ? bareJid(value) : "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length <= LIST_MAX;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= NAME_CHARACTERS_MAX;
}
