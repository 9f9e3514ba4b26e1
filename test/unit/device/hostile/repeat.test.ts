/** The same request again is not read again (stream/memo.ts); whether it is allowed is. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Memo } from "../../../../firmware/stream/memo.js";
import type { Authority } from "../../../sim/authority.js";
import type { Visitor } from "../../../sim/visitor.js";
import { World, catalogue } from "../../../sim/world.js";
import { ONE } from "./cast.js";

const READ = ["accepted", "fields sensor/Temperature=21.5 done"];

let world: World;
let visitor: Visitor;
let authority: Authority;
const repeats = vi.spyOn(Memo.prototype, "repeats");

/** Whether any request since the last look was known again. */
function isKnown(): boolean {
  const found = repeats.mock.results.some(({ value }) => value === true);
  repeats.mockClear();
  return found;
}

beforeEach(() => {
  world = new World();
  visitor = world.friend();
  authority = world.trusting();
  authority.decide("yes");
  visitor.read(undefined, ONE);
  visitor.read(undefined, ONE);
  expect(visitor.hears()).toEqual([...READ, ...READ]);
  expect(authority.hears()).toEqual(["canRead"]);
  expect(isKnown()).toBe(true);
});

afterEach(() => expect(world.ledger.problems()).toEqual([]));

test("it is answered with its own id and seqnr, and with what is measured now", () => {
  world.temperature.value = 30;
  const seqnr = visitor.read(undefined, ONE);
  const [accepted, fields] = visitor.actor.take();
  expect(isKnown()).toBe(true);
  expect(accepted!.attributes.id).toBe("a3");
  expect(JSON.stringify([accepted, fields]).match(/"seqnr":"\d+"/g))
    .toEqual([`"seqnr":"${seqnr}"`, `"seqnr":"${seqnr}"`]);
  expect(JSON.stringify(fields)).toContain('"30.0"');
});

describe("what is another request is read, and asked about", () => {
  test.each([
    ["a service token", "momentary='true' serviceToken='T'", ONE],
    ["a user token", "momentary='true' userToken='T'", ONE],
    ["another type", "peak='true'", ONE],
    ["another field", "momentary='true'", ONE.replace("Temperature", "Humidity")],
    ["another node", "momentary='true'", ONE.replace("sensor", "relay1")],
  ])("%s", (_what, attributes, inner) => {
    visitor.read(attributes, inner);
    expect(isKnown()).toBe(false);
    expect(authority.hears()).toEqual(["canRead"]);
  });

  test("another resource of the same friend hears the answer, and the first one nothing", () => {
    const tablet = world.friend("visitor@ex.org/tablet");
    isKnown();
    tablet.read(undefined, ONE);
    expect(isKnown()).toBe(false);
    expect([tablet.hears(), visitor.hears()]).toEqual([READ, []]);
  });

  test("another friend is another question; what it hears, the first one does not", () => {
    const other = world.friend("other@ex.org/phone");
    authority.decide("no");
    isKnown();
    other.read(undefined, ONE);
    expect([isKnown(), authority.hears(), other.hears()])
      .toEqual([false, ["canRead"], ["cancel/forbidden"]]);
  });

  test("a stranger with the same words is refused, and nobody is asked", () => {
    const stranger = world.stranger("stranger@ex.org/phone");
    stranger.read(undefined, ONE);
    expect([isKnown(), authority.hears(), stranger.hears()])
      .toEqual([false, [], ["cancel/forbidden"]]);
  });
});

describe("nothing that was decided is remembered with it", () => {
  test("after a clearCache the server is asked, and its no is a no", () => {
    authority.decide("no");
    authority.clearCache();
    authority.hears();
    visitor.read(undefined, ONE);
    expect([isKnown(), authority.hears(), visitor.hears()])
      .toEqual([true, ["canRead"], ["cancel/forbidden"]]);
    visitor.read(undefined, ONE);
    expect([isKnown(), authority.hears(), visitor.hears()])
      .toEqual([true, [], ["cancel/forbidden"]]);
  });

  test("after an unfriend it is refused, and nobody is asked", () => {
    authority.command("unfriend", "visitor@ex.org");
    visitor.hears();
    visitor.read(undefined, ONE);
    expect([visitor.hears(), authority.hears()]).toEqual([["cancel/forbidden"], []]);
  });

  test("an unfriend that came in the same tick, before the request, wins", () => {
    authority.actor.send(`<message to='${world.jid}'><unfriend ` +
      "xmlns='urn:xmpp:iot:provisioning' jid='visitor@ex.org'/></message>");
    visitor.read(undefined, ONE);
    expect(visitor.hears().filter((said) => !said.startsWith("presence")))
      .toEqual(["cancel/forbidden"]);
  });

  test("a narrower answer is what counts from then on", () => {
    authority.clearCache();
    authority.decide("<canReadResponse xmlns='urn:xmpp:iot:provisioning' jid='visitor@ex.org' " +
      "result='true'><field name='Humidity'/></canReadResponse>");
    visitor.read(undefined, ONE);
    visitor.read(undefined, ONE);
    expect(visitor.hears()).toEqual(["cancel/forbidden", "cancel/forbidden"]);
  });

  test("while the server is silent the same seqnr is in use", () => {
    authority.clearCache();
    authority.decide("silent");
    const ask = (): void => void visitor.ask("get",
      `<req xmlns='urn:xmpp:iot:sensordata' seqnr='7' momentary='true'>${ONE}</req>`);
    ask();
    expect([isKnown(), visitor.hears()]).toEqual([true, []]);
    ask();
    expect([isKnown(), visitor.hears()]).toEqual([false, ["modify/bad-request"]]);
    world.pass(20_000);
    expect(visitor.hears()).toEqual(["wait/remote-server-timeout"]);
  });
});

test("with a new stream it is read once more", () => {
  world.dropStream();
  world.pass(30_000);
  visitor.hears();
  isKnown();
  visitor.read(undefined, ONE);
  expect([isKnown(), visitor.hears()]).toEqual([false, READ]);
  visitor.read(undefined, ONE);
  expect([isKnown(), visitor.hears()]).toEqual([true, READ]);
});

test("an id with entities is read, and comes back as it was", () => {
  visitor.actor.send(`<iq type='get' id='a&amp;&apos;b' to='${world.jid}'>` +
    `<req xmlns='urn:xmpp:iot:sensordata' seqnr='9' momentary='true'>${ONE}</req></iq>`);
  world.settle();
  expect(isKnown()).toBe(false);
  expect(visitor.actor.take()[0]!.attributes.id).toBe("a&'b");
});

test("payloads of the device fit the schemas", () => {
  expect(catalogue.report("repeated requests")).toBe("");
});
