/**
 * Read-outs (XEP-0323): a request is authorised, then its names are looked up, then it is
 * accepted and its fields follow in messages, the last of them with done='true'.
 *
 *   who asks                 | answer
 *   -------------------------+------------------------------------------------------------
 *   not a friend             | forbidden, whatever was asked
 *   malformed                | bad-request
 *   the server says no       | forbidden
 *   the server says nothing  | wait/remote-server-timeout
 *   a node is not ours       | item-not-found (granted ones only: others are ignored)
 */
import { CALLS_MAX, CALLS_PER_JID_MAX, FIELDS_BYTES_MAX, TOKENS_BYTES_MAX } from "../config.js";
import type { Revocations } from "../access/command.js";
import { Verdict } from "../access/gate.js";
import type { Gate, Waiter } from "../access/gate.js";
import { Verb, has, items, list, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesOf, tokensOf, typesOf } from "../access/provisioning.js";
import type { Basics } from "../router/basics.js";
import type { Handler, Router } from "../router/router.js";
import { Condition, message } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Outlet } from "../stream/requests.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, join, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import type { NodeSpec } from "./node.js";
import type { Relay } from "./relay.js";

export const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
const MOMENTARY = "momentary";
const XMLNS = " xmlns='" + NS_SENSORDATA + "'";

interface Call {
  tag: number;
  caller: Caller;
  seqnr: string;
  question: Question;
}

/** xs:int in its canonical form; "" for anything else (ERRATA N7). */
export function canonicalInt(lexical: string): string {
  const word = lexical.trim();
  const sign = word.charAt(0);
  const digits = sign === "-" || sign === "+" ? word.substring(1) : word;
  if (!/^[0-9]+$/.test(digits) || digits.length > 20) return "";
  const value = parseInt(digits, 10);
  const limit = sign === "-" ? 2147483648 : 2147483647;
  return value > limit ? "" : (sign === "-" && value ? "-" : "") + value;
}

export class Readout implements Handler, Waiter, Revocations {
  private calls: Call[];
  private serial: number;

  constructor(
    private readonly router: Router,
    private readonly outlet: Outlet,
    private readonly gate: Gate,
    private readonly basics: Basics,
    private readonly nodes: NodeSpec[],
    private readonly relays: Relay[],
  ) {
    this.calls = [];
    this.serial = 0;
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    const seqnr = canonicalInt(payload.attribute("seqnr"));
    if (!this.gate.admits(caller.bare)) {
      this.refuse(caller, seqnr, Condition.Forbidden, "Access denied.");
    } else if (seqnr === "") {
      this.refuse(caller, seqnr, Condition.BadRequest, "seqnr is not an xs:int.");
    } else if (payload.name === "cancel") {
      this.cancel(caller, seqnr);
    } else this.request(caller, payload, seqnr, nowMs);
  }

  decided(tag: number, verdict: Verdict, grants: Grant[], nowMs: number): void {
    const call = this.take(tag);
    if (!call) return; // Cancelled, or its caller was unfriended.
    if (verdict === Verdict.Unknown) {
      this.refuse(call.caller, call.seqnr, Condition.RemoteServerTimeout,
        "The provisioning server does not answer.");
    } else if (verdict !== Verdict.Granted || !this.gate.admits(call.caller.bare)) {
      this.refuse(call.caller, call.seqnr, Condition.Forbidden, "Access denied.");
    } else this.answer(call, grants, nowMs);
  }

  /** Its read-outs end here; nothing more is sent to it. */
  revoked(bare: string): void {
    this.calls = this.calls.filter((call) => {
      if (call.caller.bare !== bare) return true;
      this.refuse(call.caller, call.seqnr, Condition.Forbidden, "Access denied.");
      return false;
    });
  }

  private request(caller: Caller, payload: Element, seqnr: string, nowMs: number): void {
    let types = typesOf(payload);
    const nodes = namesOf(payload, NS_SENSORDATA, "node");
    const names = namesOf(payload, NS_SENSORDATA, "field");
    const tokens = tokensOf(payload);
    if (types === null || nodes === null || names === null ||
      tokens.join("").length > TOKENS_BYTES_MAX) {
      this.refuse(caller, seqnr, Condition.BadRequest, "The request is malformed or too large.");
      return;
    }
    if (payload.attribute("when") !== "") {
      this.refuse(caller, seqnr, Condition.FeatureNotImplemented, "Queuing is not known.");
      return;
    }
    if (types === "") types = list([MOMENTARY]); // The least that it can mean (ERRATA N40).
    let own = 0;
    for (let i = 0; i < this.calls.length; i++) {
      const other = this.calls[i].caller;
      if (other.bare === caller.bare) own++;
      if (other.from === caller.from && this.calls[i].seqnr === seqnr) {
        this.refuse(caller, seqnr, Condition.BadRequest, "This seqnr is in use.");
        return;
      }
    }
    if (own >= CALLS_PER_JID_MAX || this.calls.length >= CALLS_MAX) {
      this.refuse(caller, seqnr, Condition.ResourceConstraint, "Too many read-outs under way.");
      return;
    }
    const question = { verb: Verb.Read, jid: caller.bare, tokens, types, nodes, names };
    const tag = ++this.serial;
    this.calls.push({ tag, caller, seqnr, question });
    this.gate.ask(question, this, tag, nowMs);
  }

