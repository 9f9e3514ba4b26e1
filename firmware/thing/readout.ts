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
import { TOKENS_BYTES_MAX } from "../config.js";
import { Verb, list, ofNode } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesIn, printPlace, tokensOf, typesOf } from "../access/provisioning.js";
import type { Basics } from "../router/basics.js";
import type { Handler, Router } from "../router/router.js";
import { Condition, message, stanzaError } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import type { Link } from "../stream/link.js";
import type { Memo, Repeater } from "../stream/memo.js";
import { items } from "../xml/list.js";
import { type Element, LEAF } from "../xml/element.js";
import { EMPTY, attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { DENIED, MALFORMED, UNKNOWN } from "./call.js";
import type { Call, Callee } from "./call.js";
import { canonicalInt } from "./lexical.js";
import { MOMENTARY, NS_SENSORDATA } from "./fields.js";
import type { Fields } from "./fields.js";
import { keyOf } from "./node.js";
import type { NodeSpec } from "./node.js";
import type { Queue } from "./queue.js";

const XMLNS = " xmlns='" + NS_SENSORDATA + "'";

export class Readout implements Handler, Callee, Repeater {
  constructor(
    private readonly router: Router,
    private readonly link: Link,
    private readonly queue: Queue,
    private readonly memo: Memo,
    private readonly basics: Basics,
    private readonly nodes: NodeSpec[],
    private readonly fields: Fields,
  ) {
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
    const nodes = namesIn(payload, NS_SENSORDATA, "node");
    const names = namesIn(payload, NS_SENSORDATA, "field");
    payload.children = LEAF; // They are the largest that we hold, and have said all that they say.
    const tokens = tokensOf(payload);
    const types = typesOf(payload);
    const question: Question = {
      verb: Verb.Read, jid: caller.bare, from: caller.from, tokens,
      types: types === "" ? list([MOMENTARY]) : types || "", // ERRATA N40: the least it can mean
      nodes: list(nodes || []), names: list(names || []),
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
    const said = XMLNS + attribute("seqnr", call.seqnr);
    if ((call.dueMs || 0) > nowMs) {
      if (this.queue.add(call)) {
        this.router.result(call.caller, tag("accepted", said + " queued='true'", EMPTY));
      }
      return;
    }
    this.fields.begin(call, grants, this.basics.timestamp(nowMs));
  }

  /** The end of a read-out whose iq is answered: nothing of it can be told. */
  private fail(call: Call, reason: string): void {
    const said = XMLNS + attribute("seqnr", call.seqnr) + " done='true'";
    const at = attribute("timestamp", this.basics.timestamp(this.basics.clock.nowMs()));
    const error = tag("error", this.nodes[0].place + at, text(reason));
    this.link.send(message(call.caller.from, tag("failure", said, error)));
  }
}
