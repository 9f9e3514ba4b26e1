/** HOSTILE-TESTS 4.1 to 4.10 and 6.8: answers of the provisioning server. */
import { describe, expect, test } from "vitest";
import { parse } from "../../../sim/markup.js";
import { Witness } from "../../../sim/witness.js";
import { catalogue } from "../../../sim/world.js";
import { cast, FORBIDDEN, ONE, PROVISIONING, UNKNOWN } from "./cast.js";

const SENSOR = "<node nodeId='sensor'/>";

function canRead(attributes: string, inner = ""): string {
  return `<canReadResponse ${PROVISIONING} ${attributes}>${inner}</canReadResponse>`;
}

function canControl(inner: string): string {
  return `<canControlResponse ${PROVISIONING} jid='visitor@ex.org' result='true'>${inner}` +
    "</canControlResponse>";
}

describe("the answer must be for the JID that was asked about", () => {
  test.each([
    ["T 4.1", "evil@ex.org", UNKNOWN],
    ["T 4.1", "", UNKNOWN],
    ["T 4.1", "ex.org", UNKNOWN],
    ["T 4.1", "visitor@ex.org.evil", UNKNOWN],
    ["T 4.1", "visitor@@ex.org", UNKNOWN],
    ["T 4.1", "v\u0456sitor@ex.org", UNKNOWN],
    ["T 4.2", "visitor@ex.org/phone", null],
    ["T 4.2", "VISITOR@ex.org", null],
    ["T 4.2", "visitor@EX.org.", null],
  ])("%s: %s", (_id, jid, refusal) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(canRead(`jid='${jid}' result='true'`), "canRead");
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()).toEqual(refusal ?? ["accepted", "fields sensor/Temperature=21.5 done"]);
    expect(world.device.status().entries).toBe(refusal ? 0 : 1);
    expect(world.ledger.problems()).toEqual([]);
  });
});

describe("T 4.3, 4.4: the effective grant is request ∩ response", () => {
  const READ = "jid='visitor@ex.org' result='true'";
  test.each([
    ["T 4.3", "more fields", ONE,
      canRead(READ, "<field name='Temperature'/><field name='Humidity'/>"),
      ["accepted", "fields sensor/Temperature=21.5 done"]],
    ["T 4.3", "more nodes", ONE, canRead(READ, SENSOR + "<node nodeId='relay1'/>"),
      ["accepted", "fields sensor/Temperature=21.5 done"]],
    ["T 4.3", "more types", ONE, canRead(READ + " momentary='true' historical='true'"),
      ["accepted", "fields sensor/Temperature=21.5 done"]],
    ["T 4.3", "all types", ONE, canRead(READ + " all='true'"),
      ["accepted", "fields sensor/Temperature=21.5 done"]],
    ["T 4.4", "other fields", ONE, canRead(READ, "<field name='Humidity'/>"), FORBIDDEN],
    ["T 4.4", "other nodes", ONE, canRead(READ, "<node nodeId='relay1'/>"), FORBIDDEN],
    ["T 4.4", "other types", ONE, canRead(READ + " peak='true'"), FORBIDDEN],
    ["T 4.4", "a node that is not here, of all", "", canRead(READ, "<node nodeId='x'/>"), FORBIDDEN],
    ["T 4.4", "a field that is not here, of all", "", canRead(READ, "<field name='x'/>"), FORBIDDEN],
    ["T 4.4", "a field of another node, of all", "",
      canRead(READ, SENSOR + "<field name='Output'/>"), FORBIDDEN],
    ["T 4.10", "a node of another source, of all", "",
      canRead(READ, "<node nodeId='sensor' sourceId='x'/>"), FORBIDDEN],
    ["T 4.4", "a field in another case", ONE,
      canRead(READ, "<field name='temperature'/>"), FORBIDDEN],
  ])("%s: %s", (_id, _what, inner, answer, heard) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(answer, "canRead");
    visitor.read("momentary='true'", inner);
    expect(visitor.hears()).toEqual(heard);
    expect(world.ledger.problems()).toEqual([]);
  });

  test("T 4.3: control, too: other nodes and parameters are not touched", () => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(canControl("<node nodeId='relay1'/><node nodeId='relay2'/>" +
      "<parameter name='Output'/><parameter name='Other'/>"), "canControl");
    visitor.switch("relay1", true);
    expect(visitor.hears()).toEqual(["done"]);
    expect([world.relays.relay1!.on, world.relays.relay2!.on]).toEqual([true, false]);
  });

  test("T 4.4: a grant of another node controls nothing", () => {
    const { world, visitor, authority } = cast("silent");
    const witness = new Witness(world);
    authority.decide(canControl("<node nodeId='relay2'/>"), "canControl");
    visitor.switch("relay1", true);
    expect(visitor.hears()).toEqual(FORBIDDEN);
    expect(witness.changes().filter((one) => !one.startsWith("flash"))).toEqual([]);
  });
});

