/**
 * What was asked and what was granted; pure. The effective right is request ∩ answer, and the
 * union of several servers' answers stays a list: n1/X from one and n2/Y from the other is
 * neither n1/Y nor n2/X (REQUIREMENTS D2).
 *
 * A List is a packed string of distinct, sorted names, \x01a\x01b\x01, so that order and
 * duplicates do not matter; "" is the list that does not restrict.
 */
import { has, items } from "../xml/list.js";

export type List = string;

export const enum Verb {
  Friend = "f",
  Read = "r",
  Control = "c",
}

/** One question to a provisioning server (XEP-0324 isFriend, canRead, canControl). */
export interface Question {
  verb: Verb;
  /** Bare JID of the caller; and the full one, which its tokens came from (no part of the key). */
  jid: string;
  from: string;
  /** As received, "" where there was none: service, device and user token. */
  tokens: string[];
  /** Field types of a read-out; "" for the other verbs. */
  types: List;
  nodes: List;
  /** Field names of a read-out, parameter names of a control request. */
  names: List;
}

/** What one server allows of a question; never more than was asked. */
export interface Grant {
  types: List;
  nodes: List;
  names: List;
}

/** The question whether somebody may be a friend. */
export function friendQuestion(bare: string): Question {
  return { verb: Verb.Friend, jid: bare, from: "", tokens: [], types: "", nodes: "", names: "" };
}

export function list(names: string[]): List {
  let packed = "";
  for (const name of names.slice(0).sort()) {
    if (packed === "") packed = "\x01";
    if (!has(packed, name)) packed += name + "\x01";
  }
  return packed;
}

/** A node's place in a list; source and cache type only where they are given (XEP-0326). */
export function nodeKey(nodeId: string, sourceId: string, cacheType: string): string {
  const isPlain = sourceId === "" && cacheType === "";
  return isPlain ? nodeId : nodeId + "\x02" + sourceId + "\x02" + cacheType;
}

/** Whether a list of field types takes one in: `all` and `historical` stand for several. */
export function covers(types: List, type: string): boolean {
  return types === "" || has(types, type) || has(types, "all") ||
    (type.substring(0, 10) === "historical" && has(types, "historical"));
}

/**
 * Whether a list of nodes takes one in. An id alone means all nodes that have it (XEP-0324
 * "largesubsystems"); with a source or a cache type it means that one.
 */
export function includes(nodes: List, key: string): boolean {
  return has(nodes, key) || (key.indexOf("\x02") >= 0 && has(nodes, key.split("\x02")[0]));
}

type Includes = (list: List, item: string) => boolean;

/** What is in both; the narrower word of either side holds. Null when that is nothing. */
function common(request: List, answer: List, isIn: Includes): List | null {
  if (answer === "" || answer === request) return request;
  if (request === "") return answer;
  const kept: string[] = [];
  for (const item of items(request)) if (isIn(answer, item)) kept.push(item);
  for (const item of items(answer)) if (isIn(request, item)) kept.push(item);
  return kept.length ? list(kept) : null;
}

/** Request ∩ answer; null when nothing is left, which is a refusal (ERRATA N10 included). */
export function intersect(question: Question, answer: Grant): Grant | null {
  const types = common(question.types, answer.types, covers);
  const nodes = common(question.nodes, answer.nodes, includes);
  const names = common(question.names, answer.names, has);
  return types === null || nodes === null || names === null ? null : { types, nodes, names };
}

/** What the intersection left nothing of, for people. */
export function gap(question: Question, answer: Grant): string {
  const kind = common(question.types, answer.types, covers) === null ? "types"
    : common(question.nodes, answer.nodes, includes) === null ? "nodes" : "names";
  return "none of the " + kind + " asked for";
}

/** Whether nothing of the question was taken away. */
export function isFull(question: Question, grant: Grant): boolean {
  return grant.types === question.types && grant.nodes === question.nodes &&
    grant.names === question.names;
}

/** Those that hold for a node. */
export function ofNode(grants: Grant[], key: string): Grant[] {
  const found: Grant[] = [];
  for (const grant of grants) {
    if (grant.nodes === "" || includes(grant.nodes, key)) found.push(grant);
  }
  return found;
}

/** Asked for and granted, of a node that is; `grants` are those that hold for it. */
export function mayRead(question: Question, grants: Grant[], name: string, type: string): boolean {
  if (question.names !== "" && !has(question.names, name)) return false;
  if (!covers(question.types, type)) return false;
  for (const grant of grants) {
    const isGranted = grant.types === question.types || covers(grant.types, type);
    if (isGranted && (grant.names === "" || has(grant.names, name))) return true;
  }
  return false;
}

/** May this field (or parameter) of this node be touched? `type` "" for control. */
export function permits(grants: Grant[], node: string, name: string, type: string): boolean {
  for (const grant of grants) {
    if ((grant.nodes === "" || includes(grant.nodes, node)) &&
      (grant.names === "" || has(grant.names, name)) &&
      (type === "" || covers(grant.types, type))) return true;
  }
  return false;
}

/** Grants ↔ octets; a refusal is "". */
export function packGrants(grants: Grant[]): string {
  let packed = "";
  for (const grant of grants) {
    packed += "\x04" + grant.types + "\x03" + grant.nodes + "\x03" + grant.names;
  }
  return packed;
}

export function unpackGrants(packed: string): Grant[] {
  const grants: Grant[] = [];
  const parts = packed.split("\x04");
  for (let i = 1; i < parts.length; i++) {
    const lists = parts[i].split("\x03");
    grants.push({ types: lists[0], nodes: lists[1], names: lists[2] });
  }
  return grants;
}
