/**
 * Control forms (XEP-0325 "forms", XEP-0004): what there is to switch, as a form, and a form that
 * was filled in, as parameters. Who may switch nothing of what is asked about gets no form.
 *
 *   nodes named  | in the form
 *   -------------+------------------------------------------------
 *   none         | every parameter that the board has
 *   some         | those that all of them have
 */
import { NAMES_MAX, NAME_BYTES_MAX, TOKENS_BYTES_MAX } from "../config.js";
import { Verb, includes, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesOf, tokensOf } from "../access/provisioning.js";
import type { Handler, Router } from "../router/router.js";
import { Condition, stanzaError } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import { has, items } from "../xml/list.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { DENIED, MALFORMED, UNKNOWN } from "./call.js";
import type { Call, Callee, Calls } from "./call.js";
import type { Relay } from "./relay.js";

export const NS_FORM = "jabber:x:data";
const PROTOCOL = "http://jabber.org/protocol/";

export class Forms implements Handler, Callee {
  constructor(
    private readonly router: Router,
    private readonly calls: Calls,
    private readonly relays: Relay[],
  ) {}

  /** getForm. */
  handle(caller: Caller, payload: Element): void {
    const nodes = namesOf(payload, payload.ns, "node");
    const tokens = tokensOf(payload);
    const question: Question = {
      verb: Verb.Control, jid: caller.bare, from: caller.from, tokens, types: "",
      nodes: nodes || "", names: "",
    };
    const call: Call = { caller, callee: this, question, seqnr: "", parameters: [] };
    if (!this.calls.gate.admits(call.caller.bare)) this.refuse(call, Condition.Forbidden, DENIED);
    else if (nodes === null || tokens.join("").length > TOKENS_BYTES_MAX) {
      this.refuse(call, Condition.BadRequest, MALFORMED);
    } else this.calls.open(call);
  }

  granted(call: Call, grants: Grant[]): void {
    const nodes = items(call.question.nodes);
    const relays = this.relays;
    let names = "\x01";
    let fields = EMPTY;
    let references = EMPTY;
    let hasAny = false;
    for (const node of nodes) {
      const isKnown = relays.some((relay) => includes("\x01" + node + "\x01", relay.node));
      const isOurs = grants.some((grant) => grant.nodes === "" || includes(grant.nodes, node));
      if (!isKnown && isOurs) {
        this.refuse(call, Condition.ItemNotFound, UNKNOWN);
        return;
      }
    }
    for (const relay of relays) {
      const name = relay.name;
      const isShared = nodes.every((node) => at(relays, node, name, grants).length > 0);
      if (has(names, name) || !isShared) continue;
      const found = at(relays, "", name, grants).filter((one) => nodes.length === 0 ||
        includes(call.question.nodes, one.node));
      if (!found.length) continue;
      names += name + "\x01";
      hasAny = true;
      fields = fields + field(name, found) as Markup;
      references = references + tag("fieldref", attribute("var", name), EMPTY) as Markup;
    }
    if (!hasAny) this.refuse(call, Condition.Forbidden, DENIED);
    else {
      const page = tag("page", " xmlns='" + PROTOCOL + "xdata-layout' label='Control'", references);
      this.router.result(call.caller, tag("x", attribute("xmlns", NS_FORM) + " type='form'",
        tag("title", "", "Control" as Markup) + page + fields as Markup));
    }
  }

  refuse(call: Call, condition: Condition, reason: string): void {
    this.router.refuse(call.caller, stanzaError(condition, reason, EMPTY));
  }
}

/** The relays of that name, and of that node where it is not "", that may be switched. */
function at(relays: Relay[], node: string, name: string, grants: Grant[]): Relay[] {
  const found: Relay[] = [];
  for (const relay of relays) {
    if (relay.name === name && (node === "" || includes("\x01" + node + "\x01", relay.node)) &&
      permits(grants, relay.node, name, "")) found.push(relay);
  }
  return found;
}

/** Its value where all have the same; and none of it is written unless it is changed. */
function field(name: string, relays: Relay[]): Markup {
  const on = relays[0].on;
  const value = relays.every((relay) => relay.on === on)
    ? tag("value", "", (on ? "true" : "false") as Markup) : EMPTY;
  return tag("field", attribute("var", name) + " type='boolean'" + attribute("label", name),
    value +
    tag("validate", " xmlns='" + PROTOCOL + "xdata-validate' datatype='xs:boolean'", EMPTY) +
    tag("notSame", " xmlns='urn:xmpp:xdata:dynamic'", EMPTY) as Markup);
}

/**
 * Type, name and value of each field of a submitted form, as of typed parameters; null for a form
 * that is none, or that fills in nothing.
 */
export function parametersIn(form: Element): string[][] | null {
  const found: string[][] = [];
  let names = "\x01";
  if (form.attribute("type") !== "submit") return null;
  for (const child of form.children) {
    const name = child.attribute("var");
    // A session of dynamic forms (XEP-0336) is nothing to be switched.
    if (child.name !== "field" || child.attribute("type") === "hidden") continue;
    if (name === "" || name.length > NAME_BYTES_MAX || has(names, name) ||
      found.length >= NAMES_MAX) return null;
    const values = child.children.filter((one) => one.ns === NS_FORM && one.name === "value");
    names += name + "\x01";
    found.push(["boolean", name, values.length === 1 ? values[0].text : ""]);
  }
  return found.length ? found : null;
}
