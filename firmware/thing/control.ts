/**
 * Control (XEP-0325 "set"), by parameters or a form, as an iq or a message: authorise, validate
 * everything, then act, in the order of the document. A message is never answered, not even with
 * an error. What the server narrows is left undone and told in the answer (XEP-0324 "restricting").
 */
import {
  NAMES_MAX, NAME_BYTES_MAX, REPEATS_MAX, REPEAT_BYTES_MAX, REPEAT_MS, TOKENS_BYTES_MAX,
} from "../config.js";
import { Verb, includes, list, permits } from "../access/grant.js";
import type { Grant, Question } from "../access/grant.js";
import { namesOf, printNames, printNodes, tokensOf, xsBoolean } from "../access/provisioning.js";
import type { Handler, Router } from "../router/router.js";
import { Condition, stanzaError } from "../stream/stanza.js";
import type { Caller } from "../stream/stanza.js";
import { has, items } from "../xml/list.js";
import type { Element } from "../xml/element.js";
import { EMPTY, attribute, tag, text } from "../xml/print.js";
import type { Markup } from "../xml/print.js";
import { DENIED, MALFORMED, UNKNOWN } from "./call.js";
import type { Call, Callee, Calls } from "./call.js";
import { NS_FORM, parametersIn } from "./form.js";
import type { Relay } from "./relay.js";

export const NS_CONTROL = "urn:xmpp:iot:control";
const XMLNS = " xmlns='" + NS_CONTROL + "'";

/** A request that was executed, and its answer, should the same iq be sent once more. */
interface Done {
  from: string;
  key: string;
  payload: Markup;
  untilMs: number;
}

export class Control implements Handler, Callee {
  /** The last of each caller; a repeated iq is not executed again. */
  private repeats: Done[];

  constructor(
    private readonly router: Router,
    private readonly calls: Calls,
    private readonly relays: Relay[],
  ) {
    this.repeats = [];
  }

  /** Factory reset. */
  forget(): void {
    this.repeats = [];
  }

  handle(caller: Caller, payload: Element, nowMs: number): void {
    if (caller.late) return; // Nobody stands there any more to see it switch.
    const parameters = parametersOf(payload);
    const nodes = namesOf(payload, NS_CONTROL, "node");
    const tokens = tokensOf(payload);
    const question: Question = {
      verb: Verb.Control, jid: caller.bare, from: caller.from, tokens, types: "",
      nodes: nodes || "",
      names: parameters ? list(parameters.map((parameter) => parameter[1])) : "",
    };
    const call: Call = {
      caller, callee: this, question, seqnr: "", parameters: parameters || [],
    };
    if (!this.calls.gate.admits(call.caller.bare)) {
      this.refuse(call, Condition.Forbidden, DENIED);
      return;
    }
    for (const one of this.repeats) {
      if (caller.iq && nowMs < one.untilMs && one.from === caller.from && one.key === keyOf(call)) {
        this.router.result(caller, one.payload);
        return;
      }
    }
    if (!parameters || nodes === null || tokens.join("").length > TOKENS_BYTES_MAX) {
      this.refuse(call, Condition.BadRequest, MALFORMED);
    } else this.calls.open(call);
  }

