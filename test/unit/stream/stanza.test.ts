import { describe, expect, test } from "vitest";
import {
  Condition, iq, message, presence, stanzaError,
} from "../../../firmware/stream/stanza.js";
import { EMPTY, tag } from "../../../firmware/xml/print.js";
import { parse } from "../xml/recorder.js";

const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const INJECTION = "x' to='evil@ex.org'><q/>&amp;\"";

describe("a stanza", () => {
  const payload = tag("ping", " xmlns='urn:xmpp:ping'", EMPTY);

  test("iq has type, id, and to where there is one", () => {
    const stanza = parse(iq("get", "i1", "ex.org", payload));
    expect([stanza.name, stanza.attribute("type"), stanza.attribute("id"), stanza.attribute("to")])
      .toEqual(["iq", "get", "i1", "ex.org"]);
    expect(stanza.child("urn:xmpp:ping", "ping")).not.toBeNull();
    expect(iq("result", "i1", "", EMPTY)).toBe("<iq type='result' id='i1'/>");
  });

  test("message is of type normal, and has no id", () => {
    expect(message("a@b/c", payload))
      .toBe("<message to='a@b/c'><ping xmlns='urn:xmpp:ping'/></message>");
  });

  test("presence is a broadcast without to, and available without type", () => {
    expect(presence("", "", EMPTY)).toBe("<presence/>");
    expect(presence("a@b", "subscribed", EMPTY)).toBe("<presence to='a@b' type='subscribed'/>");
  });

  test("an id or an address from outside stays what it is", () => {
    for (const xml of [iq("result", INJECTION, INJECTION, EMPTY), message(INJECTION, EMPTY),
      presence(INJECTION, "", EMPTY)]) {
      const stanza = parse(xml);
      expect(stanza.attribute("to")).toBe(INJECTION);
      expect(stanza.children).toHaveLength(0);
    }
    expect(parse(iq("result", INJECTION, "", EMPTY)).attribute("id")).toBe(INJECTION);
  });
});

describe("an error", () => {
  test.each([
    [Condition.BadRequest, "bad-request", "modify"],
    [Condition.PolicyViolation, "policy-violation", "modify"],
    [Condition.Conflict, "conflict", "wait"],
    [Condition.RemoteServerTimeout, "remote-server-timeout", "wait"],
    [Condition.ResourceConstraint, "resource-constraint", "wait"],
    [Condition.FeatureNotImplemented, "feature-not-implemented", "cancel"],
    [Condition.Forbidden, "forbidden", "cancel"],
    [Condition.InternalServerError, "internal-server-error", "cancel"],
    [Condition.ItemNotFound, "item-not-found", "cancel"],
    [Condition.ServiceUnavailable, "service-unavailable", "cancel"],
  ])("%i is %s, of type %s", (condition, name, type) => {
    const error = parse(iq("error", "i", "a@b", stanzaError(condition, "", EMPTY))).children[0]!;
    expect([error.ns, error.name, error.attribute("type")])
      .toEqual(["jabber:client", "error", type]);
    expect(error.children.map((child) => [child.ns, child.name])).toEqual([[NS_STANZAS, name]]);
  });

  test("has its reason as text, in English, and no markup of its own", () => {
    const error = parse(stanzaError(Condition.Forbidden, INJECTION, EMPTY));
    expect(error.children).toHaveLength(2);
    const said = error.child(NS_STANZAS, "text")!;
    expect(said.text).toBe(INJECTION);
  });

  test("has its application-specific condition last", () => {
    const extra = tag("paramError", " xmlns='urn:xmpp:iot:control'", EMPTY);
    const error = parse(stanzaError(Condition.BadRequest, "why", extra));
    expect(error.children.map((child) => child.name))
      .toEqual(["bad-request", "text", "paramError"]);
  });
});
