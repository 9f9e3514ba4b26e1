/**
 * Read-outs (XEP-0323): a request is authorised, then its names are looked up, then it is
 * accepted and its fields follow in messages, the last of them with done='true'.
 *
 *   who asks                 | answer
 *   -------------------------+------------------------------------------------------------
 *   not a friend             | forbidden, whatever was asked
 *   malformed                | bad-request
 *   the server says no       | forbidden; or grants only what the board has not
 *   the server says nothing  | wait/remote-server-timeout
 *   a node is not ours       | item-not-found (granted ones only: others are ignored)
 *   a sensor has no value    | the fields of the others, then a failure that says which
 *
 * With `when` it is accepted with queued='true', and goes the same way once more when its time
 * has come (queue.ts); then `started` and the fields follow, or a failure.
 */
import { FIELDS_BYTES_MAX, TOKENS_BYTES_MAX } from "../config.js";
import { Verb, list, mayRead, ofNode, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesOf, printPlace, tokensOf, typesOf } from "../access/provisioning.js";
import type { Basics } from "../router/basics.js";
import type { Handler, Router } from "../router/router.js";
import { Condition, message, stanzaError } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Memo, Repeater } from "../stream/memo.js";
import type { Outlet } from "../stream/requests.js";
import { items } from "../xml/list.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { DENIED, MALFORMED, UNKNOWN } from "./call.js";
import type { Call, Callee } from "./call.js";
import { canonicalInt } from "./lexical.js";
import { keyOf } from "./node.js";
import type { NodeSpec } from "./node.js";
import type { Queue } from "./queue.js";
import type { Relay } from "./relay.js";

export const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
const MOMENTARY = "momentary";
const AUTOMATIC = "='true' automaticReadout='true'";
const XMLNS = " xmlns='" + NS_SENSORDATA + "'";

export class Readout implements Handler, Callee, Repeater {
  /** One <error/> for each sensor that could not be read in the read-out under way. */
  private errors: Markup;

  constructor(
    private readonly router: Router,
    private readonly outlet: Outlet,
    private readonly queue: Queue,
    private readonly memo: Memo,
    private readonly basics: Basics,
    private readonly nodes: NodeSpec[],
    private readonly relays: Relay[],
  ) {
    this.errors = EMPTY;
    for (const node of nodes) {
      node.key = keyOf(node);
      node.place = printPlace(node.key);
      for (const sensor of node.sensors) {
        const label = text(sensor.name);
        const mark = text(sensor.unit);
        if (label !== sensor.name) sensor.label = label;
        if (mark !== sensor.unit) sensor.mark = mark;
      }
    }
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    const seqnr = canonicalInt(payload.attribute("seqnr"));
    const nodes = namesOf(payload, NS_SENSORDATA, "node");
    const names = namesOf(payload, NS_SENSORDATA, "field");
    const tokens = tokensOf(payload);
    const types = typesOf(payload);
    const question: Question = {
      verb: Verb.Read, jid: caller.bare, from: caller.from, tokens,
      types: types === "" ? list([MOMENTARY]) : types || "", // ERRATA N40: the least it can mean
      nodes: nodes || "", names: names || "",
    };
    const call: Call = { caller, callee: this, question, seqnr, parameters: [] };
    if (!this.queue.calls.gate.admits(call.caller.bare)) {
      this.refuse(call, Condition.Forbidden, DENIED);
      return;
    }
    const other = this.queue.find(caller.from, seqnr);
    if (types === null || nodes === null || names === null || seqnr === "" ||
      tokens.join("").length > TOKENS_BYTES_MAX) {
      this.refuse(call, Condition.BadRequest, MALFORMED);
    } else if (payload.name === "cancel") {
      if (!other) this.refuse(call, Condition.ItemNotFound, "");
      else {
        this.queue.end(other, "Cancelled.");
        this.router.result(caller, tag("cancelled", XMLNS + attribute("seqnr", seqnr), EMPTY));
      }
    } else if (other) this.refuse(call, Condition.BadRequest, "This seqnr is in use.");
    else if (payload.attribute("when") !== "") {
      this.queue.schedule(call, payload.attribute("when"), nowMs);
    } else {
      this.queue.calls.open(call);
      this.memo.learn(caller.id, seqnr, this, call);
    }
  }

  /** The same request once more; only what goes the usual way is for here. */
  repeat(context: unknown, id: string, seqnr: string): boolean {
    const before = context as Call;
    const from = before.caller.from;
    const caller: Caller = { iq: true, id, from, bare: before.caller.bare, late: false };
    const call: Call = {
      caller, callee: this, question: before.question, seqnr, parameters: before.parameters,
    };
    const calls = this.queue.calls;
    if (!calls.gate.admits(call.caller.bare) || this.queue.find(from, seqnr)) return false;
    calls.open(call);
    return true;
  }

  /** COMPAT: XEP-0324's examples and slixmpp 1.8.3 look for <rejected/> (ERRATA N26). */
  refuse(call: Call, condition: Condition, reason: string): void {
    const seqnr = call.seqnr;
    if (call.queued) {
      this.fail(call, reason || "Too many requests.");
      return;
    }
    const rejected = seqnr === "" ? EMPTY : tag("rejected", XMLNS + attribute("seqnr", seqnr),
      tag("error", "", text(reason)));
    this.router.refuse(call.caller, rejected + stanzaError(condition, reason, EMPTY) as Markup);
  }