  /** Everything is checked before anything is touched. */
  granted(call: Call, grants: Grant[], nowMs: number): void {
    const question = call.question;
    const meant = question.nodes === ""
      ? list(this.relays.filter((relay) => has(question.names, relay.name))
        .map((relay) => relay.node))
      : question.nodes;
    const targets: Relay[] = [];
    const values: boolean[] = [];
    let isMissing = false;
    for (const parameter of call.parameters) {
      const name = parameter[1];
      const value = parameter[0] === "boolean" ? xsBoolean(parameter[2]) : -1;
      const isKnown = this.relays.some((relay) => relay.name === name);
      for (const node of items(meant)) {
        const found = this.relays.filter(
          (one) => one.name === name && includes("\x01" + node + "\x01", one.node));
        if (!found.length && permits(grants, node, name, "")) {
          isMissing = isMissing || question.nodes !== "" || !isKnown;
        }
        for (const relay of found) {
          if (!permits(grants, relay.node, name, "")) continue;
          if (value < 0) {
            this.fail(call.caller, Condition.BadRequest, "", tag("paramError",
              XMLNS + attribute("var", name), text("Not a valid value.")));
            return;
          }
          targets.push(relay);
          values.push(value === 1);
        }
      }
      if (!isKnown && grants.some((grant) => grant.names === "" || has(grant.names, name))) {
        isMissing = true;
      }
    }
    if (isMissing) this.refuse(call, Condition.ItemNotFound, UNKNOWN);
    else if (targets.length === 0) this.refuse(call, Condition.Forbidden, DENIED);
    else {
      for (let i = 0; i < targets.length; i++) targets[i].set(values[i], nowMs);
      this.answer(call, meant, targets, nowMs);
    }
  }

  refuse(call: Call, condition: Condition, reason: string): void {
    this.fail(call.caller, condition, reason, EMPTY);
  }

  /** COMPAT: `responseCode` is of XEP-0325 v0.2; slixmpp 1.8.3 reads it (ERRATA N27). */
  private fail(caller: Caller, condition: Condition, reason: string, extra: Markup): void {
    const code = condition === Condition.Forbidden ? "InsufficientPrivileges"
      : condition === Condition.ItemNotFound ? "NotFound"
      : condition === Condition.RemoteServerTimeout ? "Locked" : "OtherError";
    const legacy = tag("setResponse", XMLNS + " responseCode='" + code + "'", EMPTY);
    this.router.refuse(caller, legacy + stanzaError(condition, reason, extra) as Markup);
  }

  /** Empty when all was done; else what was (XEP-0324 "restricting nodes during control"). */
  private answer(call: Call, meant: string, targets: Relay[], nowMs: number): void {
    const touched = list(targets.map((relay) => relay.node));
    const done = list(targets.map((relay) => relay.name));
    let inner = EMPTY;
    if (touched !== meant) inner = inner + printNodes(touched) as Markup;
    if (done !== call.question.names) {
      inner = inner + printNames("parameter", done) as Markup;
    }
    const payload = tag("setResponse", XMLNS + " responseCode='OK'", inner);
    const from = call.caller.from;
    const key = keyOf(call);
    // Its newer wish ends what it wished before: that would be new if it came again.
    this.repeats = this.repeats.filter((one) => one.from !== from);
    if (call.caller.iq && key.length <= REPEAT_BYTES_MAX) {
      this.repeats.push({ from, key, payload, untilMs: nowMs + REPEAT_MS });
      if (this.repeats.length > REPEATS_MAX) this.repeats.splice(0, 1);
    }
    this.router.result(call.caller, payload);
  }
}

/** COMPAT: slixmpp 1.8.3 counts its ids from 1 at every start: an id alone says nothing. */
function keyOf(call: Call): string {
  const parameters = call.parameters.map((parameter) => parameter.join("\x02"));
  return call.caller.id + "\x01" + call.question.nodes + "\x03" + parameters.join("\x01");
}

/**
 * Type, name and value of each, typed or in a form; null where one is none, twice there, or there
 * is none, and for more than one form, or one beside typed parameters (ERRATA N15).
 */
function parametersOf(payload: Element): string[][] | null {
  const found: string[][] = [];
  let form: Element | null = null;
  let names = "\x01";
  for (const child of payload.children) {
    if (child.ns === NS_FORM && child.name === "x") {
      if (form) return null;
      form = child;
    }
    if (child.ns !== NS_CONTROL || child.name === "node") continue;
    const name = child.attribute("name");
    const isNew = !has(names, name);
    if (name === "" || name.length > NAME_BYTES_MAX || !isNew || found.length >= NAMES_MAX) {
      return null;
    }
    names += name + "\x01";
    found.push([child.name, name, child.attribute("value")]);
  }
  if (form) return found.length ? null : parametersIn(form);
  return found.length ? found : null;
}