  private answer(call: Call, grants: Grant[], nowMs: number): void {
    const wanted = items(call.question.nodes);
    for (let i = 0; i < wanted.length; i++) {
      const known = this.nodes.some((node) => node.nodeId === wanted[i]);
      if (!known && permitsNode(grants, wanted[i])) {
        this.refuse(call.caller, call.seqnr, Condition.ItemNotFound, "No such node.");
        return;
      }
    }
    const stamp = attribute("timestamp", this.basics.timestamp(nowMs));
    const said = XMLNS + attribute("seqnr", call.seqnr);
    this.router.result(call.caller, tag("accepted", said, EMPTY));
    let inner = EMPTY;
    for (let i = 0; i < this.nodes.length; i++) {
      const fields = this.fields(call.question, grants, this.nodes[i]);
      if (fields === EMPTY) continue;
      const node = tag("node", attribute("nodeId", this.nodes[i].nodeId),
        tag("timestamp", stampValue(stamp), fields));
      if (inner !== EMPTY && inner.length + node.length > FIELDS_BYTES_MAX) {
        this.outlet.send(message(call.caller.from, tag("fields", said, inner)));
        inner = EMPTY;
      }
      inner = join(inner, node);
    }
    // COMPAT: slixmpp 1.8.3 has no handler for <done/>, so the end is always the attribute.
    this.outlet.send(message(call.caller.from, tag("fields", said + " done='true'", inner)));
  }

  /** What of a node was asked for, is granted, and can be read now. */
  private fields(question: Question, grants: Grant[], node: NodeSpec): Markup {
    const asked: Grant[] = [question];
    let inner = EMPTY;
    if (question.nodes !== "" && !permitsNode(asked, node.nodeId)) return inner;
    for (let i = 0; i < node.sensors.length; i++) {
      const sensor = node.sensors[i];
      const value = sensor.input.read();
      const may = permits(grants, node.nodeId, sensor.name, MOMENTARY) &&
        permits(asked, node.nodeId, sensor.name, MOMENTARY);
      if (!may || !(value - value === 0)) continue;
      inner = join(inner, tag("numeric", attribute("name", sensor.name) +
        " momentary='true' automaticReadout='true'" +
        attribute("value", value.toFixed(sensor.decimals)) + attribute("unit", sensor.unit),
      EMPTY));
    }
    for (let i = 0; i < this.relays.length; i++) {
      const relay = this.relays[i];
      if (relay.nodeId !== node.nodeId) continue;
      if (permits(grants, node.nodeId, relay.name, MOMENTARY) &&
        permits(asked, node.nodeId, relay.name, MOMENTARY)) {
        inner = join(inner, tag("boolean", attribute("name", relay.name) +
          " momentary='true' automaticReadout='true' writable='true' value='" + relay.on + "'",
        EMPTY));
      }
    }
    return inner;
  }

  private cancel(caller: Caller, seqnr: string): void {
    const before = this.calls.length;
    let ended: Caller | null = null;
    this.calls = this.calls.filter((call) => {
      if (call.caller.from !== caller.from || call.seqnr !== seqnr) return true;
      ended = call.caller;
      return false;
    });
    if (this.calls.length === before || !ended) {
      this.refuse(caller, seqnr, Condition.ItemNotFound, "No such read-out.");
      return;
    }
    this.refuse(ended, seqnr, Condition.Forbidden, "Cancelled.");
    this.router.result(caller, tag("cancelled", XMLNS + attribute("seqnr", seqnr), EMPTY));
  }

  /** COMPAT: XEP-0324's examples and slixmpp 1.8.3 look for <rejected/> (ERRATA N26). */
  private refuse(caller: Caller, seqnr: string, condition: Condition, reason: string): void {
    const rejected = seqnr === "" ? EMPTY : tag("rejected", XMLNS + attribute("seqnr", seqnr),
      tag("error", "", text(reason)));
    this.router.refuse(caller, condition, reason, rejected);
  }

  private take(tag: number): Call | null {
    for (let i = 0; i < this.calls.length; i++) {
      if (this.calls[i].tag === tag) return this.calls.splice(i, 1)[0];
    }
    return null;
  }
}

function permitsNode(grants: Grant[], node: string): boolean {
  return grants.some((grant) => grant.nodes === "" || has(grant.nodes, node));
}

function stampValue(stamp: Markup): string {
  return stamp.replace(" timestamp=", " value=");
}