describe("the result is an xs:boolean", () => {
  test.each([
    ["T 4.5", "result='TRUE'", false],
    ["T 4.5", "result='True'", false],
    ["T 4.5", "result='yes'", false],
    ["T 4.5", "result=''", false],
    ["T 4.5", "result='2'", false],
    ["T 4.5", "result='true true'", false],
    ["T 4.5", "", false],
    ["T 4.6", "result='1'", true],
    ["T 4.6", "result=' true '", true],
    ["T 4.6", "result='&#10;1&#9;'", true],
  ])("%s: %s", (_id, result, isGranted) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(canRead(`jid='visitor@ex.org' ${result}`), "canRead");
    visitor.read("momentary='true'", ONE);
    expect(visitor.hears()[0]).toBe(isGranted ? "accepted" : UNKNOWN[0]);
    expect(world.device.status().entries).toBe(isGranted ? 1 : 0);
  });

  test("T 4.5: 0 and false are a remembered no", () => {
    for (const no of ["0", "false", " false "]) {
      const { world, visitor, authority } = cast("silent");
      authority.decide(canRead(`jid='visitor@ex.org' result='${no}'`), "canRead");
      visitor.read("momentary='true'", ONE);
      expect(visitor.hears()).toEqual(FORBIDDEN);
      expect(world.device.status().entries).toBe(1);
    }
  });
});

test("T 4.7: lists of the other kind are no lists", () => {
  const { world, visitor, authority } = cast("silent");
  const grant = canRead("jid='visitor@ex.org' result='true'", "<parameter name='X'/>");
  authority.decide(grant, "canRead");
  visitor.read("momentary='true'", ONE);
  expect(visitor.hears()).toEqual(["accepted", "fields sensor/Temperature=21.5 done"]);
  authority.decide(canControl("<field name='X'/>"), "canControl");
  visitor.switch("relay1", true);
  expect(visitor.hears()).toEqual(["done"]);
  expect(world.relays.relay1!.on).toBe(true);
});

describe("T 4.8: a list that is malformed denies", () => {
  test.each([
    ["without a name", "<field/>"],
    ["with an empty name", "<field name=''/>"],
    ["with a name of 65 octets", `<field name='${"x".repeat(65)}'/>`],
    ["with a name of 200 kB", `<field name='${"x".repeat(200_000)}'/>`],
    ["a node without an id", "<node/>"],
    ["a good one and a bad one", "<field name='Temperature'/><field/>"],
    ["a thousand", "<field name='Temperature'/>".repeat(1000)],
  ])("%s", (_what, inner) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(canRead("jid='visitor@ex.org' result='true'", inner), "canRead");
    visitor.read("momentary='true'", ONE);
    world.pass(2000);
    expect(visitor.hears()).toEqual(UNKNOWN);
    expect(world.device.status().online).toBe(true);
    expect(world.device.status().entries).toBe(0);
  });
});

describe("T 4.10: the same id from another source is another node", () => {
  test.each(["sourceId='s'", "cacheType='c'", "sourceId='s' cacheType='c'"])("%s", (place) => {
    const { world, visitor, authority } = cast("silent");
    authority.decide(canControl(`<node nodeId='relay1' ${place}/>`), "canControl");
    visitor.switch("relay1", true);
    expect(visitor.hears()).toEqual(FORBIDDEN);
    authority.decide("yes");
    visitor.set(`<node nodeId='relay1' ${place}/><boolean name='Output' value='true'/>`);
    expect(visitor.hears()).toEqual(["cancel/item-not-found"]);
    visitor.read("momentary='true'", `<node nodeId='sensor' ${place}/>`);
    expect(visitor.hears()).toEqual(["cancel/item-not-found"]);
    expect(world.relays.relay1!.on).toBe(false);
  });
});

describe("T 6.8: a request without from is nobody's", () => {
  test.each([
    ["read", "get", "<req xmlns='urn:xmpp:iot:sensordata' seqnr='1' momentary='true'/>"],
    ["set", "set", "<set xmlns='urn:xmpp:iot:control'><boolean name='Output' value='true'/></set>"],
    ["clearCache", "set", `<clearCache ${PROVISIONING}/>`],
  ])("%s", (_what, type, payload) => {
    const { world, authority } = cast("silent");
    const witness = new Witness(world);
    const before = world.wire.stream.received.length;
    world.wire.stream.send(parse(`<iq type='${type}' id='1' to='${world.jid}'>${payload}</iq>`));
    world.wire.stream.send(parse(`<message to='${world.jid}'>${payload}</message>`));
    world.settle();
    const answers = world.wire.stream.received.slice(before);
    expect(answers.map((one) => one.attributes.type)).toEqual(["error"]);
    expect(JSON.stringify(answers)).toContain("forbidden");
    expect(authority.questions).toEqual([]);
    world.ledger.forget();
    expect(witness.changes()).toEqual([]);
  });
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("hostile decisions")).toBe("");
});
