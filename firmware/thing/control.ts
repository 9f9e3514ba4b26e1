/**
 * Control (XEP-0325 "set"), as an iq or a message: authorise, validate everything, then act, in
 * the order of the document. A message is never answered, not even with an error. What the
 * server narrows is left undone and told in the answer (XEP-0324 "restricting").
 */
import {
  CALLS_MAX, CALLS_PER_JID_MAX, NAMES_MAX, NAME_BYTES_MAX, REPEATS_MAX, TOKENS_BYTES_MAX,
} from "../config.js";
import { Verdict } from "../access/gate.js";
import type { Gate, Waiter } from "../access/gate.js";
import { Verb, has, items, list, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesOf, printNames, printNodes, tokensOf, xsBoolean } from "../access/provisioning.js";
import type { Handler, Router } from "../router/router.js";
import { Condition } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, join, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { NodeSpec } from "./node.js";
import type { Relay } from "./relay.js";

export const NS_CONTROL = "urn:xmpp:iot:control";
const XMLNS = " xmlns='" + NS_CONTROL + "'";
/** Typed parameters (XEP-0325 "set"); a board of ours has booleans. */
const TYPES = " boolean color date dateTime double duration int long string time ";

interface Call {
  tag: number;
  caller: Caller;
  question: Question;
  /** Each parameter as type, name, value; in the order of the document. */
  parameters: string[][];
}

export class Control implements Handler, Waiter {
  private calls: Call[];
  private serial: number;
  /** Answers already given: from, id, payload; a repeated iq is not executed again. */
  private repeats: string[][];

  constructor(
    private readonly router: Router,
    private readonly gate: Gate,
    private readonly nodes: NodeSpec[],
    private readonly relays: Relay[],
  ) {
    this.calls = [];
    this.serial = 0;
    this.repeats = [];
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    if (!this.gate.admits(caller.bare)) {
      this.refuse(caller, Condition.Forbidden, "Access denied.");
      return;
    }
    const repeated = caller.iq ? this.repeated(caller) : null;
    if (repeated !== null) {
      this.router.result(caller, repeated as Markup);
      return;
    }
    if (payload.child("jabber:x:data", "x") || payload.name === "getForm") {
      this.refuse(caller, Condition.FeatureNotImplemented, "Forms are not known.");
      return;
    }
    const parameters = this.parametersOf(payload);
    const nodes = namesOf(payload, NS_CONTROL, "node");
    const tokens = tokensOf(payload);
    if (parameters === null || nodes === null || tokens.join("").length > TOKENS_BYTES_MAX) {
      this.refuse(caller, Condition.BadRequest, "The request is malformed, empty or too large.");
      return;
    }
    const own = this.calls.filter((call) => call.caller.bare === caller.bare).length;
    if (own >= CALLS_PER_JID_MAX || this.calls.length >= CALLS_MAX) {
      this.refuse(caller, Condition.ResourceConstraint, "Too many requests under way.");
      return;
    }
    const names = list(parameters.map((parameter) => parameter[1]));
    const question = { verb: Verb.Control, jid: caller.bare, tokens, types: "", nodes, names };
    const tag = ++this.serial;
    this.calls.push({ tag, caller, question, parameters });
    this.gate.ask(question, this, tag, nowMs);
  }

  decided(tag: number, verdict: Verdict, grants: Grant[], nowMs: number): void {
    let call: Call | null = null;
    for (let i = 0; i < this.calls.length; i++) {
      if (this.calls[i].tag === tag) call = this.calls.splice(i, 1)[0];
    }
    if (!call) return;
    if (verdict === Verdict.Unknown) {
      this.refuse(call.caller, Condition.RemoteServerTimeout,
        "The provisioning server does not answer.");
    } else if (verdict !== Verdict.Granted || !this.gate.admits(call.caller.bare)) {
      this.refuse(call.caller, Condition.Forbidden, "Access denied.");
    } else this.execute(call, grants, nowMs);
  }

  /** Type, name and value of each; null where one is none, twice there, or there is none. */
  private parametersOf(payload: Element): string[][] | null {
    const found: string[][] = [];
    const children = payload.children;
    let names = "\x01";
    for (let i = 0; children && i < children.length; i++) {
      const child = children[i];
      if (child.ns !== NS_CONTROL || TYPES.indexOf(" " + child.name + " ") < 0) continue;
      const name = child.attribute("name");
      const isNew = names.indexOf("\x01" + name + "\x01") < 0;
      if (name === "" || name.length > NAME_BYTES_MAX || !isNew || found.length >= NAMES_MAX) {
        return null;
      }
      names += name + "\x01";
      found.push([child.name, name, child.attribute("value")]);
    }
    return found.length ? found : null;
  }

