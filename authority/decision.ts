/**
 * Who may do what, as pure functions. For every question the most specific rule that has an
 * opinion decides:
 *
 *   device, peer  >  device, *  >  *, peer  >  *, *
 *
 * and without an opinion the answer is no. An answer never holds anything that was not asked for.
 */
import { ANYBODY, type ControlScope, FIELD_TYPES, HISTORICAL_TYPES, type NodeRef, type ReadScope,
  type Rule } from "./rule.js";

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

function isSame(one: string, other: string): boolean {
  return one === other;
}
