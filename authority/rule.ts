/**
 * Who may do what, as pure functions. A rule speaks about one device and one peer, each a bare JID
 * or "*". For every question the most specific rule that has an opinion decides:
 *
 *   device, peer  >  device, *  >  *, peer  >  *, *
 *
 * and without an opinion the answer is no. An answer never holds anything that was not asked for.
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

interface Asked {
  device: string;
  peer: string;
}

export interface FriendQuestion extends Asked {
  kind: "friend";
}

export interface ReadQuestion extends Asked {
  kind: "read";
  nodes: NodeRef[];
  fields: string[];
  types: string[];
}

export interface ControlQuestion extends Asked {
  kind: "control";
  nodes: NodeRef[];
  parameters: string[];
}

export type Question = FriendQuestion | ReadQuestion | ControlQuestion;

/** A list is present only where it is narrower than what was asked for. */
export interface Answer {
  result: boolean;
  /** False when no rule had an opinion. */
  isRuled: boolean;
  secondaryTrust: boolean;
  nodes?: NodeRef[];
  /** Fields of a read, parameters of a control. */
  names?: string[];
  types: string[];
}

export function decide(rules: readonly Rule[], question: Question): Answer {
  const matching = matchingRules(rules, question.device, question.peer);
  if (question.kind === "friend") return decideFriend(matching);
  const types = question.kind === "read" ? question.types : [];
  const rule = matching.find((one) => one[question.kind] !== undefined);
  const denied = { result: false, isRuled: rule !== undefined, secondaryTrust: false, types };
  const scope = rule?.[question.kind];
  if (!scope) return denied;
  const granted = { ...denied, result: true };
  if (scope === true) return granted;
  const nodes = narrow(question.nodes, scope.nodes, isSameNode);
  const names = question.kind === "read"
    ? narrow(question.fields, (scope as ReadScope).fields, isSame)
    : narrow(question.parameters, (scope as ControlScope).parameters, isSame);
  const kinds = question.kind === "read" ? narrowTypes(types, (scope as ReadScope).types) : types;
  if (nodes === null || names === null || kinds === null) return denied;
  return { ...granted, types: kinds, ...nodes && { nodes }, ...names && { names } };
}

/** Those that speak about the pair, the most specific first. */
export function matchingRules(rules: readonly Rule[], device: string, peer: string): Rule[] {
  const weight = (rule: Rule): number =>
    (rule.device === ANYBODY ? 0 : 2) + (rule.peer === ANYBODY ? 0 : 1);
  return rules
    .filter((rule) => [device, ANYBODY].includes(rule.device))
    .filter((rule) => [peer, ANYBODY].includes(rule.peer))
    .sort((one, other) => weight(other) - weight(one));
}

export function isSameNode(one: NodeRef, other: NodeRef): boolean {
  return one.nodeId === other.nodeId
    && (one.sourceId ?? "") === (other.sourceId ?? "")
    && (one.cacheType ?? "") === (other.cacheType ?? "");
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

function decideFriend(matching: Rule[]): Answer {
  const friend = matching.find((rule) => rule.friend !== undefined)?.friend;
  const trust = matching.find((rule) => rule.secondaryTrust !== undefined)?.secondaryTrust;
  return { result: friend ?? false, isRuled: friend !== undefined,
    secondaryTrust: trust ?? false, types: [] };
}

/** Undefined: as asked. Null: nothing is left. */
function narrow<T>(
  asked: T[], allowed: T[] | undefined, isEqual: (one: T, other: T) => boolean,
): T[] | undefined | null {
  if (!allowed) return undefined;
  // Nothing listed means everything there is, so what is allowed of that is what the rule lists.
  const left = asked.length === 0 ? allowed
    : asked.filter((one) => allowed.some((other) => isEqual(one, other)));
  if (left.length === 0) return null;
  return left.length === asked.length ? undefined : left;
}

function narrowTypes(asked: string[], allowed: string[] | undefined): string[] | null {
  if (!allowed) return asked;
  const wanted = expandTypes(asked);
  const granted = expandTypes(allowed);
  const left = wanted.filter((type) => granted.includes(type));
  if (left.length === 0) return null;
  return left.length === wanted.length ? asked : left;
}

function expandTypes(types: string[]): string[] {
  return FIELD_TYPES.filter((type) => types.includes(type) || types.includes("all")
    || (types.includes("historical") && HISTORICAL_TYPES.includes(type)));
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

function isSame(one: string, other: string): boolean {
  return one === other;
}