  /** Everything is checked before anything is touched. */
  private execute(call: Call, grants: Grant[], nowMs: number): void {
    const question = call.question;
    const targets: Relay[] = [];
    const values: boolean[] = [];
    const touched: string[] = [];
    const done: string[] = [];
    const wanted = items(question.nodes);
    for (let i = 0; i < wanted.length; i++) {
      const known = this.nodes.some((node) => node.nodeId === wanted[i]);
      const granted = question.names === "" || items(question.names).some(
        (name) => permits(grants, wanted[i], name, ""));
      if (!known && granted) {
        this.refuse(call.caller, Condition.ItemNotFound, "No such node.");
        return;
      }
    }
    for (let i = 0; i < call.parameters.length; i++) {
      const parameter = call.parameters[i];
      const name = parameter[1];
      const value = parameter[0] === "boolean" ? xsBoolean(parameter[2]) : -1;
      let met = wanted.length;
      for (let j = 0; j < this.relays.length; j++) {
        const relay = this.relays[j];
        const isMeant = question.nodes === "" || has(question.nodes, relay.nodeId);
        if (relay.name !== name || !isMeant) continue;
        met = question.nodes === "" ? 0 : met - 1;
        if (!permits(grants, relay.nodeId, name, "")) continue;
        if (value < 0) {
          this.invalid(call.caller, name);
          return;
        }
        targets.push(relay);
        values.push(value === 1);
        if (touched.indexOf(relay.nodeId) < 0) touched.push(relay.nodeId);
        if (done.indexOf(name) < 0) done.push(name);
      }
      const missing = question.nodes === "" ? !this.relays.some((relay) => relay.name === name)
        : met > 0 &&
          wanted.some((node) => this.lacks(node, name) && permits(grants, node, name, ""));
      if (missing && permitsName(grants, name)) {
        this.refuse(call.caller, Condition.ItemNotFound, "No such parameter.");
        return;
      }
    }
    if (targets.length === 0) {
      this.refuse(call.caller, Condition.Forbidden, "Access denied.");
      return;
    }
    for (let i = 0; i < targets.length; i++) targets[i].set(values[i], nowMs);
    this.answer(call, list(touched), list(done));
  }

  /** Empty when all was done; else what was (XEP-0324 "restricting nodes during control"). */
  private answer(call: Call, touched: string, done: string): void {
    const question = call.question;
    const meant = question.nodes === ""
      ? list(this.relays.filter((relay) => has(question.names, relay.name))
        .map((relay) => relay.nodeId))
      : question.nodes;
    let inner = EMPTY;
    if (touched !== meant) inner = join(inner, printNodes(touched));
    if (done !== question.names) inner = join(inner, printNames("parameter", done));
    // COMPAT: `responseCode` is of XEP-0325 v0.2; slixmpp 1.8.3 reads it (ERRATA N27).
    const payload = tag("setResponse", XMLNS + " responseCode='OK'", inner);
    if (call.caller.iq) {
      this.repeats.push([call.caller.from, call.caller.id, payload]);
      if (this.repeats.length > REPEATS_MAX) this.repeats.splice(0, 1);
    }
    this.router.result(call.caller, payload);
  }

  private lacks(node: string, name: string): boolean {
    return !this.relays.some((relay) => relay.nodeId === node && relay.name === name);
  }

  private repeated(caller: Caller): string | null {
    for (let i = 0; i < this.repeats.length; i++) {
      const one = this.repeats[i];
      if (one[0] === caller.from && one[1] === caller.id) return one[2];
    }
    return null;
  }

  private invalid(caller: Caller, name: string): void {
    const inner = tag("paramError", XMLNS + attribute("var", name), EMPTY);
    this.router.refuse(caller, Condition.BadRequest, "Not a value of this parameter: " + name,
      tag("setResponse", XMLNS + " responseCode='OtherError'", inner));
  }

  private refuse(caller: Caller, condition: Condition, reason: string): void {
    let code = "OtherError";
    if (condition === Condition.Forbidden) code = "InsufficientPrivileges";
    if (condition === Condition.ItemNotFound) code = "NotFound";
    if (condition === Condition.FeatureNotImplemented) code = "NotImplemented";
    if (condition === Condition.RemoteServerTimeout) code = "Locked";
    this.router.refuse(caller, condition, reason,
      tag("setResponse", XMLNS + " responseCode='" + code + "'", EMPTY));
  }
}

function permitsName(grants: Grant[], name: string): boolean {
  return grants.some((grant) => grant.names === "" || has(grant.names, name));
}
