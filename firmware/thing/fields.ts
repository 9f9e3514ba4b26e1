/**
 * The fields of read-outs that were accepted: read and printed a few at a time, so that a large one
 * keeps neither the LED nor a finger waiting. One read-out after the other, as they came; what is
 * no more in the table of calls was cancelled, or its caller has lost the right to it.
 */
import { FIELDS_BYTES_MAX, REPLY_BYTES_MAX } from "../config.js";
import { mayRead, ofNode, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import type { Link } from "../stream/link.js";
import { Condition, iq, message } from "../stream/stanza.js";
import { items } from "../xml/list.js";
import { EMPTY, attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { DENIED } from "./call.js";
import type { Call, Calls, Work } from "./call.js";
import type { NodeSpec, SensorSpec } from "./node.js";
import type { Relay } from "./relay.js";

export const NS_SENSORDATA = "urn:xmpp:iot:sensordata";
export const MOMENTARY = "momentary";
const XMLNS = " xmlns='" + NS_SENSORDATA + "'";
const AUTOMATIC = "='true' automaticReadout='true'";

/** One read-out, and how far it is. */
interface Reading {
  call: Call;
  grants: Grant[];
  /** When it began, for all of its values. */
  stamp: string;
  /** It was said that it is accepted, or has begun. */
  begun: boolean;
  /** The node that is read, and its next sensor or relay. */
  node: number;
  field: number;
  /** What is to be sent: nodes, fields of the node that is read, one error for each failure. */
  nodes: Markup;
  fields: Markup;
  errors: Markup;
}

export class Fields implements Work {
  /** How many may still be read in this tick. */
  left: number;
  private readings: Reading[];

  constructor(
    private readonly link: Link,
    private readonly calls: Calls,
    private readonly nodes: NodeSpec[],
    private readonly relays: Relay[],
  ) {
    this.readings = [];
    this.left = 0;
  }

  /** Begins with the next `tick`, which may be of the same time. */
  begin(call: Call, grants: Grant[], stamp: string): void {
    this.calls.hold(call);
    this.readings.push({
      call, grants, stamp, begun: false, node: 0, field: 0,
      nodes: EMPTY, fields: EMPTY, errors: EMPTY,
    });
  }

  tick(nowMs: number): boolean {
    const readings = this.readings;
    while (readings.length) {
      const one = readings[0];
      const caller = one.call.caller;
      if (this.calls.find(caller.from, one.call.seqnr) !== one.call) readings.splice(0, 1);
      else if (one.node >= this.nodes.length) {
        readings.splice(0, 1);
        this.calls.drop(one.call);
        this.finish(one);
      } else if (this.left <= 0 || this.link.room() < REPLY_BYTES_MAX) return true;
      else this.advance(one, nowMs);
    }
    return false;
  }

  /** Reads on in one node. */
  private advance(one: Reading, nowMs: number): void {
    const question = one.call.question;
    const node = this.nodes[one.node];
    const key = node.key as string;
    const asked = items(question.nodes);
    const isAsked = !asked.length || asked.indexOf(key) >= 0 || asked.indexOf(node.nodeId) >= 0;
    const own = isAsked ? ofNode(one.grants, key) : [];
    const sensors = node.sensors;
    const end = own.length ? sensors.length + this.relays.length : 0;
    if (end > 0 && one.field === 0) this.left--; // To print a node costs as much.
    while (one.field < end && this.left > 0 && one.fields.length < FIELDS_BYTES_MAX) {
      const at = one.field++;
      if (at < sensors.length) {
        if (!this.sense(one, own, node, sensors[at])) continue;
      } else {
        const relay = this.relays[at - sensors.length];
        if (relay.node !== key || !mayRead(question, own, relay.name, MOMENTARY)) continue;
        one.fields = one.fields + tag("boolean", attribute("name", relay.name) + " momentary" +
          AUTOMATIC + " writable='true' value='" + relay.on + "'", EMPTY) as Markup;
      }
      this.left--;
    }
    const isRead = one.field >= end;
    if (isRead && node.texts) one.fields = one.fields + texts(question, own, node, nowMs) as Markup;
    if (isRead || one.fields.length >= FIELDS_BYTES_MAX) this.close(one, node);
    if (isRead) {
      one.node++;
      one.field = 0;
    }
  }

  /** What was read of a node joins what is to be sent, or sends it where both are too much. */
  private close(one: Reading, node: NodeSpec): void {
    if (one.fields === EMPTY) return;
    const read = tag("node", node.place as string,
      tag("timestamp", attribute("value", one.stamp), one.fields));
    one.fields = EMPTY;
    if (one.nodes !== EMPTY && one.nodes.length + read.length > FIELDS_BYTES_MAX) {
      const said = this.open(one);
      this.link.send(message(one.call.caller.from, tag("fields", said, one.nodes)));
      one.nodes = EMPTY;
    }
    one.nodes = one.nodes + read as Markup;
  }

  private finish(one: Reading): void {
    const call = one.call;
    const to = call.caller.from;
    const failed = one.errors;
    const first = one.grants[0];
    const isNarrow = first.nodes !== call.question.nodes || first.names !== call.question.names;
    // Names were granted, but none that we have (XEP-0324 "restricting").
    if (!one.begun && isNarrow && one.nodes === EMPTY && failed === EMPTY) {
      call.callee.refuse(call, Condition.Forbidden, DENIED);
      return;
    }
    const said = this.open(one);
    const done = said + " done='true'";
    // COMPAT: slixmpp 1.8.3 has no handler for <done/>, so the end is always the attribute; and
    // it listens no more after a failure, so that comes last.
    if (failed === EMPTY || one.nodes !== EMPTY) {
      this.link.send(message(to, tag("fields", failed === EMPTY ? done : said, one.nodes)));
    }
    if (failed !== EMPTY) this.link.send(message(to, tag("failure", done, failed)));
  }

  /** Says that it begins, once. The attributes of whatever is said of it. */
  private open(one: Reading): Markup {
    const call = one.call;
    const caller = call.caller;
    const said = XMLNS + attribute("seqnr", call.seqnr) as Markup;
    if (one.begun) return said;
    one.begun = true;
    this.link.send(call.queued ? message(caller.from, tag("started", said, EMPTY))
      : iq("result", caller.id, caller.from, tag("accepted", said, EMPTY)));
    call.queued = true; // Its iq is answered.
    return said;
  }

  /** One sensor, where it is granted. Whether it was read. */
  private sense(one: Reading, grants: Grant[], node: NodeSpec, sensor: SensorSpec): boolean {
    const question = one.call.question;
    const type = sensor.type || MOMENTARY;
    // Status fields are for a provisioning server, whose grant is its own question.
    const isShown = type === MOMENTARY || grants[0] === question;
    if (!isShown || !mayRead(question, grants, sensor.name, type)) return false;
    const value = sensor.input.read();
    if (value - value !== 0) { // A sensor that fails has no value.
      one.errors = one.errors + tag("error", node.place +
        attribute("timestamp", one.stamp), text(sensor.name + " has no value.")) as Markup;
    } else {
      one.fields = one.fields + tag("numeric", " name='" + (sensor.label || sensor.name) + "' " +
        type + AUTOMATIC + " value='" + value.toFixed(sensor.decimals) + "' unit='" +
        (sensor.mark || sensor.unit) + "'", EMPTY) as Markup;
    }
    return true;
  }
}

/** What a provisioning server may know of the device itself: its grant is its own question. */
function texts(question: Question, grants: Grant[], node: NodeSpec, nowMs: number): Markup {
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