  granted(call: Call, grants: Grant[], nowMs: number): void {
    const question = call.question;
    const asked = items(question.nodes);
    for (const wanted of asked) {
      let isKnown = false;
      for (const node of this.nodes) {
        if (node.nodeId === wanted || node.key === wanted) isKnown = true;
      }
      if (!isKnown && ofNode(grants, wanted).length) {
        this.refuse(call, Condition.ItemNotFound, UNKNOWN);
        return;
      }
    }
    const stamp = this.basics.timestamp(nowMs);
    const said = XMLNS + attribute("seqnr", call.seqnr) as Markup;
    if ((call.dueMs || 0) > nowMs) {
      if (this.queue.add(call)) {
        this.router.result(call.caller, tag("accepted", said + " queued='true'", EMPTY));
      }
      return;
    }
    let inner = this.errors = EMPTY;
    let begun = false;
    for (const each of this.nodes) {
      const key = each.key as string;
      if (asked.length && asked.indexOf(key) < 0 && asked.indexOf(each.nodeId) < 0) continue;
      const own = ofNode(grants, key);
      if (own.length === 0) continue;
      let fields = this.fields(question, own, each, stamp);
      if (each.texts) fields = fields + this.texts(question, own, each, nowMs) as Markup;
      if (fields === EMPTY) continue;
      const node = tag("node", each.place as string,
        tag("timestamp", attribute("value", stamp), fields));
      if (inner !== EMPTY && inner.length + node.length > FIELDS_BYTES_MAX) {
        begun = begun || this.begin(call, said);
        this.outlet.send(message(call.caller.from, tag("fields", said, inner)));
        inner = EMPTY;
      }
      inner = inner + node as Markup;
    }
    const done = said + " done='true'";
    const failed = this.errors;
    if (!begun) {
      const first = grants[0];
      const isNarrow = first.nodes !== question.nodes || first.names !== question.names;
      // Names were granted, but none that we have (XEP-0324 "restricting").
      if (isNarrow && inner === EMPTY && failed === EMPTY) {
        this.refuse(call, Condition.Forbidden, DENIED);
        return;
      }
      this.begin(call, said);
    }
    // COMPAT: slixmpp 1.8.3 has no handler for <done/>, so the end is always the attribute; and
    // it listens no more after a failure, so that comes last.
    if (failed === EMPTY || inner !== EMPTY) {
      const last = failed === EMPTY ? done : said;
      this.outlet.send(message(call.caller.from, tag("fields", last, inner)));
    }
    if (failed !== EMPTY) this.outlet.send(message(call.caller.from, tag("failure", done, failed)));
  }

  /** The end of a read-out whose iq is answered: nothing of it can be told. */
  private fail(call: Call, reason: string): void {
    const said = XMLNS + attribute("seqnr", call.seqnr) + " done='true'";
    const at = attribute("timestamp", this.basics.timestamp(this.basics.clock.nowMs()));
    const error = tag("error", this.nodes[0].place + at, text(reason));
    this.outlet.send(message(call.caller.from, tag("failure", said, error)));
  }

  private begin(call: Call, said: Markup): boolean {
    if (call.queued) this.outlet.send(message(call.caller.from, tag("started", said, EMPTY)));
    else this.router.result(call.caller, tag("accepted", said, EMPTY));
    return true;
  }

  /** What a provisioning server may know of the device itself: its grant is its own question. */
  private texts(question: Question, grants: Grant[], node: NodeSpec, nowMs: number): Markup {
    let inner = EMPTY;
    if (!node.texts || grants[0] !== question) return inner;
    const lines = node.texts.lines(nowMs);
    for (let i = 0; i < lines.length; i++) {
      const name = node.texts.name + " " + (i + 1);
      if (!permits(grants, node.key as string, name, "status")) continue;
      inner = inner + tag("string", attribute("name", name) + " status" + AUTOMATIC +
        attribute("value", lines[i]), EMPTY) as Markup;
    }
    return inner;
  }

  /** What of a node that was asked for is granted, and can be read now. */
  private fields(question: Question, grants: Grant[], node: NodeSpec, stamp: string): Markup {
    let inner = EMPTY;
    for (const sensor of node.sensors) {
      const type = sensor.type || MOMENTARY;
      // Status fields are for a provisioning server, whose grant is its own question.
      const isShown = type === MOMENTARY || grants[0] === question;
      if (!isShown || !mayRead(question, grants, sensor.name, type)) continue;
      const value = sensor.input.read();
      if (value - value !== 0) { // A sensor that fails has no value.
        this.errors = this.errors + tag("error", node.place +
          attribute("timestamp", stamp), text(sensor.name + " has no value.")) as Markup;
        continue;
      }
      inner = inner + tag("numeric", " name='" + (sensor.label || sensor.name) + "' " + type +
        AUTOMATIC + " value='" + value.toFixed(sensor.decimals) + "' unit='" +
        (sensor.mark || sensor.unit) + "'", EMPTY) as Markup;
    }
    for (const relay of this.relays) {
      if (relay.node !== node.key || !mayRead(question, grants, relay.name, MOMENTARY)) continue;
      inner = inner + tag("boolean", attribute("name", relay.name) + " momentary" + AUTOMATIC +
        " writable='true' value='" + relay.on + "'", EMPTY) as Markup;
    }
    return inner;
  }
}
